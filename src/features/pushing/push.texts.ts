import type { Bilingual } from '../../infra/http/api-error.js';
import { ApiError, notFound } from '../../infra/http/api-error.js';

type Language = keyof Bilingual;

/** What is asked when the head writes nothing. */
export function readyText(target: 'step' | 'deal' | 'seller', language: Language): string {
  const texts: Readonly<Record<typeof target, Bilingual>> = {
    step: {
      ru: 'Что с этим шагом? Ответьте: сделано, будет сделано (когда) или не сделано (почему).',
      en: 'How is this step? Answer: done, will be done (when), or not done (why).',
    },
    deal: {
      ru: 'Что со сделкой? Ответьте: сделано, будет сделано (когда) или не сделано (почему).',
      en: 'How is the deal? Answer: done, will be done (when), or not done (why).',
    },
    seller: {
      ru: 'Что с вашими сделками? Ответьте: сделано, будет сделано (когда) или не сделано (почему).',
      en: 'How are your deals? Answer: done, will be done (when), or not done (why).',
    },
  };
  return texts[target][language];
}

export function promiseText(date: string, language: Language): string {
  return language === 'ru'
    ? `Обещали сделать к ${date}. Срок прошёл, по сделке ничего не изменилось. Что с ней?`
    : `It was promised by ${date}. The date has passed and nothing has changed in the deal. How is it?`;
}

export interface PushWords {
  readonly byName: string | null;
  readonly dealTitle: string | null;
  readonly stepTitle: string | null;
  readonly text: string;
}

export function askTitle({ byName, stepTitle }: PushWords, language: Language): string {
  const who = byName ?? (language === 'ru' ? 'Дожим' : 'Dozhim');
  const what = stepTitle === null ? '' : `: ${stepTitle}`;
  return language === 'ru' ? `${who} ждёт ответа${what}` : `${who} waits for an answer${what}`;
}

function namesOf({ dealTitle, stepTitle }: PushWords): readonly string[] {
  return [dealTitle, stepTitle].flatMap((part) => part ?? []);
}

/** What a line of several is about; of a question about everything its own words. */
function subjectOf(push: PushWords): string {
  const names = namesOf(push);
  return names.length === 0 ? push.text : names.join(': ');
}

/** One notification for one or several pushes of the same moment. */
export function noteText(pushes: readonly PushWords[], language: Language): string {
  const [first] = pushes;
  if (pushes.length === 1 && first) {
    const subject = namesOf(first).join(': ');
    return [subject, `${askTitle({ ...first, stepTitle: null }, language)}: ${first.text}`]
      .filter((line) => line !== '')
      .join('\n');
  }
  const head =
    language === 'ru'
      ? `От вас ждут ответа по сделкам: ${pushes.length}. Откройте «Дожим» и ответьте.`
      : `Your answer is wanted on ${pushes.length} deals. Open Dozhim and answer.`;
  const lines = pushes.slice(0, 10).map((push) => `• ${subjectOf(push)}`);
  return [head, ...lines, ...(pushes.length > 10 ? ['…'] : [])].join('\n');
}

export function repeatText(pushes: readonly PushWords[], language: Language): string {
  return `${language === 'ru' ? 'Напоминание. ' : 'A reminder. '}${noteText(pushes, language)}`;
}

export function escalationText(
  pushes: readonly (PushWords & { readonly userName: string })[],
  language: Language,
): string {
  const lines = pushes.slice(0, 20).map((push) => `• ${push.userName}: ${subjectOf(push)}`);
  const head =
    language === 'ru' ? 'Не ответили на пуш в рабочее время:' : 'No answer to a push in working time:';
  return [head, ...lines, ...(pushes.length > 20 ? ['…'] : [])].join('\n');
}

export interface AnswerWords {
  readonly userName: string;
  readonly dealTitle: string | null;
  readonly kind: 'done' | 'willBeDone' | 'notDone';
  readonly until: string | null;
  readonly reason: string | null;
}

