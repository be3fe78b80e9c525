import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { pluralForm } from '../../../widgets/src/i18n/plural.js';

const SOURCES = path.resolve(import.meta.dirname, '../../../widgets/src');
const read = (name: string): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(path.join(SOURCES, 'i18n', name), 'utf8')) as Record<string, string>;
const placeholders = (text: string): readonly string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

const first = { ru: read('ru.json'), en: read('en.json') };
const more = { ru: read('ru.more.json'), en: read('en.more.json') };
/** Texts of the app's own pages: `panel.ru.json` beside `panel.en.json`. */
const areas = globSync('*.ru.json', { cwd: path.join(SOURCES, 'i18n') }).map((file) => {
  const name = file.replace(/\.ru\.json$/, '');
  return { name, ru: read(file), en: read(`${name}.en.json`) };
});
const all = {
  ru: Object.assign({}, first.ru, more.ru, ...areas.map((area) => area.ru)) as Record<string, string>,
  en: Object.assign({}, first.en, more.en, ...areas.map((area) => area.en)) as Record<string, string>,
};

function sources(): string {
  const files = globSync('**/*.{vue,ts}', { cwd: SOURCES }).filter((file) => !file.endsWith('.spec.ts'));
  return files.map((file) => readFileSync(path.join(SOURCES, file), 'utf8')).join('\n');
}

describe('test/e2e/widget/texts', () => {
  it('has every text in both languages, in the same file and with the same blanks', () => {
    expect(Object.keys(first.ru)).toEqual(Object.keys(first.en));
    expect(Object.keys(more.ru)).toEqual(Object.keys(more.en));
    for (const area of areas) expect(Object.keys(area.ru)).toEqual(Object.keys(area.en));
    const uneven = Object.entries(all.ru).filter(
      ([key, text]) => placeholders(text).join() !== placeholders(all.en[key] ?? '').join(),
    );
    expect(uneven).toEqual([]);
  });

  it('has every text that a screen asks for, and none that no screen does', () => {
    const text = sources();
    const asked = [...text.matchAll(/'([a-z]\w*(?:\.\w+)+)'/g)].map((match) => match[1] ?? '');
    const roots = new Set(Object.keys(all.ru).map((key) => key.split('.')[0]));
    const missing = asked.filter(
      (key) => roots.has(key.split('.')[0]) && !(key in all.ru) && !key.endsWith('.js'),
    );
    // `t(\`state.${name}\`)`: the part before the blank counts for every text that begins with it.
    const begun = [...text.matchAll(/`([a-z]\w*(?:\.\w+)*\.\w*)\$\{/g)].map((match) => match[1] ?? '');
    const ended = [...text.matchAll(/\$\{[^}]+\}(\.\w+)`/g)].map((match) => match[1] ?? '');
    const unused = Object.keys(all.ru).filter(
      (key) =>
        !asked.includes(key) &&
        !text.includes(`'${key}'`) &&
        !text.includes(`"${key}"`) &&
        !begun.some((start) => key.startsWith(start)) &&
        !ended.some((end) => key.endsWith(end)),
    );
    expect({ missing, unused }).toEqual({ missing: [], unused: [] });
  });

  it('writes no markup and no Latin letter for a Cyrillic one', () => {
    const mixed = Object.values(all.ru).filter((text) =>
      /<|[а-яё][a-z]|[a-z][а-яё]/i.test(text.replace(/\{\w+\}/g, ' ')),
    );
    expect(mixed).toEqual([]);
  });

  it('gives three forms to every Russian text with a number and two to every English one', () => {
    const forms = (text: string): number => text.split(' | ').length;
    const plural = Object.keys(all.en).filter((key) => forms(all.en[key] ?? '') > 1);
    expect(plural.length).toBeGreaterThan(3);
    expect(plural.filter((key) => forms(all.ru[key] ?? '') !== 3 || forms(all.en[key] ?? '') !== 2)).toEqual(
      [],
    );
  });

  it.each([
    [1, 0],
    [2, 1],
    [5, 2],
    [11, 2],
    [21, 0],
    [22, 1],
    [112, 2],
    [0, 2],
  ])('picks the Russian form for %i', (count, form) => {
    expect(pluralForm('ru', count, 3)).toBe(form);
  });

  it('picks the English form, and the last one where a text has fewer', () => {
    expect([
      pluralForm('en', 1, 2),
      pluralForm('en', 0, 2),
      pluralForm('en', 7, 2),
      pluralForm('ru', 5, 1),
    ]).toEqual([0, 1, 1, 0]);
  });
});
