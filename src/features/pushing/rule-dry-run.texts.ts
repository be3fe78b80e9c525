import type { AlertRule, RuleKind } from '../../domain/pushing/rule.types.js';
import type { Bilingual } from '../../infra/http/api-error.js';
import { tellsManager } from './alert-keeping.service.js';
import { dayText, type Language } from './control.texts.js';
import { counted } from './count.texts.js';
import type { DryRunFacts } from './rule-dry-run.repository.js';
import { DRY_RUN_DAYS } from './rule-dry-run.worker.js';

interface Sums {
  readonly deals: number;
  readonly alerts: number;
  readonly people: number;
  readonly busiest: { readonly name: string; readonly day: string; readonly alerts: number } | null;
  readonly withinBudget: number;
  readonly budgetPerDay: number;
}

/** What the rule would have come to, in sentences. */
export function dryRunText(
  { delivery }: Pick<AlertRule, 'delivery'>,
  { alerts, people, busiest, withinBudget, budgetPerDay }: Sums,
  language: Language,
): string {
  const ru = language === 'ru';
  if (alerts === 0 || !busiest)
    return ru
      ? `За ${DRY_RUN_DAYS} дней правило не сработало бы ни разу.`
      : `In ${DRY_RUN_DAYS} days the rule would not have told anything.`;
  const first = ru
    ? `За ${DRY_RUN_DAYS} дней было бы сигналов: ${alerts}, получателей: ${people}.`
    : `In ${DRY_RUN_DAYS} days: ${counted(alerts, ['', '', ''], ['alert', 'alerts'], 'en')} to ${counted(people, ['', '', ''], ['person', 'people'], 'en')}.`;
  const most = ru
    ? ` Больше всего одному человеку за день: ${busiest.alerts} (${busiest.name}, ${dateText(busiest.day, 'ru')}).`
    : ` At most ${busiest.alerts} a day for one person (${busiest.name}, ${dateText(busiest.day, 'en')}).`;
  if (delivery === 'digest')
    return `${first}${most}${ru ? ' Все они вошли бы в утренние сводки.' : ' All of them would have come in morning digests.'}`;
  const rest = alerts - withinBudget;
  const budget = ru
    ? ` Сразу, в пределах ${budgetPerDay} в день на человека: ${withinBudget}; в сводку ушло бы: ${rest}.`
    : ` At once, within ${budgetPerDay} a day for a person: ${withinBudget}; ${rest} would have gone into the digest.`;
  return `${first}${most}${budget}`;
}

/** A person's own day as people write it. */
function dateText(day: string, language: Language): string {
  return dayText(Date.parse(day), { language, timeZone: 'UTC' });
}

/** What is taken as it is today, for nobody keeps how it was. */
const OF_TODAY: readonly (readonly [readonly RuleKind[], Bilingual])[] = [
  [
    ['planEndsEarly'],
    {
      ru: 'Что было у плана впереди, видно по нынешним шагам: какие добавили или убрали потом, не хранится.',
      en: 'What lay ahead of a plan is told by its present steps: those added or removed since are not kept apart.',
    },
  ],
  [
    ['stepOverdue', 'nextStepTooFar', 'sellerOverloaded'],
    {
      ru: 'Сроки шагов нынешние: какими они были до переноса, не хранится.',
      en: 'Deadlines of steps are the present ones: what they were before they were moved is not kept.',
    },
  ],
  [
    ['lostWithoutReason'],
    {
      ru: 'Когда назвали причину, CRM не говорит: считаются проигранные сделки, у которых её нет до сих пор.',
      en: 'The CRM does not say when a reason was given: lost deals that still have none count.',
    },
  ],
  [
    ['stuck'],
    {
      ru: 'Обычная длина этапов взята нынешняя.',
      en: 'How long stages usually last is taken as it is today.',
    },
  ],
  [
    ['idle', 'dormant', 'firstContactLate', 'tooFewTouches', 'noNextStep'],
    {
      ru: 'Из прошлого известны переходы, задачи и шаги, но не все звонки и письма: на деле сигналов было бы меньше.',
      en: 'Of the past we know moves, tasks and steps, but not every call and letter: there would have been fewer alerts.',
    },
  ],
];
/** The deal's date with its client puts these off. */
const OF_WAITING: readonly RuleKind[] = ['idle', 'dormant', 'stuck', 'noNextStep', 'nextStepTooFar'];
const OF_PLANS: readonly RuleKind[] = [
  'noPlanAfterAcceptance',
  'noNextStep',
  'stepOverdue',
  'nextStepTooFar',
  'movedWithOpenSteps',
  'planEndsEarly',
  'sellerOverloaded',
];

/** What history cannot tell of this rule. */
export function dryRunLimits(
  rule: Pick<AlertRule, 'kind' | 'recipients' | 'escalation'>,
  known: Pick<DryRunFacts, 'from' | 'plansSince' | 'knowsClientDate'>,
  language: Language,
): readonly string[] {
  const { kind } = rule;
  const said: readonly (Bilingual | null)[] = [
    datesLimit(kind, known.knowsClientDate),
    ...OF_TODAY.filter(([kinds]) => kinds.includes(kind)).map(([, text]) => text),
    OF_PLANS.includes(kind) ? plansLimit(known) : null,
    tellsManager(rule)
      ? {
          ru: 'Продакт-менеджеры взяты по нынешним товарам сделок.',
          en: 'Product managers are those of the deals’ present products.',
        }
      : null,
    {
      ru: 'Ответственным считается нынешний: прежних CRM не называет.',
      en: 'The present responsible counts: the CRM does not name former ones.',
    },
  ];
  return said.flatMap((one) => one?.[language] ?? []);
}

function datesLimit(kind: RuleKind, knowsClientDate: boolean | undefined): Bilingual | null {
  if (kind === 'clientDatePassed')
    return knowsClientDate === false
      ? {
          ru: 'Поле с датой клиента не выбрано в настройках компании: проверять нечего.',
          en: 'No field holds the date agreed with the client: choose one in the company’s settings. Nothing to check.',
        }
      : {
          ru: 'Прежних дат клиента CRM не хранит: считается дата, которая стоит в карточке сейчас.',
          en: 'The CRM does not keep former dates: the one that the deal has now counts.',
        };
  if (knowsClientDate !== true || !OF_WAITING.includes(kind)) return null;
  return {
    ru: 'Дата клиента берётся та, что стоит в карточке сейчас, с последнего события перед ней.',
    en: 'The client’s date is the one that the deal has now, from the last event before it on.',
  };
}

function plansLimit({ from, plansSince }: Pick<DryRunFacts, 'from' | 'plansSince'>): Bilingual | null {
  if (plansSince === null)
    return { ru: 'Планов ещё нет: проверять нечего.', en: 'There are no plans yet: nothing to check.' };
  if (plansSince <= from) return null;
  return {
    ru: `Планы есть с ${dayText(plansSince, { language: 'ru', timeZone: 'UTC' })}: раньше проверять нечего.`,
    en: `There are plans since ${dayText(plansSince, { language: 'en', timeZone: 'UTC' })}: nothing to check before.`,
  };
}
