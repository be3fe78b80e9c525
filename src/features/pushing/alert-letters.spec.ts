import { describe, expect, it } from '@jest/globals';
import { ALL_KINDS } from '../../domain/pushing/rule-kinds.js';
import { alertLetter, digestLetter } from './alert-letters.js';
import { alertText, ruleName } from './alert.texts.js';

const READER = { timeZone: 'Europe/Moscow', now: Date.UTC(2026, 10, 23, 9) };

describe('src/features/pushing/alert-letters', () => {
  it('groups a digest by rule and says the name of the rule once', () => {
    for (const language of ['ru', 'en'] as const) {
      const lines = ALL_KINDS.flatMap((kind) =>
        [1, 2].map((deal) => ({
          kind,
          about: `Deal ${deal}`,
          text: alertText(kind, {}, { ...READER, language }),
          dealId: `D_${deal}`,
        })),
      );
      const { subject, letter } = digestLetter(lines, language);
      expect(subject).toContain(String(lines.length));
      expect(letter.sections.map((section) => section.title)).toEqual(
        ALL_KINDS.map((kind) => `${ruleName(kind, language)}: 2`),
      );
      for (const [index, { lines: shown }] of letter.sections.entries())
        for (const line of shown) {
          expect(line.place).toEqual({ kind: 'deal', dealId: line.text.replace('Deal ', 'D_') });
          expect(line.note?.startsWith(ruleName(ALL_KINDS[index] ?? 'idle', language)) ?? false).toBe(false);
        }
    }
  });

  it('leads to the deal, or to the open alerts of its rule where it is about a person', () => {
    const words = { about: 'Ромашка', text: 'Пора', language: 'ru' as const };
    const alert = { kind: 'idle' as const, ruleId: 'idle-2', ...words };
    expect(alertLetter({ ...alert, dealId: 'D_1' })).toMatchObject({
      subject: 'Сделкой не занимаются: Ромашка',
      letter: { intro: 'Пора', button: { label: 'Открыть сделку', place: { kind: 'deal', dealId: 'D_1' } } },
    });
    expect(alertLetter({ ...alert, dealId: null }).letter.button?.place).toEqual({
      kind: 'screen',
      screen: 'alerts',
      params: { rule: 'idle-2' },
    });
  });
});
