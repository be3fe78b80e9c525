import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ACCOUNTS, type Accounts } from '../../contract/accounts.js';
import type { Company, CompanyRules } from '../../contract/company.js';
import { Database } from '../../infra/db/database.js';
import { MirrorReads } from '../../mirror/index.js';
import { CalendarPool, companyRules, type CompanySources } from './company-rules.js';
import type { CompanyFacts } from './company.facts.js';
import { COMPANY_CHANNEL, CompanyRepository } from './company.repository.js';

/** Own changes are announced at once; people of the mirror and a lost announcement are covered by reading again. */
const FRESH_MS = 5_000;
const MAX_ENTRIES = 500;

interface Entry {
  readonly rules: CompanyRules;
  readonly facts: CompanyFacts;
  /** What the rules were made of besides the facts. */
  readonly made: string;
  readonly pool: CalendarPool;
}

interface Reading {
  readonly entry: Promise<Entry>;
  readonly until: number;
}

/**
 * The companies' rules, remembered for seconds and forgotten in every process when they change. Turns of groups are read
 * each time while there are groups: plans count them on.
 */
@Injectable()
export class CompanyRulesCache implements Company, OnModuleInit, OnModuleDestroy {
  private readonly readings = new Map<string, Reading>();
  /** The last entry of each account, for what did not change. */
  private readonly last = new Map<string, Entry>();
  private unlisten: (() => Promise<void>) | null = null;

  constructor(
    private readonly companies: CompanyRepository,
    private readonly mirror: MirrorReads,
    private readonly database: Database,
    @Inject(ACCOUNTS) private readonly accounts: Accounts,
  ) {}

  async onModuleInit(): Promise<void> {
    this.unlisten = await this.database.listen(
      COMPANY_CHANNEL,
      (accountId) => this.drop(accountId),
      () => this.readings.clear(),
    );
  }

  async onModuleDestroy(): Promise<void> {
    await this.unlisten?.();
  }

  /** Right after an own change, before the announcement comes round. */
  drop(accountId: string): void {
    this.readings.delete(accountId);
  }

  async of(accountId: string): Promise<CompanyRules> {
    const { rules } = await this.entry(accountId);
    return rules.groups.size === 0 ? rules : this.withTurns(accountId, rules);
  }

  /** What is stored, as the rules know it. */
  async facts(accountId: string): Promise<CompanyFacts> {
    return (await this.entry(accountId)).facts;
  }

  private entry(accountId: string): Promise<Entry> {
    const reading = this.readings.get(accountId);
    if (reading && reading.until > performance.now()) return reading.entry;
    if (this.readings.size >= MAX_ENTRIES) this.readings.clear();
    if (this.last.size >= MAX_ENTRIES) this.last.clear();
    const entry = this.read(accountId);
    this.readings.set(accountId, { entry, until: performance.now() + FRESH_MS });
    entry.catch(() => this.readings.delete(accountId));
    return entry;
  }

  private async read(accountId: string): Promise<Entry> {
    const before = this.last.get(accountId);
    const version = await this.companies.version(accountId);
    const facts = before?.facts.version === version ? before.facts : await this.companies.load(accountId);
    const settings = (await this.accounts.find(accountId))?.settings ?? UNKNOWN;
    const users = (await this.mirror.users(accountId)).map(({ id, name, timeZone }) => ({
      id,
      name,
      timeZone,
    }));
    const made = JSON.stringify([settings, users]);
    if (before && before.facts === facts && before.made === made) return before;
    const pool = before?.pool.next() ?? new CalendarPool();
    const sources: CompanySources = { settings, facts, users };
    const entry: Entry = { rules: companyRules(sources, pool), facts, made, pool };
    this.last.set(accountId, entry);
    return entry;
  }

  private async withTurns(accountId: string, rules: CompanyRules): Promise<CompanyRules> {
    const turns = await this.companies.turns(accountId);
    if (turns.size === 0) return rules;
    const groups = [...rules.groups].map(
      ([key, group]) => [key, { ...group, turns: turns.get(key) ?? 0 }] as const,
    );
    return { ...rules, groups: new Map(groups) };
  }
}

/** An account that is gone has no settings; nothing is decided for it. */
const UNKNOWN: CompanySources['settings'] = {
  country: null,
  timeZone: 'UTC',
  workFrom: 9 * 60,
  workTo: 18 * 60,
  language: 'ru',
};
