import { Inject, Injectable } from '@nestjs/common';
import { ACCOUNTS, type Accounts } from '../../contract/accounts.js';
import type { Company, CompanyRules } from '../../contract/company.js';
import { MirrorReads } from '../../mirror/index.js';
import { CalendarPool, companyRules, type CompanySources } from './company-rules.js';
import type { CompanyFacts } from './company.facts.js';
import { CompanyRepository } from './company.repository.js';

/** The mirror's people and the account's own settings are looked at again then; what is stored here, every time. */
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
  /** The entry knows this version, or a later one. */
  readonly version: number;
  readonly entry: Promise<Entry>;
  readonly until: number;
}

/**
 * The companies' rules, remembered by their version. The version is asked for each time, one row by its key: a job that a
 * change set off may run in another process before any announcement of the change would arrive there, and would decide
 * all plans by the rules of before.
 */
@Injectable()
export class CompanyRulesCache implements Company {
  private readonly readings = new Map<string, Reading>();
  /** The last entry of each account, for what did not change. */
  private readonly last = new Map<string, Entry>();

  constructor(
    private readonly companies: CompanyRepository,
    private readonly mirror: MirrorReads,
    @Inject(ACCOUNTS) private readonly accounts: Accounts,
  ) {}

  async of(accountId: string): Promise<CompanyRules> {
    const { version, turns } = await this.companies.standing(accountId);
    const { rules } = await this.entry(accountId, version);
    return turns.size === 0 ? rules : withTurns(rules, turns);
  }

  /** What is stored, as the rules know it. */
  async facts(accountId: string): Promise<CompanyFacts> {
    const { version } = await this.companies.standing(accountId);
    return (await this.entry(accountId, version)).facts;
  }

  private entry(accountId: string, version: number): Promise<Entry> {
    const reading = this.readings.get(accountId);
    if (reading && reading.version >= version && reading.until > performance.now()) return reading.entry;
    if (this.readings.size >= MAX_ENTRIES) this.readings.clear();
    if (this.last.size >= MAX_ENTRIES) this.last.clear();
    const entry = this.read(accountId, version);
    this.readings.set(accountId, { version, entry, until: performance.now() + FRESH_MS });
    entry.catch(() => this.readings.delete(accountId));
    return entry;
  }

  private async read(accountId: string, version: number): Promise<Entry> {
    const before = this.last.get(accountId);
    const facts =
      before && before.facts.version >= version ? before.facts : await this.companies.load(accountId);
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
}

function withTurns(rules: CompanyRules, turns: ReadonlyMap<string, number>): CompanyRules {
  const groups = [...rules.groups].map(
    ([key, group]) => [key, { ...group, turns: turns.get(key) ?? 0 }] as const,
  );
  return { ...rules, groups: new Map(groups) };
}

/** An account that is gone has no settings; nothing is decided for it. */
const UNKNOWN: CompanySources['settings'] = {
  country: null,
  timeZone: 'UTC',
  workFrom: 9 * 60,
  workTo: 18 * 60,
  language: 'ru',
};
