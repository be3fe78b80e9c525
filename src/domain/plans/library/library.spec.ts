import { describe, expect, it } from '@jest/globals';
import type { OwnerRule, TemplateBody, TemplateStep } from '../template.types.js';
import { aPipeline } from '../../../../test/support/plan-builders.js';
import { mapStages } from '../stage-map.js';
import { validateTemplate } from '../template-validation.js';
import { libraryTemplate, listLibrary } from './library.js';

const ROLES = ['qualifier', 'accountManager', 'projectManager', 'productManager'];
const LARGE = ['b2b-twelve-status', 'b2b-eighteen-steps'];
const MINUTES: Readonly<Record<string, number>> = { workingMinutes: 1, workingHours: 60 };

const keys = [...new Set(listLibrary().map((entry) => entry.key))];

function template(key: string, language: 'ru' | 'en'): TemplateBody {
  const body = libraryTemplate(key, language);
  if (!body) throw new Error(`no ${key} in ${language}`);
  return body;
}

function stepsOf(body: TemplateBody): readonly TemplateStep[] {
  return body.stages.flatMap((stage) => stage.steps);
}

/** Everything but the words. */
function outline(body: TemplateBody): unknown {
  const { key, purpose, afterWon, onWon, onLost, stages } = body;
  const plain = stages.map((stage) => ({
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
  return { key, purpose, afterWon, onWon, onLost, stages: plain };
}

function words(body: TemplateBody): readonly string[] {
  return [
    body.name,
    body.description,
    ...body.stages.flatMap((stage) => [stage.name, stage.meaning]),
    ...stepsOf(body).flatMap(({ title, instruction, result, repeat }) => [
      title,
      ...Object.values(instruction),
      ...('label' in result ? [result.label] : []),
      ...('choices' in result ? result.choices.map((choice) => choice.name) : []),
      ...(repeat ? [repeat.exhausted.reason] : []),
    ]),
  ];
}

function owners(step: TemplateStep): readonly OwnerRule[] {
  return step.handOver ? [step.owner, step.handOver.to] : [step.owner];
}

/** Pipelines as people find them in a new account, before anybody renamed a stage. */
const USUAL_PIPELINES = [
  ['Новая', 'Подготовка документов', 'Счёт на предоплату', 'В работе', 'Финальный счёт', 'Won', 'Lost'],
  ['New', 'Prepare documents', 'Prepayment invoice', 'In progress', 'Final invoice', 'Won', 'Lost'],
  [
    'Неразобранное',
    'Первичный контакт',
    'Переговоры',
    'Принимают решение',
    'Согласование договора',
    'Won',
    'Lost',
  ],
  [
    'Incoming leads',
    'Initial contact',
    'Discussions',
    'Decision making',
    'Contract discussion',
    'Won',
    'Lost',
  ],
];

describe('domain/plans/library', () => {
  it('offers every template in both languages', () => {
    expect(keys).toEqual([
      'b2b-twelve-status',
      'transactional',
      'opportunity-to-delivery',
      'b2b-eighteen-steps',
      'four-attraction',
      'four-order-processing',
      'four-support-closing',
      'four-retention',
      'retention',
      'cross-sale',
      'debt-control',
    ]);
    expect(listLibrary()).toHaveLength(keys.length * 2);
    expect(libraryTemplate('nothing', 'ru')).toBeNull();
  });

  it.each(listLibrary())('holds a template without faults and warnings: $key in $language', (entry) => {
    const body = template(entry.key, entry.language);
    const validation = validateTemplate(JSON.parse(JSON.stringify(body)));
    expect(validation).toEqual({ kind: 'valid', body, warnings: [] });
  });

  it.each(keys)('says the same in both languages: %s', (key) => {
    expect(outline(template(key, 'en'))).toEqual(outline(template(key, 'ru')));
  });

  it.each(keys)('keeps to a size that people follow: %s', (key) => {
    const count = stepsOf(template(key, 'ru')).length;
    expect(count).toBeGreaterThanOrEqual(7);
    expect(count).toBeLessThanOrEqual(LARGE.includes(key) ? 60 : 22);
  });

  it('has a required step on every open stage', () => {
    for (const key of keys) {
      const bare = template(key, 'ru').stages.filter(
        (stage) => stage.kind === 'open' && !stage.steps.some((step) => step.required),
      );
      expect(bare.map((stage) => `${key}/${stage.key}`)).toEqual([]);
    }
  });

  it('asks for nothing sooner than fifteen minutes or later than ninety days', () => {
    for (const step of keys.flatMap((key) => stepsOf(template(key, 'ru')))) {
      const { amount, unit, anchor } = step.offset;
      const minutes = MINUTES[unit];
      if (minutes !== undefined) expect(amount * minutes).toBeGreaterThanOrEqual(15);
      if (minutes !== undefined) expect(amount * minutes).toBeLessThanOrEqual(8 * 60);
      if (anchor.from === 'field') expect(Math.abs(amount)).toBeLessThanOrEqual(5);
      else expect(amount).toBeGreaterThan(0);
      if (unit === 'calendarDays') expect(amount).toBeLessThanOrEqual(90);
      if (unit === 'workingDays') expect(amount).toBeLessThanOrEqual(20);
      expect(step.durationMinutes).toBeGreaterThanOrEqual(5);
      expect(step.durationMinutes).toBeLessThanOrEqual(180);
    }
  });

  it('names only roles that every company finds in its settings, and no person', () => {
    for (const owner of keys.flatMap((key) => stepsOf(template(key, 'ru')).flatMap(owners))) {
      expect(owner.kind).not.toBe('user');
      if (owner.kind === 'role') expect(ROLES).toContain(owner.role);
    }
  });

  it('starts after a won deal only plans that it has', () => {
    for (const { key, language } of listLibrary()) {
      for (const after of template(key, language).afterWon ?? []) {
        expect(libraryTemplate(after, language)?.purpose).toBe('afterSale');
      }
    }
  });

  it('tells the seller everywhere what to achieve, what to say and when it is done', () => {
    for (const { key, language } of listLibrary()) {
      for (const step of stepsOf(template(key, language))) {
        for (const text of Object.values(step.instruction)) expect(text).toMatch(/[.!?»”]$/u);
        expect(step.title).not.toMatch(/[.!]$/u);
        expect(step.title.length).toBeLessThanOrEqual(75);
      }
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
      const titles = stepsOf(template(key, language)).map((step) => step.title);
      expect(titles.filter((title, at) => titles.indexOf(title) !== at)).toEqual([]);
    }
  });

  it('knows every stage by the name of the other language', () => {
    for (const key of keys) {
      const [ru, en] = [template(key, 'ru'), template(key, 'en')];
      ru.stages.forEach((stage, at) => {
        expect(en.stages[at]?.synonyms).toContain(stage.name);
        expect(stage.synonyms).toContain(en.stages[at]?.name);
      });
    }
  });

  it.each(['b2b-twelve-status', 'transactional', 'opportunity-to-delivery', 'b2b-eighteen-steps'])(
    'finds its way in the pipelines that new accounts have: %s',
    (key) => {
      for (const names of USUAL_PIPELINES) {
        const map = mapStages(template(key, 'en').stages, aPipeline(...names));
        const open = map.entries.slice(0, 5);
        expect(open.filter((entry) => entry.confidence >= 0.7).length).toBeGreaterThanOrEqual(3);
        // No stage of the pipeline takes so much that a deal would stand there for most of its life.
        expect(Math.max(...open.map((entry) => entry.stageKeys.length))).toBeLessThanOrEqual(5);
      }
    },
  );
});
