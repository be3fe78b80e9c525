import { createI18n } from 'petite-vue-i18n';
import type { Plugin } from 'vue';
import { pluralForm } from './plural.js';

export type Language = 'ru' | 'en';

export interface Texts {
  readonly plugin: Plugin;
  /** Switches every text on the page, loading the language first. */
  use(language: Language): Promise<void>;
  /** Loads the texts that the first sight of a plan does without; idempotent. */
  addMore(): Promise<void>;
  /** Adds the texts of a part of the widget, and theirs in every language that is used later; idempotent by the loader. */
  add(load: MessageLoader): Promise<void>;
}

export type Messages = Readonly<Record<string, string>>;
export type MessageLoader = (language: Language) => Promise<Messages>;

/** Loads one language only: the other is asked for when somebody switches to it. */
export async function loadTexts(language: Language, first: MessageLoader = firstMessages): Promise<Texts> {
  const i18n = createI18n({
    legacy: false,
    locale: language,
    fallbackLocale: language,
    messages: { [language]: await first(language) },
    pluralRules: {
      ru: (count: number, forms: number): number => pluralForm('ru', count, forms),
      en: (count: number, forms: number): number => pluralForm('en', count, forms),
    },
  });
  const loaders = new Set<MessageLoader>([first]);
  let current = language;

  async function load(next: Language): Promise<void> {
    const parts = await Promise.all([...loaders].map((each) => each(next)));
    // Beside what is known: whoever asked later, for more, may have been answered before.
    i18n.global.setLocaleMessage(next, Object.assign({}, i18n.global.getLocaleMessage(next), ...parts));
  }

  async function add(loader: MessageLoader): Promise<void> {
    if (loaders.has(loader)) return;
    loaders.add(loader);
    await load(current);
  }

  return {
    plugin: i18n,
    use: async (next) => {
      await load(next);
      current = next;
      i18n.global.locale.value = next;
      document.documentElement.lang = next;
    },
    addMore: () => add(moreMessages),
    add,
  };
}

async function firstMessages(language: Language): Promise<Messages> {
  const { default: messages } = language === 'ru' ? await import('./ru.json') : await import('./en.json');
  return messages;
}

async function moreMessages(language: Language): Promise<Messages> {
  const { default: messages } =
    language === 'ru' ? await import('./ru.more.json') : await import('./en.more.json');
  return messages;
}
