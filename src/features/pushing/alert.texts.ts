import type { RuleKind } from '../../domain/pushing/rule.types.js';
import type { Bilingual } from '../../infra/http/api-error.js';
import { pipelineOfEpisode } from '../../domain/pushing/company-rules.js';
import type { CompanyStructure } from '../../mirror/index.js';
import { nameOf } from './control-context.service.js';
import { dayText, whenText, type Reader } from './control.texts.js';
import { counted, ordinal } from './count.texts.js';
import { spanOf } from './panel.words.js';

const NAMES: Readonly<Record<RuleKind, Bilingual>> = {
  firstContactLate: { ru: 'Нет первого контакта', en: 'First contact is late' },
  noPlanAfterAcceptance: { ru: 'Лид принят, плана нет', en: 'Accepted, but no plan' },
  planEndsEarly: { ru: 'План кончается раньше воронки', en: 'The plan ends before the funnel' },
  noNextStep: { ru: 'Нет следующего шага', en: 'No next step' },
  stepOverdue: { ru: 'Шаг просрочен', en: 'A step is overdue' },
  nextStepTooFar: { ru: 'Следующий шаг слишком далеко', en: 'The next step is too far' },
  idle: { ru: 'Сделкой не занимаются', en: 'Nobody works on the deal' },
  stuck: { ru: 'Сделка застряла', en: 'The deal is stuck' },
  dormant: { ru: 'Сделка спит', en: 'The deal is dormant' },
  clientDatePassed: { ru: 'Прошла дата клиента', en: 'The client’s date has passed' },
  movedWithOpenSteps: { ru: 'Этап пройден, шаги не сделаны', en: 'Moved on with steps undone' },
  lostWithoutReason: { ru: 'Проиграна без причины', en: 'Lost without a reason' },
  unsortedWaiting: { ru: 'Лид ждёт разбора', en: 'A lead waits to be accepted' },
  tooFewTouches: { ru: 'Мало касаний в первый день', en: 'Too few touches on the first day' },
  sellerOverloaded: { ru: 'Продавец перегружен', en: 'A seller is overloaded' },
  tooFewNearClosing: { ru: 'Мало сделок у закрытия', en: 'Too few deals near closing' },
  topEmpty: { ru: 'Пусто в начале воронки', en: 'The top of the funnel is empty' },
  putOffAgain: { ru: 'Сделку откладывают снова и снова', en: 'A deal is put off again and again' },
};

export function ruleName(kind: RuleKind, language: Reader['language']): string {
  return NAMES[kind][language];
}

/** What an alert is about, in words: the deal, or the person with the pipeline. */
export function aboutOf(
  alert: {
    readonly title: string | null;
    readonly deal_id: string | null;
    readonly subject: string;
    readonly episode: string;
  },
  structure: CompanyStructure,
): string | null {
  if (alert.deal_id !== null) return alert.title;
  const name = nameOf(structure, alert.subject);
  const pipelineId = pipelineOfEpisode(alert.episode);
  const pipeline = structure.pipelines.find((one) => one.id === pipelineId)?.name;
  return pipeline === undefined ? name : [name, pipeline].filter((part) => part !== null).join(', ');
}

type AlertReader = Reader & { readonly now: number };
type Sentences = Readonly<Partial<Record<RuleKind, () => string>>>;

/** What happened and what to do, for the person who is told. */
export function alertText(
  kind: RuleKind,
  numbers: Readonly<Record<string, number>>,
  reader: AlertReader,
): string {
  const words = new AlertWords(numbers, reader);
  const name = ruleName(kind, reader.language);
  const more = { ...planSentences(words), ...timeSentences(words), ...headSentences(words) }[kind]?.();
  return more === undefined ? `${name}.` : `${name}. ${more}`;
}

/** The alert's numbers as the reader reads them. */
class AlertWords {
  constructor(
    readonly numbers: Readonly<Record<string, number>>,
    private readonly reader: AlertReader,
  ) {}

  say(russian: string, english: string): string {
    return this.reader.language === 'ru' ? russian : english;
  }

  when(key: string): string {
    return whenText(this.numbers[key] ?? this.reader.now, this.reader.now, this.reader);
  }

  day(key: string): string {
    return dayText(this.numbers[key] ?? this.reader.now, this.reader, this.reader.now);
  }

  /** Two numbers are told apart only where they differ. */
  outlasts(since: string, usual: string): boolean {
    const lasts = this.reader.now - (this.numbers[since] ?? this.reader.now);
    return lasts > (this.numbers[usual] ?? 0) && this.since(since) !== this.span(usual);
  }

  /** The second word about a dormant deal: closing is proposed. */
  isClosing(): boolean {
    return this.numbers['close'] !== undefined && this.numbers['close'] === this.numbers['days'];
  }

  span(key: string): string {
    return spanOf(this.numbers[key] ?? 0, this.reader.language);
  }

  /** Minutes of work as hours; less than one hour in minutes. */
  work(key: string): string {
    const minutes = Math.round(this.numbers[key] ?? 0);
    const hours = Math.round(minutes / 60);
    return minutes < 60 ? this.say(`${minutes} мин`, `${minutes} min`) : this.say(`${hours} ч`, `${hours} h`);
  }

  since(key: string): string {
    return spanOf(this.reader.now - (this.numbers[key] ?? this.reader.now), this.reader.language);
  }
}

