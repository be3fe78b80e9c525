import { incidenceCurve, type IncidenceCurve } from './aalen-johansen.js';
import { placeAt, type LifeTable } from './life-table.js';
import type { StageInOrder } from './stays.js';

/** History of an open stage: stays in days, the ways out being the ids of the next stages. */
export interface StageTimes {
  readonly stageId: string;
  readonly table: LifeTable;
}

const CONVERGED = 1e-12;
const MOST_SWEEPS = 10_000;

/**
 * Where deals end, and when: a semi-Markov chain over the stages, absorbed in won and lost. Each stage has the
 * Aalen–Johansen incidence F_sk of going to stage k by the time in it; then
 *
 * G_s(t) = Σ_k ∫ dF_sk(u) · G_k(t − u),   G_won = 1, G_lost = 0
 *
 * is the chance of a deal that has just entered s to be won within t, here on a grid of whole days, each leaving rounded
 * to the nearest. A deal of age a uses (F(a + u) − F(a)) / S(a) for its own stage. What open visits leave undecided
 * beyond the longest known stay counts as never won, so forecasts lean to the low side.
 *
 * J. Janssen and R. Manca, Applied Semi-Markov Processes, 2006, ch. 3.
 */
export class AbsorptionModel {
  private readonly exits = new Map<
    string,
    readonly { readonly to: string; readonly curve: IncidenceCurve }[]
  >();
  private readonly within = new Map<string, Float64Array>();
  private readonly ever = new Map<string, number>();
  private readonly surely: Float64Array;

  /** @param horizonDays the furthest that will be asked for. */
  constructor(
    private readonly stages: readonly StageInOrder[],
    times: readonly StageTimes[],
    private readonly horizonDays: number,
  ) {
    for (const { stageId, table } of times) {
      this.exits.set(
        stageId,
        [...table.left.keys()].map((to) => ({ to, curve: incidenceCurve(table, to) })),
      );
    }
    this.surely = new Float64Array(horizonDays + 1).fill(1);
    this.solveEver();
    this.solveWithin();
  }

  /** Chance that a deal that has just entered the stage is ever won, a share of 1. */
  everWon(stageId: string): number {
    return this.ever.get(stageId) ?? this.absorbed(stageId);
  }

  /** Chance to be won within `days`, of a deal that has stood in the stage for `age` days. */
  wonWithin(stageId: string, age: number, days: number): number {
    return this.wonWithinEach(stageId, age, [days])[0] ?? 0;
  }

  /** The same for several numbers of days: what costs is to see when the deal leaves, which is one for all of them. */
  wonWithinEach(stageId: string, age: number, days: readonly number[]): readonly number[] {
    const horizons = days.map((one) => Math.min(Math.floor(one), this.horizonDays));
    const chances = horizons.map(() => 0);
    const length = Math.max(0, ...horizons) + 1;
    for (const { to, curve } of this.exits.get(stageId) ?? []) {
      const then = this.chancesOf(to);
      if (then === null) continue;
      const leaves = leavings(curve, age, length);
      horizons.forEach((horizon, at) => {
        let chance = 0;
        for (let u = 0; u <= horizon; u += 1) chance += (leaves[u] ?? 0) * (then[horizon - u] ?? 0);
        chances[at] = (chances[at] ?? 0) + chance;
      });
    }
    return chances.map((chance) => Math.min(1, chance));
  }

  /** Days within which half of those that will be won from the stage are won; null when that is beyond the horizon. */
  medianDaysToWin(stageId: string): number | null {
    const half = this.everWon(stageId) / 2;
    const days = this.within.get(stageId)?.findIndex((chance) => chance >= half) ?? -1;
    return half > 0 && days >= 0 ? days : null;
  }

  private solveEver(): void {
    for (let sweep = 0; sweep < MOST_SWEEPS; sweep += 1) {
      let change = 0;
      for (const [stageId, exits] of this.exits) {
        const next = exits.reduce(
          (sum, { to, curve }) => sum + (curve.incidence.at(-1) ?? 0) * this.everWon(to),
          0,
        );
        change = Math.max(change, Math.abs(next - (this.ever.get(stageId) ?? 0)));
        this.ever.set(stageId, next);
      }
      if (change < CONVERGED) return;
    }
  }

  private solveWithin(): void {
    const days = this.horizonDays + 1;
    const masses = new Map<string, readonly { to: string; mass: Float64Array }[]>();
    for (const [stageId, exits] of this.exits) {
      this.within.set(stageId, new Float64Array(days));
      masses.set(
        stageId,
        exits.map(({ to, curve }) => ({
          to,
          mass: leavings(curve, 0, days),
        })),
      );
    }
    for (let t = 0; t < days; t += 1) this.solveDay(t, masses);
  }

  /** Stages that are left within the day they are entered depend on each other's same day: swept until it settles. */
  private solveDay(
    t: number,
    masses: ReadonlyMap<string, readonly { to: string; mass: Float64Array }[]>,
  ): void {
    const later = new Map<string, number>();
    for (const [stageId, exits] of masses) {
      let sum = 0;
      for (const { to, mass } of exits) {
        for (let u = 1; u <= t; u += 1) sum += (mass[u] ?? 0) * this.chance(to, t - u);
      }
      later.set(stageId, sum);
    }
    for (let sweep = 0; sweep < MOST_SWEEPS; sweep += 1) {
      let change = 0;
      for (const [stageId, exits] of masses) {
        const sameDay = exits.reduce((sum, { to, mass }) => sum + (mass[0] ?? 0) * this.chance(to, t), 0);
        const next = Math.min(1, (later.get(stageId) ?? 0) + sameDay);
        const column = this.within.get(stageId);
        if (column === undefined) continue;
        change = Math.max(change, Math.abs(next - (column[t] ?? 0)));
        column[t] = next;
      }
      if (change < CONVERGED) return;
    }
  }

  /** By days left; null: never won from there. */
  private chancesOf(stageId: string): Float64Array | null {
    const known = this.within.get(stageId);
    if (known) return known;
    return this.absorbed(stageId) === 1 ? this.surely : null;
  }

  private chance(stageId: string, days: number): number {
    return this.within.get(stageId)?.[days] ?? this.absorbed(stageId);
  }

  private absorbed(stageId: string): number {
    return this.stages.find((stage) => stage.id === stageId)?.kind === 'won' ? 1 : 0;
  }
}

/** Chance to leave on each of the next `days` days (rounded to the nearest), given the age in days. */
function leavings(curve: IncidenceCurve, age: number, days: number): Float64Array {
  const { times, incidence, survival } = curve;
  const leaves = new Float64Array(days);
  // A fresh deal has an age before all: those who leave at once are yet to leave.
  const now = age <= 0 ? -1 : placeAt(times, age);
  const staying = now < 0 ? 1 : (survival[now] ?? 0);
  if (staying <= 0) return leaves;
  let place = now;
  let gone = incidence[now] ?? 0;
  for (let day = 0; day < days; day += 1) {
    while ((times[place + 1] ?? Number.POSITIVE_INFINITY) <= age + day + 0.5) place += 1;
    const until = incidence[place] ?? 0;
    leaves[day] = (until - gone) / staying;
    gone = until;
  }
  return leaves;
}
