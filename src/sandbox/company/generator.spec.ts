import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CompanyDeal } from './company.js';
import { generateCompany } from './generator.js';

const NOW = Date.UTC(2026, 10, 20, 9);
const DAY_MS = 86_400_000;

function company(deals: number, seed = 7): ReturnType<typeof generateCompany> {
  return generateCompany({ seed, deals, language: 'ru', now: NOW });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

describe('src/sandbox/company/generator.ts', () => {
  it('gives the same company for the same seed, however often it is iterated', () => {
    const one = company(300);
    expect([...one.deals]).toEqual([...one.deals]);
    expect([...one.deals]).toEqual([...company(300).deals]);
    expect([...one.deals]).not.toEqual([...company(300, 8).deals]);
  });

  it('draws the same stages in both languages', () => {
    const stages = (language: 'ru' | 'en'): string[] =>
      generateCompany({ seed: 3, deals: 100, language, now: NOW }).pipelines.flatMap((pipeline) =>
        pipeline.stages.map((stage) => `${pipeline.id}:${stage.code}:${stage.kind}`),
      );
    expect(stages('ru')).toEqual(stages('en'));
    expect(stages('ru')).toHaveLength(19);
  });

  it('never tells of the future, a foreign stage, or a person who is not there', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 1, max: 400 }), (seed, deals) => {
        const drawn = company(deals, seed);
        const codes = new Set(
          drawn.pipelines.flatMap((one) => one.stages.map((stage) => `${one.id}:${stage.code}`)),
        );
        const active = new Map(drawn.people.map((person) => [person.id, person.active]));
        let count = 0;
        for (const deal of drawn.deals) {
          count += 1;
          expect(deal.id).toBe(count);
          expectSound(deal, codes, active);
        }
        expect(count).toBe(deals);
      }),
      { numRuns: 25 },
    );
  });

  it('holds the stated times in a stage for sellers who are neither idle nor away', () => {
    const drawn = company(12_000);
    const odd = new Set([
      ...drawn.truth.idleSellerIds,
      ...drawn.truth.absences.map((absence) => absence.personId),
    ]);
    const days: number[] = [];
    for (const deal of drawn.deals) {
      if (odd.has(deal.ownerId) || deal.createdAt > NOW - 240 * DAY_MS) continue;
      deal.history.forEach((entry, index) => {
        const next = deal.history[index + 1];
        if (entry.stageCode === 'PRESALE' && next !== undefined) days.push((next.at - entry.at) / DAY_MS);
      });
    }
    const stated = drawn.truth.stages.find((stage) => stage.stageCode === 'PRESALE')?.medianDays ?? 0;
    expect(days.length).toBeGreaterThan(500);
    expect(median(days) / stated).toBeGreaterThan(0.9);
    expect(median(days) / stated).toBeLessThan(1.1);
  });

  it('leaves dead deals open and returns to stages now and then', () => {
    const drawn = company(4000);
    const deals = [...drawn.deals];
    const old = deals.filter((deal) => deal.createdAt < NOW - 500 * DAY_MS);
    const stuck = old.filter((deal) => !['WON', 'LOSE'].includes(deal.history.at(-1)?.stageCode ?? ''));
    expect(stuck.length).toBeGreaterThan(0);
    expect(
      stuck.every((deal) => drawn.truth.isDead(deal.id) || drawn.truth.idleSellerIds.includes(deal.ownerId)),
    ).toBe(true);
    const reentered = deals.filter((deal) => {
      const codes = deal.history.map((entry) => entry.stageCode);
      return new Set(codes).size < codes.length;
    });
    expect(reentered.length / deals.length).toBeGreaterThan(0.05);
  });

  it('refuses numbers it cannot draw', () => {
    expect(() => company(0)).toThrow('deals must be a whole number from 1 to 1000000, got 0');
    expect(() => company(1_000_001)).toThrow(RangeError);
    expect(() => generateCompany({ seed: 1, deals: 1, language: 'en', now: Number.NaN })).toThrow(
      'now must be',
    );
  });
});

function expectSound(
  deal: CompanyDeal,
  codes: ReadonlySet<string>,
  active: ReadonlyMap<number, boolean>,
): void {
  const last = deal.history.at(-1);
  expect(deal.history.every((entry) => codes.has(`${entry.pipelineId}:${entry.stageCode}`))).toBe(true);
  expect(deal.history.every((entry, i) => entry.at >= (deal.history[i - 1]?.at ?? deal.createdAt))).toBe(
    true,
  );
  expect(last?.at).toBeLessThanOrEqual(NOW);
  expect(deal.modifiedAt).toBeLessThanOrEqual(NOW);
  expect(deal.modifiedAt).toBeGreaterThanOrEqual(last?.at ?? 0);
  expect(deal.amount).toBeGreaterThan(0);
  const closed = last?.stageCode === 'WON' || last?.stageCode === 'LOSE';
  expect(active.get(deal.ownerId) === true || (closed && active.has(deal.ownerId))).toBe(true);
}
