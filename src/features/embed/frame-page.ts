import type { Opening } from '../../contract/accounts.js';
import type { BootView, DoorView } from './boot.view.js';
import { plainPage } from '../../infra/http/plain-page.js';

type Language = 'ru' | 'en';
type Refusal = Extract<Opening, { kind: 'refused' }>['reason'] | 'notBuilt' | 'connecting' | 'broken';

const BOOT = '<script type="application/json" id="boot"></script>';

/** The skeleton with what the widget needs to begin. Throws when the built page has no place for it. */
export function framePage(skeleton: string, boot: BootView | DoorView): string {
  if (!skeleton.includes(BOOT)) throw new Error('the built page has no place for the boot data');
  const html = `<html lang="${boot.language}" data-host="${boot.host}" data-theme="${boot.theme}"${aroundOf(boot)}>`;
  const data = `<script type="application/json" id="boot">${escapeJson(boot)}</script>`;
  return skeleton.replace(/<html[^>]*>/, () => html).replace(BOOT, () => data);
}

function aroundOf(boot: BootView | DoorView): string {
  return 'around' in boot && boot.around ? ` data-around="${boot.around}"` : '';
}

/** No tag and no line end that ends a script can be written in it. */
function escapeJson(value: object): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

/** The policy of a page of ours in the frame of this one portal. */
export function framePolicy(frameAncestors: string): string {
  return [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self'`,
    `connect-src 'self'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors ${frameAncestors}`,
  ].join('; ');
}

/** The policy of a page of plain words: nothing runs, nothing loads. */
export function plainPolicy(frameAncestors: string): string {
  return `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors ${frameAncestors}`;
}

const WORDS: Record<Refusal, Record<Language, readonly [string, string]>> = {
  notGenuine: {
    ru: [
      'Страница не открылась',
      'CRM не подтвердила, что страницу открыли из неё. Обновите страницу CRM и откройте приложение снова.',
    ],
    en: [
      'The page did not open',
      'The CRM did not confirm that it was opened from there. Reload the CRM’s page and open the app again.',
    ],
  },
  expired: {
    ru: ['Вход устарел', 'Обновите страницу CRM и откройте приложение снова.'],
    en: ['The sign-in is out of date', 'Reload the CRM’s page and open the app again.'],
  },
  unknownAccount: {
    ru: ['Приложение здесь не установлено', 'Попросите администратора CRM установить его.'],
    en: ['The app is not installed here', 'Ask the CRM’s administrator to install it.'],
  },
  adminNeeded: {
    ru: ['Установка ещё не закончена', 'Её заканчивает администратор CRM: попросите его открыть приложение.'],
    en: [
      'The installation is not finished',
      'An administrator of the CRM finishes it: ask one to open the app.',
    ],
  },
  badRequest: {
    ru: ['Откройте приложение из CRM', 'Эта страница живёт внутри CRM: в карточке сделки и в меню.'],
    en: ['Open the app from the CRM', 'This page lives inside the CRM: in the deal’s card and in the menu.'],
  },
  unavailable: {
    ru: ['CRM не отвечает', 'Мы не смогли проверить вход. Подождите минуту и откройте приложение снова.'],
    en: ['The CRM does not answer', 'We could not check the sign-in. Wait a minute and open the app again.'],
  },
  connecting: {
    ru: ['Подключаемся к CRM', 'Обычно это занимает несколько секунд. Страница откроется сама.'],
    en: ['Connecting to the CRM', 'It usually takes a few seconds. The page opens by itself.'],
  },
  broken: {
    ru: [
      'Дожим сейчас не отвечает',
      'Это у нас, с вашей CRM всё в порядке. Откройте приложение через минуту.',
    ],
    en: [
      'Dozhim does not answer right now',
      'This is on our side, your CRM is fine. Open the app again in a minute.',
    ],
  },
  notBuilt: {
    ru: [
      'Интерфейс не собран',
      'Администратору сервиса: выполните сборку (npm run build) и обновите страницу.',
    ],
    en: [
      'The interface is not built',
      'For the service’s administrator: run the build (npm run build) and reload.',
    ],
  },
};

/** Heading and sentence. */
export function refusalWords(reason: Refusal, language: Language): readonly [string, string] {
  return WORDS[reason][language];
}

/** A page that says in words why there is nothing else. */
export function refusalPage(reason: Refusal, language: Language): string {
  const [title, text] = refusalWords(reason, language);
  return plainPage(language, title, text);
}
