import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { composeText, parseText } from './task-text.js';

const outboxKey = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => `dozhim-${Buffer.from(bytes).toString('hex')}`);
const anyKey = fc.oneof(outboxKey, fc.stringMatching(/^[\w-]{1,60}$/));
const line = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 80 })
  .map((text) => text.replace(/\s+/g, ' ').trim())
  .filter((text) => text !== '' && !text.includes('[#'));

describe('src/hosts/amocrm/task-text', () => {
  it('reads back title, description and key, whatever they are', () => {
    const texts = fc.record({ title: line, description: fc.oneof(fc.constant(''), line), key: anyKey });
    fc.assert(
      fc.property(texts, (text) => {
        expect(parseText(composeText(text))).toEqual(text);
      }),
    );
  });

  it('keeps the key when people write below the title and above the mark', () => {
    const text = composeText({ title: 'Позвонить', description: '', key: 'k-1' });
    const edited = text.replace('Позвонить', 'Позвонить\nпросил после обеда');
    expect(parseText(edited)).toEqual({ title: 'Позвонить', description: 'просил после обеда', key: 'k-1' });
  });

  it('marks an outbox key with 22 letters', () => {
    const text = composeText({ title: 'x', description: '', key: `dozhim-${'0f'.repeat(16)}` });
    expect(text).toMatch(/^x\n\n\[#[\w-]{22}\]$/);
  });

  it.each(['', 'Позвонить', 'Позвонить [#3]\nещё', '[#=]', '[#короткий]', 'a\n[#=k] b'])(
    'takes %j for a task that is none of ours',
    (text) => {
      expect(parseText(text).key).toBeNull();
    },
  );

  it('cuts what is too long, and never the key', () => {
    const text = composeText({ title: 'я'.repeat(10_000_000), description: '🙂'.repeat(100_000), key: 'k' });
    expect(text.length).toBeLessThan(8_400);
    expect(text.isWellFormed()).toBe(true);
    expect(parseText(text).key).toBe('k');
  });
});
