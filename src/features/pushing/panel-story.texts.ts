import { RULE_KINDS } from '../../domain/pushing/rule-kinds.js';
import type { RuleKind } from '../../domain/pushing/rule.types.js';
import { ruleName } from './alert.texts.js';
import type { DealDeed } from './deal-deed.repository.js';

type Language = 'ru' | 'en';
type Pair = Readonly<Record<Language, string>>;

/** Names that a story needs. */
export interface StoryNames {
  readonly language: Language;
  readonly person: (userId: string | null) => string | null;
  readonly stage: (pipelineId: string, stageId: string) => string;
  readonly reason: (key: string) => string;
  /** A moment as the reader writes it. */
  readonly moment: (iso: string) => string;
}

const PLAN: Readonly<Record<string, Pair>> = {
  planStarted: { ru: 'Создан план', en: 'The plan was made' },
  planMigrated: { ru: 'План переведён на новую версию шаблона', en: 'The plan moved to a new version' },
  'plan.active': { ru: 'План снова в работе', en: 'The plan is active again' },
  'plan.paused': { ru: 'План на паузе', en: 'The plan was paused' },
  'plan.closed': { ru: 'План закрыт', en: 'The plan was closed' },
  'step.actionable': { ru: 'Стал задачей шаг', en: 'Became a task' },
  'step.done': { ru: 'Сделан шаг', en: 'Done' },
  'step.failed': { ru: 'Не получился шаг', en: 'Failed' },
  'step.skipped': { ru: 'Пропущен шаг', en: 'Skipped' },
  'step.cancelled': { ru: 'Снят шаг', en: 'Withdrawn' },
  'afterSale.asked': { ru: 'Начат план после продажи', en: 'A plan after the sale was asked for' },
  'close.proposed': { ru: 'Предложено закрыть сделку', en: 'Closing the deal was proposed' },
  'deal.handedOver': { ru: 'План передал сделку', en: 'The plan handed the deal over' },
  'deal.joined': { ru: 'План подключил к сделке', en: 'The plan let follow the deal' },
};

/** Null: not worth a line, e.g. that a step waits for another one. */
export function planEventText(
  kind: string,
  stepTitle: string | null,
  userName: string | null,
  language: Language,
): string | null {
  const words = PLAN[kind]?.[language];
  if (words === undefined) return null;
  const about = [stepTitle === null ? null : `«${stepTitle}»`, userName].filter((one) => one !== null);
  return about.length === 0 ? words : `${words}: ${about.join(', ')}`;
}

export function visitText(stage: string, first: boolean, language: Language): string {
  if (language === 'ru') return first ? `Сделка начата на этапе «${stage}»` : `Этап: «${stage}»`;
  return first ? `The deal began in “${stage}”` : `Stage: “${stage}”`;
}

export function pushText(text: string, language: Language): string {
  return language === 'ru' ? `Пуш: ${text}` : `Push: ${text}`;
}

/** A kind that the product does not know any more keeps its word only. */
export function alertText(kind: string, language: Language): string {
  const word = language === 'ru' ? 'Сигнал' : 'Alert';
  return isRuleKind(kind) ? `${word}: ${ruleName(kind, language)}` : word;
}

function isRuleKind(kind: string): kind is RuleKind {
  return kind in RULE_KINDS;
}

const ANSWERS: Readonly<Record<'done' | 'willBeDone' | 'notDone', Pair>> = {
  done: { ru: 'Ответ на пуш: сделано', en: 'Answer to the push: done' },
  willBeDone: { ru: 'Ответ на пуш: будет сделано', en: 'Answer to the push: will be done' },
  notDone: { ru: 'Ответ на пуш: не сделано', en: 'Answer to the push: not done' },
};

export function answerText(
  answer: {
    readonly kind: 'done' | 'willBeDone' | 'notDone';
    readonly until: number | null;
    readonly reason: string | null;
  },
  names: StoryNames,
): string {
  const words = ANSWERS[answer.kind][names.language];
  const until = answer.until === null ? null : names.moment(new Date(answer.until).toISOString());
  const more = [until, answer.reason].filter((one) => one !== null && one !== '');
  return more.length === 0 ? words : `${words}, ${more.join(', ')}`;
}

const DEEDS: Readonly<Record<DealDeed['kind'], (deed: DealDeed, names: StoryNames) => string>> = {
  push: (_, { language }) => (language === 'ru' ? 'Отправлен пуш' : 'A push was sent'),
  replan: (_, { language }) => (language === 'ru' ? 'Сроки плана пересчитаны' : 'The plan was counted anew'),
  reassign: ({ facts }, { language, person }) => {
    const name = person(facts.toOwner ?? null) ?? '';
    return language === 'ru' ? `Передана: ${name}` : `Handed over to ${name}`;
  },
  move: ({ facts }, { language, stage }) => {
    const name = facts.to ? stage(facts.to.pipelineId, facts.to.stageId) : '';
    return language === 'ru' ? `Переместить на этап «${name}»` : `To be moved to “${name}”`;
  },
  close: ({ facts }, { language, reason }) =>
    withComment(
      language === 'ru'
        ? `Закрыть. Причина: ${reason(facts.reasonKey ?? '')}`
        : `To be closed. Reason: ${reason(facts.reasonKey ?? '')}`,
      facts.comment,
    ),
  snooze: ({ facts }, { language, reason, moment }) => {
    const until = facts.until === undefined ? '' : moment(facts.until);
    const why = reason(facts.reasonKey ?? '');
    return withComment(
      language === 'ru' ? `Отложена до ${until}. Причина: ${why}` : `Snoozed until ${until}. Reason: ${why}`,
      facts.comment,
    );
  },
  undo: ({ facts }, { language }) => UNDONE[facts.undone ?? 'move'][language],
};

const UNDONE: Readonly<Record<NonNullable<DealDeed['facts']['undone']>, Pair>> = {
  push: { ru: 'Пуш отозван', en: 'The push was withdrawn' },
  replan: { ru: 'Пересчёт отменён', en: 'Counting anew was undone' },
  reassign: { ru: 'Передача отменена', en: 'Handing over was undone' },
  move: { ru: 'Перемещение отменено', en: 'The move was undone' },
  close: { ru: 'Закрытие отменено', en: 'Closing was undone' },
  snooze: { ru: 'Больше не отложена', en: 'Snoozing was undone' },
};

export function deedText(deed: DealDeed, names: StoryNames): string {
  return DEEDS[deed.kind](deed, names);
}

function withComment(text: string, comment: string | undefined): string {
  return comment === undefined || comment === '' ? text : `${text}. ${comment}`;
}
