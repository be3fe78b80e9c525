import type { DealLine, MoveLine, PlanLine } from './book-events.repository.js';
import type { BookBody, NewEntry } from './book.types.js';

const MAX_RESULT = 300;

/** The deal's beginning and its acceptance, as far as they are not older than the installation. */
export function entriesOfDeal(line: DealLine, since: number): readonly NewEntry[] {
  const base = { dealId: line.deal_id, byHand: false };
  const entries: NewEntry[] = [];
  if (line.created_at.getTime() >= since)
    entries.push({
      ...base,
      sourceKey: `created|${line.deal_id}`,
      at: line.created_at.getTime(),
      kind: 'created',
      by: null,
      body: tidy({ dealTitle: line.title, toStage: line.stage, ...moneyOf(line) }),
    });
  if (line.accepted_at !== null && line.accepted_at.getTime() >= since)
    entries.push({
      ...base,
      sourceKey: `accepted|${line.deal_id}`,
      at: line.accepted_at.getTime(),
      kind: 'accepted',
      by: line.accepted_by,
      body: { dealTitle: line.title },
    });
  return entries;
}

/**
 * A move is named by the stage and by how many times the deal came there: the host's history and our own eyes date one
 * move by different seconds.
 */
export function entryOfMove(line: MoveLine): NewEntry {
  const kind = line.kind === 'won' || line.kind === 'lost' ? line.kind : 'stageMoved';
  const ended = kind === 'stageMoved' ? {} : { ...moneyOf(line), reason: line.loss_reason };
  return {
    sourceKey: `stage|${line.deal_id}|${line.pipeline_id}|${line.stage_id}|${line.times}`,
    at: line.entered_at.getTime(),
    kind,
    dealId: line.deal_id,
    by: null,
    byHand: false,
    body: tidy({
      dealTitle: line.title,
      fromStage: line.from_stage,
      toStage: line.to_stage ?? line.stage_id,
      toPipeline: line.to_pipeline,
      ...ended,
    }),
  };
}

/** Null: the deal's own end tells it already. */
export function entryOfPlan(line: PlanLine): NewEntry | null {
  const told = toldBy(line);
  if (told === null) return null;
  const outcome = `step.${line.outcome?.kind ?? ''}` === line.kind ? line.outcome : null;
  const actor = ['system', 'host'].includes(line.actor) ? null : line.actor;
  return {
    sourceKey: `plan|${line.id}`,
    at: line.at.getTime(),
    kind: told.kind,
    dealId: line.deal_id,
    by: outcome?.by ?? actor,
    byHand: false,
    body: tidy({
      dealTitle: line.title,
      stepTitle: line.step_title,
      reason: outcome?.reason ?? line.detail.reason,
      result: resultOf(outcome?.result),
      ...told.body,
    }),
  };
}

function toldBy({ kind, detail, plan_name: name }: PlanLine): Pick<NewEntry, 'kind' | 'body'> | null {
  const planName = name ?? '';
  switch (kind) {
    case 'planStarted':
      return { kind: 'planStarted', body: { planName } };
    case 'planMigrated':
      return { kind: 'planChanged', body: { planName, change: 'migrated' } };
    case 'plan.paused':
      return { kind: 'planChanged', body: { planName, change: 'paused' } };
    case 'plan.active':
      return { kind: 'planChanged', body: { planName, change: 'resumed' } };
    case 'plan.closed':
      if (detail.reason === 'won' || detail.reason === 'lost') return null;
      return { kind: 'planChanged', body: { planName, change: 'closed', reason: '' } };
    case 'step.done':
      return { kind: 'stepDone', body: {} };
    case 'step.failed':
      return { kind: 'stepFailed', body: {} };
    case 'guard.overridden':
      return { kind: 'guardOverridden', body: {} };
    case 'deal.handedOver':
      return { kind: 'handedOver', body: detail.userId === undefined ? {} : { userIds: [detail.userId] } };
    default:
      return null;
  }
}

function resultOf(result: unknown): string | null {
  if (typeof result !== 'object' || result === null) return null;
  const { text, value, url } = result as { text?: unknown; value?: unknown; url?: unknown };
  const said = text ?? value ?? url;
  if (typeof said === 'number') return String(said);
  return typeof said === 'string' && said.trim() !== '' ? said.slice(0, MAX_RESULT) : null;
}

function moneyOf({ amount, currency }: Pick<DealLine, 'amount' | 'currency'>): {
  readonly amount: string | null;
  readonly currency: string | null;
} {
  const known = amount !== null && Number(amount) !== 0;
  return { amount: known ? amount : null, currency: known ? currency : null };
}

type Loose = { readonly [Key in keyof BookBody]?: BookBody[Key] | null | undefined };

/** Without what is unknown. */
function tidy(body: Loose): BookBody {
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => value !== null && value !== undefined && value !== ''),
  );
}
