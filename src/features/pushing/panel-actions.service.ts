import { Inject, Injectable, Optional } from '@nestjs/common';
import { COMPANY, type Company, type ReasonFacts } from '../../contract/company.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { PanelHandovers } from './panel-handovers.service.js';
import { PanelPushes } from './panel-pushes.service.js';
import { headsOnly, unknownReason } from './panel-refusal.texts.js';
import { PanelSnoozes } from './panel-snoozes.service.js';
import { PanelStageMoves } from './panel-stage-moves.service.js';
import { leads, PanelTargets } from './panel-targets.service.js';
import type { PanelAction, PanelActionAnswer } from './panel.view.js';

/** Bulk actions of the panel: rights deal by deal, then the thing itself; what cannot be done is named with its reason. */
@Injectable()
export class PanelActions {
  constructor(
    private readonly targets: PanelTargets,
    private readonly stages: PanelStageMoves,
    private readonly handovers: PanelHandovers,
    private readonly snoozes: PanelSnoozes,
    private readonly pushes: PanelPushes,
    @Optional() @Inject(COMPANY) private readonly company: Company | null,
  ) {}

  async run(person: SessionClaims, action: PanelAction): Promise<PanelActionAnswer> {
    const targets = await this.targets.of(person, action.dealIds);
    switch (action.kind) {
      case 'push':
        if (!leads(targets)) throw headsOnly();
        return this.pushes.push(targets, action.text);
      case 'reassign':
        return this.handovers.reassign(targets, action.userId, action.openSteps);
      case 'replan':
        return this.handovers.replan(targets);
      case 'move':
        return this.stages.move(targets, action.stageId);
      case 'close':
        return this.stages.close(
          targets,
          await this.reason(person, action.reasonKey, 'loss'),
          action.comment,
        );
      case 'snooze': {
        const reason = await this.reason(person, action.reasonKey, 'snooze');
        return this.snoozes.snooze(targets, { until: action.until, reason, comment: action.comment });
      }
    }
  }

  private async reason(
    { accountId }: SessionClaims,
    key: string,
    use: 'loss' | 'snooze',
  ): Promise<ReasonFacts> {
    const rules = await this.company?.of(accountId);
    const reason = rules?.reasons.find((one) => one.key === key && one.uses.includes(use));
    if (!reason) throw unknownReason();
    return reason;
  }
}
