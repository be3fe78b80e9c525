import { plainPage } from '../../infra/http/plain-page.js';

type Language = 'ru' | 'en';
export type OauthOutcome = 'accepted' | 'declined' | 'foreign' | 'unknown' | 'closed';

const WORDS: Record<OauthOutcome, Record<Language, readonly [string, string]>> = {
  accepted: {
    ru: ['Аккаунт подключается', 'Это занимает несколько секунд. Окно можно закрыть.'],
    en: ['The account is being connected', 'It takes a few seconds. You may close this window.'],
  },
  declined: {
    ru: ['Доступ не выдан', 'Аккаунт не подключён. Откройте подключение снова и подтвердите доступ.'],
    en: ['Access was not granted', 'The account is not connected. Start again and confirm the access.'],
  },
  foreign: {
    ru: ['Подключение начато не здесь', 'Начните его заново из этого же браузера.'],
    en: ['This connection was not started here', 'Start it again in this browser.'],
  },
  unknown: {
    ru: ['Подключать нечего', 'Этот адрес открывает CRM, когда подключает аккаунт.'],
    en: ['Nothing to connect', 'A CRM opens this address when it connects an account.'],
  },
  closed: {
    ru: ['Сервис сейчас не принимает подключения', 'Попробуйте снова через минуту.'],
    en: ['The service takes no connections now', 'Try again in a minute.'],
  },
};

/** A page of plain words: nothing runs, nothing loads. */
export function oauthPage(outcome: OauthOutcome, language: Language): string {
  const [title, text] = WORDS[outcome][language];
  return plainPage(language, title, text);
}
