import { Inject, Injectable, Optional } from '@nestjs/common';
import { PLAN_COMMANDS, type PlanCommands } from '../../contract/plan-commands.js';
import type { Deal } from '../../domain/crm/records.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import type { Sql } from '../../infra/db/sql.js';
import { uuidv7 } from '../../infra/ids.js';
import { ActionOutbox } from '../../outbox/index.js';
import type { DealDeed } from './deal-deed.repository.js';
import { reopeningComment } from './panel-deed.texts.js';
import { PanelDeeds, type PlannedDeed } from './panel-deeds.service.js';
import { PanelPushes } from './panel-pushes.service.js';
import type { RefusalCode } from './panel-refusal.texts.js';
import { PanelSnoozes } from './panel-snoozes.service.js';
import { refuse, type Refused } from './panel-targets.service.js';

/** A deed to take back, and its deal as it is now. */
export interface StandingDeed {
  readonly deed: DealDeed;
  readonly deal: Deal;
}

export interface TakenBack {
  readonly done: readonly string[];
  readonly refused: readonly Refused[];
}

/** How each kind of deed is taken back. */
@Injectable()
export class PanelTakeBacks {
  constructor(
    private readonly deeds: PanelDeeds,
    private readonly outbox: ActionOutbox,
    private readonly snoozes: PanelSnoozes,
    private readonly pushes: PanelPushes,
    @Optional() @Inject(PLAN_COMMANDS) private readonly plans: PlanCommands | null,
  ) {}

  /** What is ours to change; a wish that the host surely has not seen is simply dropped. */
  async inTransaction(tx: Sql, person: SessionClaims, standing: readonly StandingDeed[]): Promise<TakenBack> {
    const refused: Refused[] = [];
    const sound = standing.filter(({ deed, deal }) => {
      const code = hindrance(deed, deal);
      if (code !== null) refused.push(refuse(deal.id, code, person.language));
      return code === null;
    });
    const deeds = sound.map(({ deed }) => deed);
    const keys = deeds.flatMap(({ actionKey, facts }) => [actionKey ?? [], facts.commentKey ?? []].flat());
    const dropped =
      keys.length > 0 ? await this.outbox.cancel(tx, person.accountId, keys) : new Set<string>();
    const snoozeIds = deeds.flatMap((deed) => deed.facts.snoozeId ?? []);
    if (snoozeIds.length > 0) await this.snoozes.takeBack(tx, person.accountId, snoozeIds);
    const planned: PlannedDeed[] = [];
    for (const deed of deeds.filter(({ kind }) => kind !== 'push')) {
      const way = wayBack(deed, dropped, person);
      if (typeof way === 'string') refused.push(refuse(deed.dealId, way, person.language));
      else planned.push(way);
    }
    if (planned.length > 0) await this.deeds.within(tx, person, { deedId: uuidv7(), kind: 'undo' }, planned);
    return { done: planned.map((one) => one.dealId), refused };
  }

  /** What other parts change in transactions of their own. */
  async afterwards(
    person: SessionClaims,
    standing: readonly StandingDeed[],
    done: readonly string[],
  ): Promise<TakenBack> {
    const deeds = standing.map(({ deed }) => deed);
    await this.returnSteps(
      person,
      deeds.filter((deed) => deed.kind === 'reassign' && done.includes(deed.dealId)),
    );
    const former = deeds
      .filter((deed) => deed.kind === 'replan' && done.includes(deed.dealId))
      .flatMap(({ facts }) => facts.deadlines ?? []);
    if (former.length > 0) await this.plans?.undoReplan(person.accountId, former, person.userId);
    const pushed = deeds.filter((deed) => deed.kind === 'push');
    const ids = await this.pushes.withdraw(
      person,
      pushed.flatMap(({ facts }) => facts.pushId ?? []),
    );
    const withdrawn: PlannedDeed[] = [];
    const refused: Refused[] = [];
    for (const { dealId, facts } of pushed) {
      if (facts.pushId !== undefined && ids.has(facts.pushId))
        withdrawn.push({ dealId, facts: { undone: 'push', pushId: facts.pushId } });
      else refused.push(refuse(dealId, 'answered', person.language));
    }
    await this.deeds.record({ person }, 'undo', withdrawn);
    return { done: [...done, ...withdrawn.map((one) => one.dealId)], refused };
  }

  private async returnSteps(person: SessionClaims, deeds: readonly DealDeed[]): Promise<void> {
    const byOwner = Map.groupBy(
      deeds.filter(({ facts }) => facts.withSteps === true && typeof facts.fromOwner === 'string'),
      ({ facts }) => facts.fromOwner ?? '',
    );
    for (const [owner, some] of byOwner) {
      const dealIds = some.map((deed) => deed.dealId);
      await this.plans?.reassign(person.accountId, dealIds, owner, person.userId);
    }
  }
}

/** Somebody else decided about the deal meanwhile: theirs is the newer word. */
function hindrance({ facts }: DealDeed, deal: Deal): RefusalCode | null {
  const { from, to, fromOwner, toOwner } = facts;
  if (from && to) {
    const places = [from, to].map((place) => `${place.pipelineId}|${place.stageId}`);
    return places.includes(`${deal.pipelineId}|${deal.stageId}`) ? null : 'movedOn';
  }
  if (toOwner !== undefined) return [fromOwner, toOwner].includes(deal.ownerId) ? null : 'handedOn';
  return null;
}

function wayBack(
  deed: DealDeed,
  dropped: ReadonlySet<string>,
  person: SessionClaims,
): PlannedDeed | RefusalCode {
  const { dealId, kind, facts } = deed;
  const undone = { undone: kind === 'undo' ? 'move' : kind } as const;
  if (deed.actionKey === null || dropped.has(deed.actionKey)) return { dealId, facts: undone };
  const { from, to, fromOwner, toOwner } = facts;
  if (from && to) {
    const said = facts.commentKey !== undefined && !dropped.has(facts.commentKey);
    return {
      dealId,
      facts: { ...undone, from: to, to: from },
      action: { kind: 'moveStage', dealId, ...from },
      ...(said && { comment: reopeningComment(person) }),
    };
  }
  // The host knows no way to leave a deal to nobody.
  if (typeof fromOwner !== 'string' || toOwner === undefined) return 'nobodyBefore';
  return {
    dealId,
    facts: { ...undone, fromOwner: toOwner, toOwner: fromOwner },
    action: { kind: 'assign', dealId, userId: fromOwner },
  };
}