/** Why a step's date was moved: the plan keeps it, and takes no move without a reason. */
export function promisedMoveText(language: Language): string {
  return language === 'ru' ? 'Обещано в ответе на вопрос' : 'Promised in answer to a question';
}

export function answerText(answer: AnswerWords, language: Language): string {
  const { userName, dealTitle, kind, until, reason } = answer;
  const ru = language === 'ru';
  const what = {
    done: `${ru ? 'сделано' : 'done'}${reason === null ? '' : `: ${reason}`}`,
    willBeDone: ru ? `будет сделано к ${until ?? ''}` : `will be done by ${until ?? ''}`,
    notDone: ru
      ? `не сделано, ${reason === null ? 'причина не названа' : `причина: ${reason}`}`
      : `not done, ${reason === null ? 'no reason was given' : `reason: ${reason}`}`,
  }[kind];
  return `${dealTitle === null ? '' : `${dealTitle}\n`}${userName}: ${what}`;
}

export function answeredElsewhere(language: Language): string {
  return language === 'ru' ? 'На вопрос ответили.' : 'The question was answered.';
}

export function withdrawnText(language: Language): string {
  return language === 'ru' ? 'Вопрос снят.' : 'The question was taken back.';
}

/** Why a target was left out, ready to read. `until` is a day or a time in the reader's words. */
export type PushRefusal =
  | { readonly code: 'noDeal' | 'notYours' | 'closed' | 'nobody' | 'own' | 'noStep' }
  | { readonly code: 'away' | 'cooling'; readonly until: string };

export function refusalOf(refusal: PushRefusal): Bilingual {
  switch (refusal.code) {
    case 'noDeal':
      return { ru: 'Такой сделки нет.', en: 'There is no such deal.' };
    case 'notYours':
      return {
        ru: 'Это сделка не вашего отдела.',
        en: 'This deal does not belong to your department.',
      };
    case 'closed':
      return { ru: 'Сделка уже закрыта.', en: 'The deal is closed already.' };
    case 'nobody':
      return {
        ru: 'У сделки нет ответственного, который работает в компании.',
        en: 'The deal has no responsible who works here.',
      };
    case 'own':
      return { ru: 'Это ваша собственная сделка.', en: 'This is your own deal.' };
    case 'noStep':
      return { ru: 'Этот шаг уже закрыт.', en: 'This step is finished already.' };
    case 'away':
      return {
        ru: `Сотрудник отсутствует до ${refusal.until}, заместителя нет.`,
        en: `The person is away until ${refusal.until}, and nobody stands in.`,
      };
    case 'cooling':
      return {
        ru: `Сюда уже отправили пуш. Следующий можно отправить после ${refusal.until}.`,
        en: `This was pushed already. The next push is possible after ${refusal.until}.`,
      };
  }
}

export function refusalError(refusal: PushRefusal): ApiError {
  const text = refusalOf(refusal);
  if (refusal.code === 'noDeal') return notFound(text);
  if (refusal.code === 'notYours') return new ApiError(403, 'not-your-deal', text);
  return new ApiError(409, `push-${refusal.code}`, text);
}

export function noPush(): ApiError {
  return notFound({ ru: 'Такого пуша нет.', en: 'There is no such push.' });
}

export function notYoursToAnswer(): ApiError {
  return new ApiError(403, 'not-your-push', {
    ru: 'На этот пуш отвечает тот, кому он отправлен.',
    en: 'This push is answered by the person whom it was sent to.',
  });
}

export function tooLate(): ApiError {
  return new ApiError(409, 'push-over', {
    ru: 'На этот пуш уже ответили, или его сняли.',
    en: 'This push is answered already, or was taken back.',
  });
}

export function onlyHeads(): ApiError {
  return new ApiError(403, 'heads-only', {
    ru: 'Пушить могут руководитель отдела и администратор.',
    en: 'Heads of departments and administrators can push.',
  });
}
