import type { Instant } from '../../domain/crm/time.js';
import type { Because, BecauseCode, NoteCode, PlanStep } from '../../domain/plans/types.js';

/** Names and dates for the reader: whose language and zone, what the template calls its parts. */
export interface Reader {
  readonly language: 'ru' | 'en';
  readonly timeZone: string;
  readonly stageName: (key: string) => string;
  readonly stepTitle: (key: string) => string;
}

interface Words {
  readonly stage: string;
  readonly step: string;
  readonly until: string;
  /** Whether all hangs on a step that is still open. */
  readonly open: boolean;
}

/** Null: the state says it all. */
type Text = ((words: Words) => string) | null;

const RU: Record<BecauseCode, Text> = {
  ownStage: null,
  stageAhead: null,
  earlierSteps: ({ stage }) => `Сначала обязательные шаги этапа «${stage}».`,
  prerequisite: ({ step }) => `Ждёт шага «${step}».`,
  afterStep: ({ step }) => `Начнётся, когда закончится шаг «${step}».`,
  tooEarly: ({ until }) => `Ещё рано: станет задачей ${until}.`,
  stageLeft: ({ stage }) => `Снят: сделка ушла с этапа «${stage}».`,
  stageSkipped: ({ stage }) => `Снят: сделка миновала этап «${stage}».`,
  carriedOver: ({ stage }) => `Перенесён на этап «${stage}»: на прежнем не успели.`,
  kept: () => 'Этап позади, но этот шаг всё равно нужно сделать.',
  reentryNothing: () => 'На повторном заходе на этап этот шаг не нужен.',
  reentryReopened: () => 'Сделка вернулась на этап, поэтому шаг снова открыт.',
  reentryNewPass: () => 'Сделка вернулась на этап: начат новый заход.',
  dealWon: () => 'Снят: сделка выиграна.',
  dealLost: () => 'Снят: сделка проиграна.',
  dealReopened: () => 'Снят: сделка снова в работе.',
  conditionFalse: ({ step, open }) => {
    if (step === '') return 'Снят: по данным сделки этот шаг не нужен.';
    return open ? `Снят: решится, когда закончится шаг «${step}».` : `Снят: не нужен после шага «${step}».`;
  },
  closingStep: () => 'Завершающий шаг: сделка уже закрыта, осталось это.',
  closingSkipped: () => 'После закрытия сделки этот шаг не нужен.',
  reopenedByHand: () => 'Открыт заново вручную.',
  stageUnmapped: () => 'Этап сделки неизвестен шаблону: администратор может указать, чему он соответствует.',
  paused: () => 'План на паузе.',
  notInPlan: () => 'Снят: в плане этого шага больше нет.',
  done: null,
  failed: null,
  skipped: null,
  taskDeleted: () => 'Задачу удалили в CRM, поэтому шаг закрыт и заново не создаётся.',
};

const EN: Record<BecauseCode, Text> = {
  ownStage: null,
  stageAhead: null,
  earlierSteps: ({ stage }) => `The required steps of “${stage}” come first.`,
  prerequisite: ({ step }) => `Waits for “${step}”.`,
  afterStep: ({ step }) => `Starts when “${step}” is over.`,
  tooEarly: ({ until }) => `Too early: becomes a task on ${until}.`,
  stageLeft: ({ stage }) => `Withdrawn: the deal left “${stage}”.`,
  stageSkipped: ({ stage }) => `Withdrawn: the deal passed by “${stage}”.`,
  carriedOver: ({ stage }) => `Carried over to “${stage}”: it was not done before.`,
  kept: () => 'The stage is over, but this step still has to be done.',
  reentryNothing: () => 'Not needed when the deal comes to the stage again.',
  reentryReopened: () => 'The deal came back to the stage, so the step is open again.',
  reentryNewPass: () => 'The deal came back to the stage: a new pass has begun.',
  dealWon: () => 'Withdrawn: the deal is won.',
  dealLost: () => 'Withdrawn: the deal is lost.',
  dealReopened: () => 'Withdrawn: the deal is open again.',
  conditionFalse: ({ step, open }) => {
    if (step === '') return 'Withdrawn: by what the deal says now, this step is not needed.';
    return open
      ? `Withdrawn: to be decided when “${step}” is over.`
      : `Withdrawn: not needed after “${step}”.`;
  },
  closingStep: () => 'A closing step: the deal is closed, this is what is left.',
  closingSkipped: () => 'Not needed once the deal is closed.',
  reopenedByHand: () => 'Reopened by hand.',
  stageUnmapped: () =>
    'The template does not know the deal’s stage: an administrator can say what it stands for.',
  paused: () => 'The plan is paused.',
  notInPlan: () => 'Withdrawn: the plan no longer has this step.',
  done: null,
  failed: null,
  skipped: null,
  taskDeleted: () => 'The task was deleted in the CRM, so the step is closed and is not created again.',
};

