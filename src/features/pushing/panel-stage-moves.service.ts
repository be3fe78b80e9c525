import { Injectable } from '@nestjs/common';
import type { ReasonFacts } from '../../contract/company.js';
import type { Deal, Stage } from '../../domain/crm/records.js';
import type { DeedFacts, StagePlace } from './deal-deed.repository.js';
import { closingComment } from './panel-deed.texts.js';
import { PanelDeeds, type PlannedDeed } from './panel-deeds.service.js';
import { PanelMoves } from './panel-moves.service.js';
import type { RefusalCode } from './panel-refusal.texts.js';
import { refuse, type Refused, type Targets } from './panel-targets.service.js';
import type { PanelActionAnswer } from './panel.view.js';

/** Moves deals to another stage, in the host; the row shows where it goes until the host confirms. */
@Injectable()
export class PanelStageMoves {
  constructor(
    private readonly deeds: PanelDeeds,
    private readonly moves: PanelMoves,
  ) {}

  move(targets: Targets, stageId: string): Promise<PanelActionAnswer> {
    const pick = (deal: Deal, from: StagePlace): Stage | RefusalCode => {
      const stage = stagesOf(targets, deal).find((one) => one.id === stageId);
      if (!stage) return 'noStage';
      if (stage.kind === 'lost') return 'lostStage';
      return stage.id === from.stageId ? 'sameStage' : stage;
    };
    return this.carry(targets, 'move', pick, () => ({}));
  }

  /** Into the pipeline's first stage for lost deals, with the reason as a note in the deal's history. */
  close(targets: Targets, reason: ReasonFacts, comment: string | undefined): Promise<PanelActionAnswer> {
    const pick = (deal: Deal): Stage | RefusalCode =>
      stagesOf(targets, deal)
        .filter((stage) => stage.kind === 'lost')
        .toSorted((one, other) => one.sort - other.sort)[0] ?? 'noLostStage';
    const said = comment === undefined ? {} : { comment };
    return this.carry(targets, 'close', pick, () => ({
      facts: { reasonKey: reason.key, ...said },
      comment: closingComment(targets.person, reason.name, comment),
    }));
  }

  private async carry(
    targets: Targets,
    kind: 'move' | 'close',
    pick: (deal: Deal, from: StagePlace) => Stage | RefusalCode,
    more: () => { readonly facts?: DeedFacts; readonly comment?: string },
  ): Promise<PanelActionAnswer> {
    const { person, deals } = targets;
    const standing = new Map(deals.map((deal) => [deal.id, deal.stageId]));
    const under = await this.moves.under(person.accountId, standing);
    const planned: PlannedDeed[] = [];
    const refused: Refused[] = [...targets.refused];
    for (const deal of deals) {
      const from = under.get(deal.id) ?? { pipelineId: deal.pipelineId, stageId: deal.stageId };
      const stage = pick(deal, from);
      if (typeof stage === 'string') {
        refused.push(refuse(deal.id, stage, person.language));
        continue;
      }
      const to = { pipelineId: stage.pipelineId, stageId: stage.id };
      const { facts, comment } = more();
      planned.push({
        dealId: deal.id,
        facts: { from, to, ...facts },
        action: { kind: 'moveStage', dealId: deal.id, ...to },
        ...(comment !== undefined && { comment }),
      });
    }
    const undo = await this.deeds.record(targets, kind, planned);
    return { done: planned.length, refused, undo };
  }
}

function stagesOf({ structure }: Targets, deal: Deal): readonly Stage[] {
  return structure.stages.filter((stage) => stage.pipelineId === deal.pipelineId);
}
