import { describe, expect, it } from '@jest/globals';
import { binomial, bootstrapInterval, percentile, seededRandom } from './random.js';
import { learned, valueOf, wilson } from './sample.js';

describe('src/domain/insight/sample', () => {
  it.each([
    [7, 40, 0.0874541374603592, 0.319499903317877],
    [0, 30, 0, 0.1135133931739687],
    [30, 30, 0.8864866068260313, 1],
    [412, 1000, 0.3818873112799578, 0.4427861982134999],
  ])('gives the interval of R for %i of %i', (hits, n, lower, upper) => {
    const found = wilson(hits, n);
    expect(found?.value).toBe(hits / n);
    expect(found?.lower).toBeCloseTo(lower, 10);
    expect(found?.upper).toBeCloseTo(upper, 10);
  });

  it('has no share of nothing', () => {
    expect(wilson(0, 0)).toBeNull();
  });

  it('says too few as a value', () => {
    expect(learned(29, () => 5)).toEqual({ kind: 'tooFew', n: 29, needed: 30 });
    expect(valueOf(learned(29, () => 5))).toBeNull();
    expect(valueOf(learned(30, () => 5))).toBe(5);
  });

  it('draws the same numbers from the same seed, evenly', () => {
    const [one, two] = [seededRandom(7), seededRandom(7)];
    const drawn = Array.from({ length: 10_000 }, () => one());
    expect(drawn.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => two()));
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
    expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
  });

  it.each([20, 400])('draws successes of %i trials around their mean', (n) => {
    const random = seededRandom(3);
    const drawn = Array.from({ length: 4_000 }, () => binomial(n, 0.3, random));
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    expect(Math.abs(mean / n - 0.3)).toBeLessThan(0.01);
    expect(drawn.every((value) => Number.isInteger(value) && value >= 0 && value <= n)).toBe(true);
  });

  it('gives by the bootstrap nearly the interval that theory gives', () => {
    const { lower, upper } = bootstrapInterval((random) => binomial(400, 0.5, random) / 400, {
      draws: 4_000,
    });
    expect(lower).toBeGreaterThan(0.44);
    expect(lower).toBeLessThan(0.46);
    expect(upper).toBeGreaterThan(0.54);
    expect(upper).toBeLessThan(0.56);
  });

  it('takes percentiles as R does by default', () => {
    expect(percentile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(percentile([10, 20, 30], 0.9)).toBeCloseTo(28, 10);
    expect(percentile([], 0.5)).toBeNaN();
  });
});
