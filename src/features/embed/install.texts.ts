import type { EmbeddingRecord } from '../../contract/accounts.js';
import type { SyncFacts } from '../../contract/sync-status.js';

type Language = 'ru' | 'en';

const FAILURES: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  reauthorise: {
    ru: 'CRM не приняла наш доступ. Закройте приложение и откройте его снова.',
    en: 'The CRM did not accept our access. Close the app and open it again.',
  },
  paymentRequired: {
    ru: 'В CRM закончился оплаченный период, поэтому она не пускает приложения.',
    en: 'The CRM’s paid period is over, so it lets no apps in.',
  },
  forbidden: {
    ru: 'Приложению не хватает прав. Проверьте список прав в его карточке и нажмите ещё раз.',
    en: 'The app lacks rights. Check the list of rights in its card and press again.',
  },
  unavailable: {
    ru: 'CRM не ответила. Подождите минуту и нажмите ещё раз: сделанное не повторится.',
    en: 'The CRM did not answer. Wait a minute and press again: nothing is done twice.',
  },
};

const OTHER: Readonly<Record<Language, string>> = {
  ru: 'CRM ответила непонятно. Нажмите ещё раз; если не поможет, напишите в поддержку.',
  en: 'The CRM’s answer made no sense. Press again; if that does not help, write to support.',
};

/** `problem`: a kind of failure, or null. */
export function failureText(problem: string | null, language: Language): string | null {
  return problem === null ? null : (FAILURES[problem] ?? OTHER)[language];
}

/** What embedding did; what the portal's plan does not allow is named, the rest works without it. */
export function embedText(embedding: EmbeddingRecord | null, language: Language): string | null {
  if (!embedding) return null;
  if (embedding.problem !== null) return failureText(embedding.problem, language);
  if (embedding.unavailable.length === 0) return null;
  const list = embedding.unavailable.join(', ');
  return language === 'ru' ? `Недоступно в этой CRM: ${list}` : `Not available in this CRM: ${list}`;
}

export function copyText(sync: SyncFacts, language: Language): string | null {
  if (sync.problem !== null) return sync.problem;
  const done = sync.rowsDone.toLocaleString(language);
  const total = sync.rowsTotal?.toLocaleString(language);
  if (total === undefined) return language === 'ru' ? `Записей: ${done}` : `Records: ${done}`;
  return language === 'ru' ? `Записей: ${done} из ${total}` : `Records: ${done} of ${total}`;
}
