import { afterEach, beforeEach, describe } from '@jest/globals';
import { enteringBattery } from './entering-battery.js';
import { actionBattery } from './action-battery.js';
import type { BatteryWorld, StartWorld } from './battery-world.js';
import { fieldsBattery } from './fields-battery.js';
import { readingBattery } from './reading-battery.js';
import { writingBattery } from './writing-battery.js';

/** What every host must do, in the same words for each. A new host starts its world and calls this. */
export function hostBattery(name: string, start: StartWorld): void {
  describe(name, () => {
    let current: BatteryWorld | null = null;
    const world = (): BatteryWorld => {
      if (!current) throw new Error('the world is not there');
      return current;
    };
    beforeEach(async () => {
      current = await start();
    });
    afterEach(async () => {
      await current?.close();
      current = null;
    });
    describe('reading', () => readingBattery(world));
    describe('reading what deals carry', () => fieldsBattery(world));
    describe('writing', () => writingBattery(world));
    describe('acting', () => actionBattery(world));
    describe('entering', () => enteringBattery(world));
  });
}
