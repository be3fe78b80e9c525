import { Injectable } from '@nestjs/common';
import { isMissed } from '../../domain/calendar/missed.js';
import type { Instant } from '../../domain/crm/time.js';
import type { CompanyStructure } from '../../mirror/index.js';
import { PanelMoves } from './panel-moves.service.js';
import { PanelPushes, pushStateView } from './panel-pushes.service.js';
import { MARKS, type PanelRow } from './panel.query.js';
import type { PanelRowView } from './panel.view.js';
import { reasonsOf, type PanelReader } from './panel.words.js';
import { StepTitles } from './step-titles.service.js';

const DAY_MS = 86_400_000;

/** What the words of rows need of the account and the reader. */
export interface RowLook {
  readonly accountId: string;
  readonly structure: CompanyStructure;
  readonly dealPath: (dealId: string) => string | null;
  readonly reader: PanelReader;
}

/** Rows of the panel as people read them. */
@Injectable()
export class PanelRows {
  constructor(
    private readonly titles: StepTitles,
    private readonly moves: PanelMoves,
    private readonly pushes: PanelPushes,
  ) {}

  async views(rows: readonly PanelRow[], look: RowLook): Promise<readonly PanelRowView[]> {
    const users = new Map(look.structure.users.map((user) => [user.id, user.name]));
    const stages = new Map(
      look.structure.stages.map((stage) => [`${stage.pipelineId}|${stage.id}`, stage.name]),
    );
    const dealIds = rows.map((row) => row.deal_id);
    const standing = new Map(rows.map((row) => [row.deal_id, row.stage_id]));
    const [moves, pushes] = await Promise.all([
      this.moves.under(look.accountId, standing),
      this.pushes.lastOf(look.accountId, dealIds),
    ]);
    const nameOf = (id: string | null): string | null => (id === null ? null : (users.get(id) ?? id));
    const views: PanelRowView[] = [];
    const zoneOf = zonesOf(look.structure, look.reader.timeZone);
    for (const row of rows) {
      const missed = missedOf(row, zoneOf(row.next_owner_id), look.reader.now);
      const push = pushes.get(row.deal_id);
      const to = moves.get(row.deal_id);
      views.push({
        dealId: row.deal_id,
        dealPath: look.dealPath(row.deal_id),
        title: row.title,
        pipelineId: row.pipeline_id,
        stageId: row.stage_id,
        stageName: stages.get(`${row.pipeline_id}|${row.stage_id}`) ?? row.stage_id,
        ownerId: row.owner_id,
        ownerName: nameOf(row.owner_id),
        ...moneyAndTimes(row, look.reader.now),
        nextStep: await this.nextStep(row, missed, look),
        doneSteps: row.done_steps,
        openSteps: row.open_steps,
        overdueSteps: missed.length,
        marks: MARKS.filter((mark) => row[mark]),
        why: reasonsOf(row, missed, look.reader),
        push: push ? pushStateView(push, look.reader.now, nameOf) : null,
        ...(to && {
          moving: {
            stageId: to.stageId,
            stageName: stages.get(`${to.pipelineId}|${to.stageId}`) ?? to.stageId,
          },
        }),
      });
    }
    return views;
  }

  private async nextStep(
    row: PanelRow,
    missed: readonly Instant[],
    look: RowLook,
  ): Promise<PanelRowView['nextStep']> {
    if (row.next_step === null || row.template_id === null) return null;
    const stepKey = row.next_step.slice(0, row.next_step.lastIndexOf('~'));
    return {
      id: row.next_step,
      title: await this.titles.title(look.accountId, row.template_id, row.template_version ?? 0, stepKey),
      dueAt: row.next_due_at?.toISOString() ?? null,
      overdue: row.next_due_at !== null && missed.includes(row.next_due_at.getTime()),
    };
  }
}

/** Deadlines that have passed, the oldest first. */
function missedOf(row: PanelRow, timeZone: string, now: Instant): readonly Instant[] {
  return row.due_ats.map((due) => due.getTime()).filter((due) => isMissed(due, now, timeZone));
}

/** Whose zone is not known works in that of the asker. */
export function zonesOf({ users }: CompanyStructure, own: string): (userId: string | null) => string {
  const zones = new Map(users.map((user) => [user.id, user.timeZone ?? own]));
  return (userId) => zones.get(userId ?? '') ?? own;
}

function moneyAndTimes(row: PanelRow, now: number) {
  return {
    amount: row.amount,
    currency: row.currency,
    createdAt: row.created_at.toISOString(),
    stageSince: row.stage_since.toISOString(),
    daysInStage: Math.floor((now - row.stage_since.getTime()) / DAY_MS),
    normDays: row.norm_ms === null ? null : Math.round((row.norm_ms / DAY_MS) * 10) / 10,
    lastEventAt: row.last_event_at.toISOString(),
    snoozedUntil:
      row.snoozed_until !== null && row.snoozed_until.getTime() > now
        ? row.snoozed_until.toISOString()
        : null,
  };
}
