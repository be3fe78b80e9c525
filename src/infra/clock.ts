/** Nest token of the clock; tests provide another one. Structurally `Clock` of the domain. */
export const CLOCK = Symbol('Clock');

export const systemClock = {
  now(): number {
    return Date.now();
  },
};
