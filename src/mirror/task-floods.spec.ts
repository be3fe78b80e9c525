import { describe, expect, it } from '@jest/globals';
import { TaskFloods } from './task-floods.js';

describe('src/mirror/task-floods.ts', () => {
  it('lets everything pass while nothing is written in bulk', () => {
    const floods = new TaskFloods();
    for (let second = 0; second < 60; second++) expect(floods.admit('a', false, second * 1_000)).toBe(0);
  });

  it('collects while a bulk write is under way, and lets pass when it is over', () => {
    const floods = new TaskFloods();
    expect(floods.admit('a', true, 0)).toBeGreaterThan(0);
    expect(floods.admit('a', true, 30_000)).toBeGreaterThan(0);
    expect(floods.admit('a', false, 31_000)).toBe(0);
  });

  it('lets pass once a minute, however long the bulk write lasts', () => {
    const floods = new TaskFloods();
    const passed = Array.from({ length: 300 }, (_, second) => floods.admit('a', true, second * 1_000) === 0);
    expect(passed.flatMap((pass, second) => (pass ? [second] : []))).toStrictEqual([60, 121, 182, 243]);
  });

  it('keeps one account’s bulk write from holding another', () => {
    const floods = new TaskFloods();
    expect(floods.admit('a', true, 0)).toBeGreaterThan(0);
    expect(floods.admit('b', false, 0)).toBe(0);
  });
});
