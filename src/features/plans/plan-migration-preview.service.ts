import { setImmediate as breathe } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { StepDiff } from '../../domain/plans/migration.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { disconnected } from './step-commands.service.js';
import type { PlansOf } from './plan-migration.repository.js';
import { MigrationParts } from './plan-migration-runs.service.js';
import type { Target } from './plan-versions.service.js';
import { PlanningContexts, type PlanningContext } from './planning-context.service.js';
import type { DealFacts, StoredPlan } from './stored-plan.js';
import type { DiffCountsView, MigrationPreviewView } from './templates.view.js';
import { rulesOf } from './template-rules.js';

/** All plans up to so many are looked at, more of them by a sample of that size. */
const LOOKED_AT = 2_000;
const CHUNK = 100;
const EXAMPLES = 20;

type Counts = Record<keyof DiffCountsView, number>;
type Example = MigrationPreviewView['examples'][number];

/** What a version would make of running plans; saves nothing and locks nothing. */
@Injectable()
export class PlanMigrationPreviews {
  constructor(
    private readonly database: Database,
    private readonly contexts: PlanningContexts,
    private readonly parts: MigrationParts,
  ) {}

  /** Ends early, with what it has, when `signal` says that nobody waits any more. */
  async of(
    { accountId }: SessionClaims,
    plans: PlansOf,
    target: Target,
    signal: AbortSignal,
  ): Promise<MigrationPreviewView> {
    const context = await this.contexts.of(accountId);
    if (!context) throw disconnected();
    const total = await this.parts.migrations.count(accountId, plans);
    const dealIds = await this.parts.migrations.sample(accountId, plans, LOOKED_AT);
    const counts: Counts = { kept: 0, added: 0, moved: 0, dropped: 0, editedByHand: 0 };
    const examples: Example[] = [];
    let lookedAt = 0;
    for (let at = 0; at < dealIds.length && !signal.aborted; at += CHUNK) {
      for (const found of await this.chunk(context, plans, dealIds.slice(at, at + CHUNK))) {
        const { diff } = await this.parts.versions.preview(
          this.database,
          context,
          found.plan,
          found.facts,
          target,
        );
        for (const { change } of diff) counts[change] += 1;
        lookedAt += 1;
        if (examples.length < EXAMPLES) examples.push(await this.example(context, found, target, diff));
      }
      await breathe();
    }
    const sampled = total > lookedAt && lookedAt > 0;
    return {
      plans: total,
      counts: sampled ? scaled(counts, total / lookedAt) : counts,
      examples,
      sampledPlans: sampled ? lookedAt : null,
    };
  }

  private async chunk(
    { accountId }: PlanningContext,
    { templateId, toVersion }: PlansOf,
    dealIds: readonly string[],
  ): Promise<readonly { readonly plan: StoredPlan; readonly facts: DealFacts }[]> {
    const plans = await this.parts.plans.openByDeals(accountId, dealIds);
    const facts = await this.parts.deals.load(this.database, accountId, dealIds);
    return plans.flatMap((plan) => {
      const own = facts.get(plan.dealId);
      const meant = plan.templateId === templateId && plan.version !== toVersion;
      return own && !own.deleted && meant ? [{ plan, facts: own }] : [];
    });
  }

  private async example(
    { accountId }: PlanningContext,
    { plan, facts }: { readonly plan: StoredPlan; readonly facts: DealFacts },
    target: Target,
    diff: readonly StepDiff[],
  ): Promise<Example> {
    const before = rulesOf(await this.parts.bodies.of(accountId, plan.templateId, plan.version));
    const after = rulesOf(target.body);
    return {
      dealId: plan.dealId,
      dealTitle: facts.deal.title,
      steps: diff.map(({ stepKey, change, dueBefore, dueAfter }) => ({
        title: (after.get(stepKey) ?? before.get(stepKey))?.title ?? stepKey,
        change,
        dueBefore: dueBefore === null ? null : new Date(dueBefore).toISOString(),
        dueAfter: dueAfter === null ? null : new Date(dueAfter).toISOString(),
      })),
    };
  }
}

function scaled(counts: Counts, factor: number): DiffCountsView {
  const { kept, added, moved, dropped, editedByHand } = counts;
  return {
    kept: Math.round(kept * factor),
    added: Math.round(added * factor),
    moved: Math.round(moved * factor),
    dropped: Math.round(dropped * factor),
    editedByHand: Math.round(editedByHand * factor),
  };
}
