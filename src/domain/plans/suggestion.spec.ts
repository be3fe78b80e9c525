import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { suggestTemplate, type SuggestionFacts, type WonTask } from './suggestion.js';
import { validateTemplate } from './template-validation.js';
import { clusterTitles } from './title-clusters.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const FACTS: SuggestionFacts = {
  language: 'ru',
  key: 't-1',
  pipelineName: 'Продажи',
  stages: [
    { id: 'N', name: 'Новая', kind: 'open' },
    { id: 'M', name: 'Встреча', kind: 'open' },
    { id: 'W', name: 'Успех', kind: 'won' },
    { id: 'L', name: 'Провал', kind: 'lost' },
  ],
  norms: new Map([['M', { visits: 40, quarter: 2 * DAY, median: 8 * DAY, threeQuarters: 20 * DAY }]]),
  wonDeals: 10,
  tasks: [],
};

function tasks(title: string, stageId: string, deals: number, offset: number): readonly WonTask[] {
  return Array.from({ length: deals }, (_, at) => ({ dealId: `${at}`, stageId, title, offset }));
}

describe('src/domain/plans/suggestion', () => {
  it('makes a step of what most won deals had, due when it was usually done', () => {
    const { body } = suggestTemplate({
      ...FACTS,
      tasks: [...tasks('Позвонить клиенту', 'N', 7, 3 * HOUR), ...tasks('Отправить КП', 'N', 5, 7 * DAY)],
    });
    const steps = body.stages[0]?.steps ?? [];
    expect(steps.map((step) => [step.title, step.required, step.offset.amount, step.offset.unit])).toEqual([
      ['Позвонить клиенту', true, 3, 'workingHours'],
      ['Отправить КП', false, 5, 'workingDays'],
    ]);
  });

  it('leaves out what only a few deals had, and says where the history was too small', () => {
    const { body, basis } = suggestTemplate({ ...FACTS, tasks: tasks('Разовое', 'N', 2, HOUR) });
    expect(body.stages[0]?.steps.map((step) => step.title)).toEqual(['Договориться о следующем шаге']);
    expect(basis).toMatchObject({ wonDeals: 10, tasks: 2, visits: 40, guessedStages: ['Новая', 'Встреча'] });
  });

  it('tells how long deals stand in a stage only from thirty finished visits on', () => {
    const { body } = suggestTemplate(FACTS);
    expect(body.stages[1]?.meaning).toContain('8 дн.');
    expect(body.stages[0]?.meaning).toBe('');
    expect(body.stages[1]?.steps[0]?.offset).toMatchObject({ amount: 3, unit: 'workingDays' });
  });

  it('gives the same draft whatever the order of the tasks', () => {
    const all = [...tasks('Позвонить клиенту', 'N', 7, HOUR), ...tasks('Звонок клиента', 'M', 6, DAY)];
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(suggestTemplate({ ...FACTS, tasks: shuffled })).toEqual(
          suggestTemplate({ ...FACTS, tasks: all }),
        );
      }),
    );
  });

  it('is a valid template whatever people called their stages and tasks', () => {
    const stage = fc.record({
      id: fc.string({ minLength: 1 }),
      name: fc.string({ unit: 'grapheme' }),
      kind: fc.constantFrom('open', 'won', 'lost'),
    });
    const task = fc.record({
      dealId: fc.integer({ min: 0, max: 9 }).map(String),
      stageId: fc.constantFrom('N', 'M'),
      title: fc.string({ unit: 'grapheme', maxLength: 400 }),
      offset: fc.integer({ min: -DAY, max: 900 * DAY }),
    });
    fc.assert(
      fc.property(
        fc.array(stage, { maxLength: 40 }),
        fc.array(task, { maxLength: 200 }),
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        (stages, some, pipelineName) => {
          const first = { id: 'N', name: 'Новая', kind: 'open' } as const;
          const { body } = suggestTemplate({
            ...FACTS,
            pipelineName,
            stages: [first, ...stages],
            tasks: some,
          });
          expect(validateTemplate(body)).toMatchObject({ kind: 'valid', body });
        },
      ),
    );
  });
});

describe('src/domain/plans/title-clusters', () => {
  it('takes endings, numbers, quoted names and deals behind a colon for the same work', () => {
    const titles = [
      'Позвонить клиенту',
      'Позвонить клиентам',
      'позвонить клиенту №2',
      'Позвонить клиенту: Поставка станков',
      'Позвонить клиенту «Ромашка»',
      'Отправить договор',
    ];
    const clusters = clusterTitles(titles);
    expect(clusters.map((one) => [one.title, one.members.toSorted((a, b) => a - b)])).toEqual([
      ['Позвонить клиенту', [0, 1, 2, 3, 4]],
      ['Отправить договор', [5]],
    ]);
  });

  it('puts every title with letters into exactly one group', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[а-я]{3,8}( [а-я]{3,8})?$/u), { maxLength: 60 }), (titles) => {
        const members = clusterTitles(titles).flatMap((one) => one.members);
        expect(new Set(members).size).toBe(members.length);
        expect(members.length).toBeLessThanOrEqual(titles.length);
      }),
    );
  });
});
