import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aPipeline, aStage, aTemplate } from '../../../test/support/plan-builders.js';
import { libraryTemplate } from './library/library.js';
import { mapStages } from './stage-map.js';
import type { StageMap, TemplateStage } from './template.types.js';

function libraryStages(key: string, language: 'ru' | 'en'): readonly TemplateStage[] {
  return libraryTemplate(key, language)?.stages ?? [];
}

function shown(map: StageMap): readonly string[] {
  return map.entries.map((entry) => `${entry.match}:${entry.stageKeys.join('+')}`);
}

describe('domain/plans/stage-map', () => {
  it('finds the seed’s statuses by name, whatever the case, the number in front and the letter ё', () => {
    const pipeline = aPipeline(
      '1. Не осведомлён о продукте',
      'ОСВЕДОМЛЕН О ПРОДУКТЕ',
      'КП направлено',
      'Won',
      'Lost',
    );
    const map = mapStages(libraryStages('b2b-twelve-status', 'ru'), pipeline);
    expect(shown(map)).toEqual([
      'name:unaware',
      'name:aware+interest+presale',
      'name:offer+motivation+price+contract',
      'synonym:money',
      'synonym:refusal',
    ]);
  });

  it('takes a stage named like the won one as reached before the deal is closed', () => {
    const pipeline = aPipeline('Сделка заключена', 'Деньги поступили на счет', 'Won', 'Lost');
    const map = mapStages(libraryStages('b2b-twelve-status', 'ru'), pipeline);
    expect(shown(map)).toEqual(['name:contract', 'name:money', 'kind:', 'synonym:refusal']);
  });

  it('leaves pause and after-sale stages to their own names', () => {
    const pipeline = aPipeline('Согласуется цена', 'Взаимодействие приостановлено', 'Повторный заказ', 'Won');
    const map = mapStages(libraryStages('b2b-twelve-status', 'ru'), pipeline);
    expect(shown(map).slice(0, 3)).toEqual(['name:price+contract', 'name:paused', 'synonym:repeat']);
  });

  it('finds an English template’s stages under the synonyms of a Russian pipeline', () => {
    const pipeline = aPipeline('Новая заявка', 'Переговоры', 'КП отправлено', 'Ждём оплату', 'Won', 'Lost');
    expect(shown(mapStages(libraryStages('transactional', 'en'), pipeline))).toEqual([
      'synonym:new',
      'synonym:contact',
      'synonym:offer',
      'synonym:payment',
      'synonym:paid',
      'synonym:lost',
    ]);
  });

  it('lays unknown names out in proportion and says that it is a guess', () => {
    const stages = ['a', 'b', 'c', 'd'].map((key) => aStage(key, []));
    const map = mapStages(aTemplate(stages).stages, aPipeline('One', 'Two'));
    expect(shown(map)).toEqual(['position:a+b', 'position:c+d']);
    expect(map.entries.every((entry) => entry.confidence < 0.5)).toBe(true);
  });

  it('never turns back: of names that cross, the longer run forward wins', () => {
    const stages = ['alpha', 'bravo', 'charlie', 'delta'].map((key) => aStage(key, []));
    const map = mapStages(stages, aPipeline('Delta', 'Bravo', 'Charlie'));
    expect(map.entries.map((entry) => entry.stageKeys[0])).toEqual(['alpha', 'bravo', 'charlie']);
  });

  it('maps closing stages to nothing when the template has none', () => {
    expect(shown(mapStages([aStage('a', [])], aPipeline('One', 'Won', 'Lost')))).toEqual([
      'position:a',
      'kind:',
      'kind:',
    ]);
  });

  it('gives every pipeline stage an entry, goes forward only, and loses no template stage after the first', () => {
    const names = fc.constantFrom(
      'Alpha',
      'Bravo',
      'Charlie',
      'Delta',
      'Echo',
      'Other',
      'Another',
      'Won',
      'Lost',
    );
    const templates = fc
      .uniqueArray(fc.constantFrom('alpha', 'bravo', 'charlie', 'delta', 'echo'), { minLength: 1 })
      .map((keys) => keys.map((key) => aStage(key, [])));
    fc.assert(
      fc.property(templates, fc.array(names, { maxLength: 9 }), (stages, labels) => {
        const pipeline = aPipeline(...labels);
        const map = mapStages(stages, pipeline);
        expect(map.entries.map((entry) => entry.pipelineStageId)).toEqual(pipeline.map((stage) => stage.id));
        const open = map.entries.filter((_, at) => pipeline[at]?.kind === 'open');
        expect(open.every((entry) => entry.stageKeys.length > 0)).toBe(true);
        const places = open.flatMap((entry) =>
          entry.stageKeys.map((key) => stages.findIndex((stage) => stage.key === key)),
        );
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        const first = places[0];
        if (first !== undefined) expect(new Set(places).size).toBe(stages.length - first);
      }),
      { numRuns: 500 },
    );
  });
});
