import { Inject, Injectable } from '@nestjs/common';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { notFound } from '../../infra/http/api-error.js';
import { uuidv7 } from '../../infra/ids.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { CompanyStructures, type CompanyStructure } from '../../mirror/index.js';
import { alertText } from './alert.texts.js';
import { nameOf } from './control-context.service.js';
import type { RuleDryRunResult, RuleDryRunView } from './pushing.view.js';
import type { AskedChange } from './rule-change.js';
import { dryRunLimits, dryRunText } from './rule-dry-run.texts.js';
import { ruleDryRun } from './rule-dry-run.jobs.js';
import { RuleDryRunRepository, type DryRun, type DryRunFacts } from './rule-dry-run.repository.js';
import { DRY_RUN_DAYS } from './rule-dry-run.worker.js';
import { demandAdmin, noRule, RuleSettings } from './rule-settings.service.js';

/** What a rule would have done, before it is switched on. */
@Injectable()
export class RuleDryRuns {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly runs: RuleDryRunRepository,
    private readonly settings: RuleSettings,
    private readonly structures: CompanyStructures,
    @Inject(HOSTS) private readonly hosts: Hosts,
  ) {}

  /** Of the rule as it would be with the change; nothing of it is saved. */
  async start(person: SessionClaims, ruleId: string, change: AskedChange): Promise<RuleDryRunView> {
    demandAdmin(person);
    const { accountId, userId } = person;
    const rule = await this.settings.ruleWith(person, ruleId, change);
    if (!rule) throw noRule();
    const progressId = uuidv7();
    await this.jobs.prepare(ruleDryRun);
    await this.database.transaction(async (tx) => {
      await this.runs.start(tx, accountId, progressId, rule, userId);
      await this.jobs.enqueue(ruleDryRun, { accountId, progressId }, { tx });
    });
    return this.view(person, progressId);
  }

  async view(person: SessionClaims, progressId: string): Promise<RuleDryRunView> {
    demandAdmin(person);
    const run = await this.runs.find(person.accountId, progressId);
    if (!run) throw notFound({ ru: 'Такого прогона нет.', en: 'There is no such run.' });
    const { state, done, total, facts } = run;
    return {
      id: progressId,
      state,
      progress: { done, total },
      result: facts === null ? null : await this.result(person, run, facts),
    };
  }

  async stop(person: SessionClaims, progressId: string): Promise<RuleDryRunView> {
    demandAdmin(person);
    await this.runs.askToStop(person.accountId, progressId);
    return this.view(person, progressId);
  }

  private async result(
    person: SessionClaims,
    { rule }: DryRun,
    facts: DryRunFacts,
  ): Promise<RuleDryRunResult> {
    const structure = await this.structures.of(person.accountId);
    const { language } = person;
    const busiest = facts.busiest && {
      name: nameOf(structure, facts.busiest.userId) ?? facts.busiest.userId,
      day: facts.busiest.day,
      alerts: facts.busiest.alerts,
    };
    return {
      days: DRY_RUN_DAYS,
      from: new Date(facts.from).toISOString(),
      to: new Date(facts.to).toISOString(),
      deals: facts.deals,
      alerts: facts.alerts,
      people: facts.people,
      busiest,
      withinBudget: facts.withinBudget,
      text: dryRunText(rule, { ...facts, busiest }, language),
      limits: dryRunLimits(rule, facts, language),
      examples: this.examples(person, structure, rule.kind, facts),
    };
  }

  private examples(
    person: SessionClaims,
    structure: CompanyStructure,
    kind: DryRun['rule']['kind'],
    facts: DryRunFacts,
  ): RuleDryRunResult['examples'] {
    const host = this.hosts.get(person.host);
    return facts.examples.map(({ at, userId, dealId, about, numbers }) => ({
      at: new Date(at).toISOString(),
      dealId,
      dealTitle: about,
      dealPath: dealId === null ? null : (host?.dealPath?.(dealId) ?? null),
      toName: nameOf(structure, userId),
      text: alertText(kind, numbers, { ...person, now: at }),
    }));
  }
}
