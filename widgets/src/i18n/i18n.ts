import { createI18n } from 'petite-vue-i18n';
import type { Plugin } from 'vue';
import { pluralForm } from './plural.js';

export type Language = 'ru' | 'en';

export interface Texts {
  readonly plugin: Plugin;
  /** Switches every text on the page, loading the language first. */
  use(language: Language): Promise<void>;
}

/** Loads one language only: the other is asked for when somebody switches to it. */
export async function loadTexts(language: Language): Promise<Texts> {
  const i18n = createI18n({
    legacy: false,
    locale: language,
    fallbackLocale: language,
    messages: { [language]: await messagesOf(language) },
    pluralRules: {
      ru: (count: number, forms: number): number => pluralForm('ru', count, forms),
      en: (count: number, forms: number): number => pluralForm('en', count, forms),
    },
  });
  return {
    plugin: i18n,
    use: async (next) => {
      i18n.global.setLocaleMessage(next, await messagesOf(next));
      i18n.global.locale.value = next;
      document.documentElement.lang = next;
    },
  };
}

async function messagesOf(language: Language): Promise<Record<string, string>> {
  const { default: messages } = language === 'ru' ? await import('./ru.json') : await import('./en.json');
  return messages;
}