const NOTES: Record<NoteCode, { readonly ru: string; readonly en: string }> = {
  resultMissing: {
    ru: 'Закрыт в CRM без результата, который здесь нужен.',
    en: 'Closed in the CRM without the result that it asks for.',
  },
  ownerByHand: { ru: 'Исполнителя сменили вручную.', en: 'The person was changed by hand.' },
  dueByHand: { ru: 'Срок поставлен вручную.', en: 'The deadline was set by hand.' },
  noOwner: {
    ru: 'У сделки нет ответственного: задачу поставить некому.',
    en: 'The deal has nobody responsible, so the task has nobody to go to.',
  },
  noHead: {
    ru: 'У отдела нет руководителя: шаг делает ответственный за сделку.',
    en: 'The department has no head, so the deal’s responsible takes the step.',
  },
  ownerInactive: { ru: 'Прежний исполнитель уволен.', en: 'The person who had it no longer works here.' },
  dueForecast: { ru: 'Срок примерный.', en: 'The deadline is an estimate.' },
  ownerFieldEmpty: {
    ru: 'Поле с исполнителем не заполнено: шаг делает ответственный за сделку.',
    en: 'The field that names the person is empty, so the deal’s responsible takes the step.',
  },
  roleVacant: {
    ru: 'Эту роль никто не занимает: шаг делает ответственный за сделку.',
    en: 'Nobody holds this role, so the deal’s responsible takes the step.',
  },
  groupEmpty: {
    ru: 'В группе нет никого, кто мог бы взять шаг.',
    en: 'The group has nobody who could take the step.',
  },
  turnAhead: {
    ru: 'Кому он достанется по очереди, решится, когда шаг станет задачей.',
    en: 'Whose turn it is shows when the step becomes a task.',
  },
  inQueue: {
    ru: 'Шаг в общей очереди: его может взять любой из группы.',
    en: 'The step is in the group’s queue: anyone of the group can take it.',
  },
  taken: { ru: 'Взят из общей очереди.', en: 'Taken from the group’s queue.' },
  deputy: {
    ru: 'Исполнитель отсутствует, шаг у заместителя.',
    en: 'The person is away, so a deputy has it.',
  },
  dateMissing: {
    ru: 'Дата в сделке не заполнена: срок посчитан от начала этапа.',
    en: 'The date in the deal is empty, so the deadline counts from the start of the stage.',
  },
  handOverNobody: {
    ru: 'Некому передать сделку: назначьте человека на эту роль.',
    en: 'There is nobody to hand the deal over to: give this role to somebody.',
  },
};

/** Why the step is as it is, in sentences; null where nothing needs saying. */
export function becauseText(step: PlanStep, reader: Reader): string | null {
  const reason = (reader.language === 'ru' ? RU : EN)[step.because.code]?.(wordsOf(step.because, reader));
  const open = step.state === 'waiting' || step.state === 'actionable';
  const notes = step.notes
    .filter(
      (note) =>
        note === 'resultMissing' ||
        (open && note !== 'dueForecast') ||
        (note === 'dueForecast' && step.state === 'waiting'),
    )
    .map((note) => NOTES[note][reader.language]);
  const sentences = [...(reason === undefined ? [] : [reason]), ...notes];
  return sentences.length === 0 ? null : sentences.join(' ');
}

export function dayText(at: Instant, reader: Pick<Reader, 'language' | 'timeZone'>): string {
  const { language, timeZone } = reader;
  return new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long', timeZone }).format(at);
}

function wordsOf(because: Because, reader: Reader): Words {
  const { stageKey, stepKey, until, why } = because.params;
  return {
    stage: typeof stageKey === 'string' ? reader.stageName(stageKey) : '',
    step: typeof stepKey === 'string' ? reader.stepTitle(stepKey) : '',
    until: typeof until === 'number' ? dayText(until, reader) : '',
    open: why === 'stepOpen',
  };
}
