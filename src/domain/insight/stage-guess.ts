import type { StageKind } from '../crm/records.js';
import { ENOUGH } from './sample.js';
import type { LoggedDeal, StageInOrder } from './stays.js';

/** Words by which people name the stages that close a deal, in Russian and English; whole words or their beginnings. */
const WON =
  /(^|[^\p{L}])(won|paid|success|closed won|payment (handled|received)|deal done|выигра|успе[шх]|оплачен|оплата получена|реализован|продан|подписан и оплачен)/iu;
const LOST =
  /(^|[^\p{L}])(lost|lose|reject|cancel|declined|refus|abandon|disqualif|junk|spam|проигр|отказ|провал|отклон|потер|не реализован|нереализован|отмен|некачеств|слит)/iu;

const RANKS: Readonly<Record<StageKind, number>> = { open: 0, won: 1, lost: 2 };

/** A stage that so few leave again is an end. */
const LEAVES_AGAIN = 0.02;
/** In an end of its own that has no telling name, at least this share of all deals must lie. */
const ENDS_HERE = 0.1;

export interface StageUse {
  readonly id: string;
  readonly visits: number;
  /** Deals whose last move was into this stage. */
  readonly last: number;
}

export interface ClosingGuess {
  readonly won: readonly string[];
  readonly lost: readonly string[];
}

/** How often each stage was entered and how often it was the end. */
export function stageUses(deals: Iterable<LoggedDeal>): readonly StageUse[] {
  const uses = new Map<string, { visits: number; last: number }>();
  for (const { moves } of deals) {
    moves.forEach((move, at) => {
      const next = moves[at + 1];
      if (next?.stageId === move.stageId) return;
      const use = uses.get(move.stageId) ?? { visits: 0, last: 0 };
      use.visits += 1;
      if (next === undefined) use.last += 1;
      uses.set(move.stageId, use);
    });
  }
  return [...uses].map(([id, use]) => ({ id, ...use }));
}

/**
 * Which stages close a deal, when nobody said: those that are named so and are hardly ever left again, and, when none
 * is named as won, the end in which most deals lie. A guess, to be said as one.
 */
export function guessClosing(uses: readonly StageUse[]): ClosingGuess {
  const ends = uses.filter((use) => use.last > 0 && use.visits - use.last <= LEAVES_AGAIN * use.visits);
  const lost = ends.filter((use) => LOST.test(use.id)).map((use) => use.id);
  const won = ends.filter((use) => WON.test(use.id) && !lost.includes(use.id)).map((use) => use.id);
  if (won.length > 0) return { won, lost };
  const deals = uses.reduce((sum, use) => sum + use.last, 0);
  const unnamed = ends
    .filter((use) => !lost.includes(use.id) && use.visits >= ENOUGH && use.last >= ENDS_HERE * deals)
    .toSorted((a, b) => b.last - a.last);
  return { won: unnamed.slice(0, 1).map((use) => use.id), lost };
}

/**
 * Stages in the order in which deals typically come to them first: a stage stands before another when more of the deals
 * that knew both were in it first (Copeland's rule: by pairs won), equal ones by their mean place in a deal's way.
 * Closing stages come last, won before lost.
 */
export function typicalOrder(
  deals: Iterable<LoggedDeal>,
  kinds: ReadonlyMap<string, StageKind>,
): readonly StageInOrder[] {
  const ids: string[] = [];
  const placeOf = new Map<string, number>();
  const before: number[][] = [];
  const places: { sum: number; n: number }[] = [];
  for (const { moves } of deals) {
    const firsts = [...new Set(moves.map((move) => move.stageId))].map((id) => {
      const known = placeOf.get(id);
      if (known !== undefined) return known;
      ids.push(id);
      before.push([]);
      places.push({ sum: 0, n: 0 });
      placeOf.set(id, ids.length - 1);
      return ids.length - 1;
    });
    count(firsts, before, places);
  }
  const rank = ids.map((id) => RANKS[kinds.get(id) ?? 'open']);
  const rivals = (a: number): number[] => [...ids.keys()].filter((b) => rank[a] === rank[b]);
  const score = ids.map((_, a) => rivals(a).reduce((wins, b) => wins + precedes(before, a, b), 0));
  const mean = places.map(({ sum, n }) => sum / n);
  return ids
    .map((id, at) => ({ id, kind: kinds.get(id) ?? 'open', at }))
    .toSorted(
      (a, b) =>
        RANKS[a.kind] - RANKS[b.kind] ||
        (score[b.at] ?? 0) - (score[a.at] ?? 0) ||
        (mean[a.at] ?? 0) - (mean[b.at] ?? 0) ||
        a.at - b.at,
    )
    .map(({ id, kind }) => ({ id, kind }));
}

function count(firsts: readonly number[], before: number[][], places: { sum: number; n: number }[]): void {
  firsts.forEach((stage, place) => {
    const mean = places[stage];
    if (mean) {
      mean.sum += place;
      mean.n += 1;
    }
    const row = before[stage];
    if (row) for (const later of firsts.slice(place + 1)) row[later] = (row[later] ?? 0) + 1;
  });
}

function precedes(before: readonly (readonly number[])[], a: number, b: number): number {
  return Math.sign((before[a]?.[b] ?? 0) - (before[b]?.[a] ?? 0));
}
