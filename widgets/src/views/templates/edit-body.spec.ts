import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { libraryTemplate, listLibrary } from '../../../../src/domain/plans/library/library.js';
import { validateTemplate } from '../../../../src/domain/plans/template-validation.js';
import type { TemplateBody } from '../../../../src/domain/plans/template.types.js';
import {
  addStage,
  addStep,
  allSteps,
  changeStep,
  copyStage,
  copyStep,
  findStep,
  moveStage,
  moveStep,
  nudgeStep,
  removeStage,
  removeStep,
  stepsBefore,
  withPart,
} from './edit-body.js';
import { differenceOf } from './edit-difference.js';
import { beginHistory, record, redo, undo } from './edit-history.js';

function body(key = 'transactional'): TemplateBody {
  const found = libraryTemplate(key, 'en');
  if (!found) throw new Error(`the library has no ${key}`);
  return found;
}

const keysOf = (template: TemplateBody, stageKey: string): readonly string[] =>
  template.stages.find((stage) => stage.key === stageKey)?.steps.map((step) => step.key) ?? [];

describe('widgets/src/views/templates/edit-body', () => {
  it('puts a new stage before those that close the deal, and a new step last', () => {
    const next = addStep(addStage(body(), 'Test drive', 'drive'), 'drive', 'Invite', 'invite');
    expect(next.stages.map((stage) => stage.key)).toEqual([
      'new',
      'contact',
      'offer',
      'payment',
      'drive',
      'paid',
      'lost',
    ]);
    expect(keysOf(next, 'drive')).toEqual(['invite']);
    expect(validateTemplate(next).kind).toBe('valid');
  });

  it('moves stages one place and leaves them at the edges', () => {
    const keys = (template: TemplateBody) => template.stages.map((stage) => stage.key).slice(0, 2);
    expect(keys(moveStage(body(), 'contact', -1))).toEqual(['contact', 'new']);
    expect(moveStage(body(), 'new', -1)).toEqual(body());
    expect(moveStage(body(), 'lost', 1)).toEqual(body());
  });

  it('moves steps within a stage and on into the neighbouring one', () => {
    expect(keysOf(nudgeStep(body(), 'doubts', -1), 'offer')).toEqual([
      'send-offer',
      'doubts',
      'offer-answer',
    ]);
    expect(keysOf(nudgeStep(body(), 'doubts', 1), 'payment')[0]).toBe('doubts');
    expect(keysOf(nudgeStep(body(), 'need', -1), 'new').at(-1)).toBe('need');
    expect(keysOf(moveStep(body(), 'need', 'offer', 99), 'offer').at(-1)).toBe('need');
    expect(nudgeStep(body(), 'first-contact', -1)).toEqual(body());
  });

  it('leaves nobody waiting for a step that was removed', () => {
    const next = removeStep(body(), 'offer-answer');
    const doubts = findStep(next, 'doubts')?.step;
    expect(doubts?.prerequisites).toEqual([]);
    expect(doubts?.condition).toBeUndefined();
    expect(doubts && 'condition' in doubts).toBe(false);
    expect(doubts?.offset.anchor).toEqual({ from: 'stageEntry' });
  });

  it('copies a stage with the ties between its steps', () => {
    const next = copyStage(body(), 'offer', 'again');
    const [first, second] = next.stages.find((stage) => stage.key === 'again')?.steps ?? [];
    expect(second?.prerequisites).toEqual([first?.key]);
    expect(validateTemplate(next).kind).toBe('valid');
  });

  it('copies a step right behind itself', () => {
    expect(keysOf(copyStep(body(), 'send-offer', 'twin'), 'offer').slice(0, 2)).toEqual([
      'send-offer',
      'twin',
    ]);
  });

  it('offers as earlier steps those of its own and of earlier stages', () => {
    const keys = stepsBefore(body(), 'need').map((step) => step.key);
    expect(keys).toEqual(['first-contact', 'call-back', 'budget']);
  });

  it('takes an optional part away with its name', () => {
    const whole: { a: number; b?: number } = { a: 1, b: 2 };
    expect(Object.keys(withPart(whole, 'b', undefined))).toEqual(['a']);
  });

  it('keeps every template sound that loses steps and stages, in any order', () => {
    const sale = listLibrary().filter((entry) => entry.language === 'en' && entry.purpose === 'sale');
    fc.assert(
      fc.property(
        fc.constantFrom(...sale.map((entry) => entry.key)),
        fc.array(fc.nat(200), { maxLength: 20 }),
        (key, picks) => {
          let now = body(key);
          for (const pick of picks) {
            const steps = allSteps(now);
            const step = steps[pick % Math.max(1, steps.length)];
            const stage = now.stages[pick % now.stages.length];
            const opens = now.stages.filter(({ kind }) => kind === 'open').length;
            if (pick % 5 === 0 && stage && (stage.kind !== 'open' || opens > 1))
              now = removeStage(now, stage.key);
            else if (step) now = removeStep(now, step.key);
          }
          expect(validateTemplate(now).kind).toBe('valid');
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('widgets/src/views/templates/edit-history', () => {
  it('goes back and forth through every change, and joins what is typed in one go', () => {
    let history = beginHistory('a');
    history = record(history, 'b', 'title', 1_000);
    history = record(history, 'bc', 'title', 1_500);
    history = record(history, 'bcd', 'title', 9_000);
    history = record(history, 'x', '', 9_100);
    expect(history.past).toEqual(['a', 'bc', 'bcd']);
    const back = undo(undo(undo(history)));
    expect(back.present).toBe('a');
    expect(undo(back)).toBe(back);
    expect(redo(redo(redo(back))).present).toBe('x');
    expect(record(back, 'new', '', 0).future).toEqual([]);
  });
});

describe('widgets/src/views/templates/edit-difference', () => {
  it('names what another person added, removed and changed', () => {
    const mine = body();
    const theirs = changeStep(
      addStep(removeStep(mine, 'budget'), 'new', 'Write a letter', 'letter'),
      'invoice',
      (step) => ({ ...step, required: false }),
    );
    expect(differenceOf(mine, theirs)).toEqual({
      added: ['Write a letter'],
      removed: [findStep(mine, 'budget')?.step.title],
      changed: [findStep(mine, 'invoice')?.step.title],
      whole: false,
    });
    expect(differenceOf(mine, { ...mine, name: 'Other' }).whole).toBe(true);
    expect(differenceOf(mine, JSON.parse(JSON.stringify(mine)) as TemplateBody).whole).toBe(false);
  });
});