function planSentences(words: AlertWords): Sentences {
  return {
    firstContactLate: () =>
      words.say(
        'Позвоните клиенту сейчас: каждая минута снижает шансы.',
        'Call the client now: every minute lowers the chances.',
      ),
    noPlanAfterAcceptance: () =>
      words.say(
        'Создайте план: без него никто не знает, что дальше.',
        'Make one: without it nobody knows what comes next.',
      ),
    planEndsEarly: () =>
      words.say(
        'Дополните его шагами до конца воронки.',
        'Complete it with steps up to the end of the funnel.',
      ),
    noNextStep: () =>
      words.say('Назначьте его, чтобы сделка не остановилась.', 'Plan one, so that the deal does not stop.'),
    stepOverdue: () =>
      words.say(
        `Срок был ${words.when('due')}. Сделайте или перенесите с причиной.`,
        `It was due ${words.when('due')}. Do it, or move it with a reason.`,
      ),
    nextStepTooFar: () =>
      words.say(
        `Он только ${words.day('due')}, а этап обычно длится ${words.span('usual')}. Назначьте что-нибудь раньше.`,
        `It is only on ${words.day('due')}, but the stage usually lasts ${words.span('usual')}. Plan something before.`,
      ),
  };
}

function timeSentences(words: AlertWords): Sentences {
  return {
    idle: () =>
      words.say(
        `Ничего не происходит уже ${words.since('last')}. Пора двигаться дальше или понизить приоритет.`,
        `Nothing has happened for ${words.since('last')}. Time to move on, or to lower the priority.`,
      ),
    stuck: () =>
      words.outlasts('since', 'usual')
        ? words.say(
            `На этапе уже ${words.since('since')}, обычно ${words.span('usual')}. Пора двигаться дальше или понизить приоритет.`,
            `In this stage for ${words.since('since')}, usually ${words.span('usual')}. Time to move on, or to lower the priority.`,
          )
        : words.say(
            `На этапе уже ${words.since('since')}, и шансы пройти дальше падают. Пора двигаться или понизить приоритет.`,
            `In this stage for ${words.since('since')}, and the chances to move on are falling. Move it, or lower the priority.`,
          ),
    dormant: () =>
      words.isClosing()
        ? words.say(
            `Событий нет ${words.since('last')}: пора закрыть сделку с причиной.`,
            `No event for ${words.since('last')}: time to close the deal with a reason.`,
          )
        : words.say(
            `Событий нет ${words.since('last')}. Оживите сделку или закройте её с причиной.`,
            `No event for ${words.since('last')}. Revive the deal, or close it with a reason.`,
          ),
    clientDatePassed: () =>
      words.say(
        `Договаривались на ${words.day('date')}. Свяжитесь с клиентом.`,
        `It was agreed for ${words.day('date')}. Contact the client.`,
      ),
    movedWithOpenSteps: () =>
      words.say(
        `Обязательных шагов не сделано: ${words.numbers['steps'] ?? 1}. Доделайте их или скажите, почему они не нужны.`,
        `Required steps left undone: ${words.numbers['steps'] ?? 1}. Do them, or say why they are not needed.`,
      ),
    lostWithoutReason: () => words.say('Укажите, почему сделка проиграна.', 'Say why the deal was lost.'),
    unsortedWaiting: () => words.say('Примите лид или отклоните его.', 'Accept the lead, or turn it down.'),
    tooFewTouches: () =>
      words.say(
        `Касаний: ${words.numbers['touches'] ?? 0} из ${words.numbers['wanted'] ?? 3} за ${words.numbers['hours'] ?? 24} ч. Свяжитесь с клиентом ещё раз.`,
        `Touches: ${words.numbers['touches'] ?? 0} of ${words.numbers['wanted'] ?? 3} in ${words.numbers['hours'] ?? 24} h. Contact the client once more.`,
      ),
  };
}

/** What the head is told of a seller or a pipeline, and of a deal that only he can settle. */
function headSentences(words: AlertWords): Sentences {
  const number = (key: string): number => words.numbers[key] ?? 0;
  return {
    sellerOverloaded: () =>
      number('capacity') === 0
        ? words.say(
            `На пять рабочих дней запланировано ${words.work('planned')} работы, а рабочего времени на них нет. Передайте сделки.`,
            `${words.work('planned')} of work are planned for five working days, and there is no working time in them. Hand the deals over.`,
          )
        : words.say(
            `На пять рабочих дней запланировано ${words.work('planned')} работы при ${words.work('capacity')} рабочего времени. Передайте часть сделок.`,
            `${words.work('planned')} of work are planned for five working days of ${words.work('capacity')}. Hand some deals over.`,
          ),
    tooFewNearClosing: () =>
      number('open') === 0
        ? words.say('Открытых сделок нет: закрывать нечего.', 'No open deal: there is nothing to close.')
        : words.say(
            `У закрытия сделок: ${number('near')} из ${number('open')}. Дожимайте с этапа предложения.`,
            `Deals near closing: ${number('near')} of ${number('open')}. Push from the proposal on.`,
          ),
    topEmpty: () =>
      number('open') === 0
        ? words.say(
            'Открытых сделок нет вовсе: ищите новых клиентов.',
            'Not a single open deal: look for new clients.',
          )
        : words.say(
            `В начале воронки сделок: ${number('first')}. Скоро будет нечего закрывать: ищите новых клиентов.`,
            `Deals at the top: ${number('first')}. Soon there will be nothing to close: look for new clients.`,
          ),
    putOffAgain: () =>
      words.say(
        `Отложена в ${ordinal(number('times'), 'ru')} раз на одном этапе. Решите сами: вести дальше, передать или закрыть.`,
        `Put off ${counted(number('times'), ['', '', ''], ['time', 'times'], 'en')} in one stage. Decide: carry on, hand over, or close.`,
      ),
  };
}
