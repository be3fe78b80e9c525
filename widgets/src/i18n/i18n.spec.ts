import { describe, expect, it } from '@jest/globals';
import { createApp } from 'vue';
import { loadTexts, type MessageLoader } from './i18n.js';

const said = (texts: Awaited<ReturnType<typeof loadTexts>>, key: string): string => {
  const app = createApp({}).use(texts.plugin);
  return (app.config.globalProperties as unknown as { $t: (key: string) => string }).$t(key);
};

describe('widgets/src/i18n/i18n', () => {
  it('keeps the texts of a part though those of an earlier one come after them', async () => {
    const texts = await loadTexts('en', async () => ({ own: 'Own' }));
    let asked = 0;
    let arrive = (): void => undefined;
    const late = new Promise<void>((resolve) => (arrive = resolve));
    const slow: MessageLoader = async () => {
      if (asked++ === 0) await late;
      return { slow: 'Slow' };
    };
    const first = texts.add(slow);
    await texts.add(async () => ({ quick: 'Quick' }));
    arrive();
    await first;
    expect(['own', 'slow', 'quick'].map((key) => said(texts, key))).toEqual(['Own', 'Slow', 'Quick']);
  });
});
