import { isDealKind } from '../../domain/pushing/rules.js';
import { parameterOf } from '../../domain/pushing/rule-kinds.js';
import type { AlertRule } from '../../domain/pushing/rule.types.js';
import type { CompanyStructure } from '../../mirror/index.js';
import { aboutOf, alertText, ruleName } from './alert.texts.js';
import type { AlertRow } from './alert-open.query.js';
import { nameOf } from './control-context.service.js';
import type { Reader } from './control.texts.js';
import { pushStateView } from './panel-pushes.service.js';
import type { ShownPush } from './panel-pusher.js';
import { eventText } from './panel.words.js';
import type { AlertToldView, AlertView } from './pushing.view.js';
import { ruleSentence, rungText } from './rule.texts.js';

const DAY_MS = 86_400_000;

/** What the words of alerts need of the account and the reader. */
export interface AlertLook {
  readonly structure: CompanyStructure;
  readonly rules: ReadonlyMap<string, AlertRule>;
  readonly told: ReadonlyMap<string, readonly AlertToldView[]>;
  readonly pushes: ReadonlyMap<string, ShownPush>;
  readonly dealPath: (dealId: string) => string | null;
  readonly reader: Reader & { readonly now: number };
}

/** An open alert as people read it. */
export function alertView(row: AlertRow, look: AlertLook): AlertView {
  const { structure, reader } = look;
  const { language, now } = reader;
  const rule = look.rules.get(row.rule_id);
  const name = ruleName(row.kind, language);
  const push = look.pushes.get(row.deal_id ?? '');
  const canSnooze = row.deal_id !== null && row.is_open === true && row.kind !== 'lostWithoutReason';
  return {
    id: row.alert_id,
    at: row.at.toISOString(),
    ruleKey: row.rule_id,
    ruleName: name,
    rule: rule ? ruleSentence(rule, language) : name,
    text: alertText(row.kind, row.facts, reader).replace(`${name}. `, ''),
    dealId: row.deal_id,
    dealTitle: aboutOf(row, structure),
    dealPath: row.deal_id === null ? null : look.dealPath(row.deal_id),
    ...placeOf(row, structure),
    ownerId: row.seller_id,
    ownerName: nameOf(structure, row.seller_id),
    told: look.told.get(row.alert_id) ?? [],
    level: row.level,
    next: nextOf(row, rule, look),
    cost: {
      amount: row.amount,
      currency: row.currency,
      deals: row.deals,
      overDays: overDaysOf(row, now),
    },
    acted:
      row.acted_at === null
        ? null
        : { at: row.acted_at.toISOString(), text: eventText(row.acted_by_event ?? 'activity', language) },
    push: push ? pushStateView(push, now, (userId) => nameOf(structure, userId)) : null,
    snoozes: row.snoozes,
    canSnooze,
    snoozeGoesUp: canSnooze && goesUp(row.snoozes + 1, look.rules.get('putOffAgain')),
  };
}

/** As the rule about putting off again says: from that time on, each time. */
export function goesUp(times: number, rule: AlertRule | undefined): boolean {
  return rule?.on === true && times >= parameterOf(rule, 'times');
}

function placeOf(
  { pipeline_id: pipelineId, stage_id: stageId }: AlertRow,
  { pipelines, stages }: CompanyStructure,
): Pick<AlertView, 'pipelineName' | 'stageName'> {
  return {
    pipelineName: pipelines.find((one) => one.id === pipelineId)?.name ?? null,
    stageName: stages.find((one) => one.pipelineId === pipelineId && one.id === stageId)?.name ?? null,
  };
}

function nextOf(
  row: AlertRow,
  rule: AlertRule | undefined,
  { structure, reader }: AlertLook,
): AlertView['next'] {
  const rung = rule?.escalation[row.level];
  if (row.next_at === null || !rung) return null;
  const names = {
    language: reader.language,
    nameOf: (userId: string) => nameOf(structure, userId) ?? userId,
  };
  return { at: row.next_at.toISOString(), text: rungText(rung, names) };
}

/** As pain is counted: only where the stage's length is learned; whole days, at least one. */
function overDaysOf(row: AlertRow, now: number): number | null {
  if (!isDealKind(row.kind) || row.is_open !== true || row.norm_ms === null || row.stage_since === null)
    return null;
  const days = Math.floor((now - row.stage_since.getTime() - row.norm_ms) / DAY_MS);
  return days > 0 ? days : null;
}
