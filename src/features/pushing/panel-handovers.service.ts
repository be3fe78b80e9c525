import { Inject, Injectable, Optional } from '@nestjs/common';
import { PLAN_COMMANDS, type PlanCommands } from '../../contract/plan-commands.js';
import { mayHandle } from '../../domain/crm/rights.js';
import { PanelDeeds, type PlannedDeed } from './panel-deeds.service.js';
import { headsOnly, unknownPerson } from './panel-refusal.texts.js';
import { leads, refuse, type Refused, type Targets } from './panel-targets.service.js';
import type { PanelActionAnswer } from './panel.view.js';

/** Who works on the deals, and by which deadlines. */
@Injectable()
export class PanelHandovers {
  constructor(
    private readonly deeds: PanelDeeds,
    @Optional() @Inject(PLAN_COMMANDS) private readonly plans: PlanCommands | null,
  ) {}

  /** Another responsible in the host; with `openSteps` the plans' open steps go along. */
  async reassign(targets: Targets, userId: string, openSteps: boolean): Promise<PanelActionAnswer> {
    const { person, structure, reach } = targets;
    if (!leads(targets)) throw headsOnly();
    const heir = structure.users.find((user) => user.id === userId);
    if (!heir?.active || !mayHandle(reach, { ownerId: userId })) throw unknownPerson();
    const refused: Refused[] = [...targets.refused];
    const planned: PlannedDeed[] = [];
    for (const deal of targets.deals) {
      if (deal.ownerId === userId) {
        refused.push(refuse(deal.id, 'sameOwner', person.language));
        continue;
      }
      planned.push({
        dealId: deal.id,
        facts: { fromOwner: deal.ownerId, toOwner: userId, withSteps: openSteps },
        action: { kind: 'assign', dealId: deal.id, userId },
      });
    }
    // Before the host hears of it: the mirror still says whose steps they were.
    if (openSteps && planned.length > 0) {
      const dealIds = planned.map((one) => one.dealId);
      await this.plans?.reassign(person.accountId, dealIds, userId, person.userId);
    }
    const undo = await this.deeds.record(targets, 'reassign', planned);
    return { done: planned.length, refused, undo };
  }

  /** Deadlines are counted anew; what they rested on before is kept with the deed, to return to. */
  async replan(targets: Targets): Promise<PanelActionAnswer> {
    const { person, deals } = targets;
    const dealIds = deals.map((deal) => deal.id);
    const former =
      dealIds.length > 0 ? ((await this.plans?.replan(person.accountId, dealIds, person.userId)) ?? []) : [];
    const byDeal = Map.groupBy(former, (one) => one.dealId);
    const why = this.plans ? 'noPlan' : 'noPlans';
    const left = dealIds
      .filter((dealId) => !byDeal.has(dealId))
      .map((dealId) => refuse(dealId, why, person.language));
    const planned = [...byDeal].map(([dealId, deadlines]) => ({ dealId, facts: { deadlines } }));
    const undo = await this.deeds.record(targets, 'replan', planned);
    return { done: planned.length, refused: [...targets.refused, ...left], undo };
  }
}
