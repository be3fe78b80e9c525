import type { Bilingual } from '../../infra/http/api-error.js';

const PROBLEMS: Readonly<Record<string, Bilingual>> = {
  reauthorise: {
    ru: 'CRM больше не пускает приложение. Попросите администратора открыть его ещё раз: связь восстановится сама.',
    en: 'The CRM no longer lets the app in. Ask an administrator to open it again: the connection then comes back.',
  },
  paymentRequired: {
    ru: 'Оплаченный период закончился. Данные на месте, обновление продолжится после оплаты.',
    en: 'The paid period is over. The data is kept, updating goes on after the payment.',
  },
  forbidden: {
    ru: 'CRM не даёт приложению прав на часть данных.',
    en: 'The CRM gives the app no rights to some of the data.',
  },
  unavailable: {
    ru: 'CRM сейчас не отвечает. Пробуем снова, делать ничего не нужно.',
    en: 'The CRM does not answer right now. We keep trying, there is nothing to do.',
  },
  throttled: {
    ru: 'CRM просит подождать: слишком много запросов. Продолжим сами.',
    en: 'The CRM asks us to wait: too many requests. We go on by ourselves.',
  },
};

const OTHER: Bilingual = {
  ru: 'Копирование остановилось на ошибке. Мы пробуем снова; если это не пройдёт за час, напишите в поддержку.',
  en: 'The copy stopped at an error. We keep trying; if it lasts an hour, write to support.',
};

/** `problem`: a kind of failure, `forbidden: <scope>`, or null. */
export function syncProblem(problem: string | null, language: 'ru' | 'en'): string | null {
  if (problem === null) return null;
  const kind = problem.split(':')[0] ?? problem;
  return (PROBLEMS[kind] ?? OTHER)[language];
}
