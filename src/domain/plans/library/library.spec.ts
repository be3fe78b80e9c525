import { describe, expect, it } from '@jest/globals';
import type { TemplateBody } from '../template.types.js';
import { validateTemplate } from '../template-validation.js';
import { libraryTemplate, listLibrary } from './library.js';

const SEED_STATUSES = [
  'Не осведомлен о продукте',
  'Осведомлен о продукте',
  'Интерес выявлен',
  'Пресейл осуществлен',
  'КП Направлено',
  'Стимулирование осуществлено',
  'Согласуется цена',
  'Сделка заключена',
  'Деньги поступили на счет',
  'Произведено повторное обращение',
  'Взаимодействие приостановлено',
  'Отказ',
];

function template(key: string, language: 'ru' | 'en'): TemplateBody {
  const body = libraryTemplate(key, language);
  if (!body) throw new Error(`no ${key} in ${language}`);
  return body;
}

/** Everything but the words. */
function outline(body: TemplateBody): unknown {
  return body.stages.map((stage) => ({
    key: stage.key,
    kind: stage.kind,
    guard: stage.guard,
    steps: stage.steps.map(({ title: _title, instruction: _instruction, result, repeat, ...rest }) => ({
      ...rest,
      repeat: repeat && { ...repeat, exhausted: { ...repeat.exhausted, reason: '' } },
      result: result.kind,
      choices: result.kind === 'choice' ? result.choices.map((choice) => choice.key) : [],
    })),
  }));
}

function words(body: TemplateBody): readonly string[] {
  return body.stages.flatMap((stage) => [
    stage.name,
    stage.meaning,
    ...stage.steps.flatMap((step) => [step.title, ...Object.values(step.instruction)]),
  ]);
}

describe('domain/plans/library', () => {
  it('offers two templates in both languages', () => {
    const offered = listLibrary().map((entry) => `${entry.key}:${entry.language}`);
    expect(offered).toEqual([
      'b2b-twelve-status:ru',
      'b2b-twelve-status:en',
      'transactional:ru',
      'transactional:en',
    ]);
    expect(libraryTemplate('nothing', 'ru')).toBeNull();
  });

  it.each(listLibrary())('holds a valid template: $key in $language', ({ key, language }) => {
    const body = template(key, language);
    expect(validateTemplate(JSON.parse(JSON.stringify(body)))).toEqual({
      kind: 'valid',
      body,
      warnings: [],
    });
  });

  it.each(['b2b-twelve-status', 'transactional'])('says the same in both languages: %s', (key) => {
    expect(outline(template(key, 'en'))).toEqual(outline(template(key, 'ru')));
  });

  it('has the twelve statuses of the seed, in its order and words', () => {
    expect(template('b2b-twelve-status', 'ru').stages.map((stage) => stage.name)).toEqual(SEED_STATUSES);
  });

  it('gives every status two to four steps', () => {
    for (const stage of template('b2b-twelve-status', 'ru').stages) {
      expect(stage.steps.length).toBeGreaterThanOrEqual(2);
      expect(stage.steps.length).toBeLessThanOrEqual(4);
    }
  });

  it('is written in its own language, with no text left out', () => {
    for (const { key, language } of listLibrary()) {
      const texts = words(template(key, language));
      expect(texts.filter((text) => text.trim() === '')).toEqual([]);
      const foreign = language === 'ru' ? /[a-z]{3,}/ : /\p{Script=Cyrillic}/u;
      expect(texts.filter((text) => foreign.test(text))).toEqual([]);
    }
  });

  it('never says two steps by the same title', () => {
    for (const { key, language } of listLibrary()) {
      const titles = template(key, language).stages.flatMap((stage) => stage.steps.map((step) => step.title));
      expect(new Set(titles).size).toBe(titles.length);
    }
  });
});
