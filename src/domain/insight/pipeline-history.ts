import { MS_PER_DAY } from '../calendar/local-time.js';
import type { Instant } from '../crm/time.js';
import type { StageTimes } from './absorption.js';
import { bucketMiddle, tableOfBuckets } from './duration-histogram.js';
import { isWholeQuarter, NO_PASSAGES, type PassageCounts } from './funnel.js';
import { stageLeak, type StageLeak } from './leak.js';
import type { LeftWay } from './ledgers.js';
import { lifeTableOfRows, type LifeTable } from './life-table.js';
import { StageOrder, type StageInOrder } from './stays.js';
import { stageNorm, type StageNorm } from './stuck.js';

/**
 * Counts of visits of one stage, as the roll-ups keep them: `n[i]` of them at `at[i]`.
 *
 * `stay`: finished ones that went to stage `way` (empty: into another pipeline), `at` their bucket of length. `open`: those
 * that go on, `at` the bucket of their age. `passage`: first visits by what became of the deal (aw, al, ao: came further,
 * then won, lost, neither; l: lost; o: neither), `at` the month of entry. `exit`: finished ones by the stage gone to, `at`
 * the month of leaving. `mark`: those not learned from by their mark. Months are year * 12 + month - 1.
 */
export interface HistoryFact {
  readonly kind: 'stay' | 'open' | 'passage' | 'exit' | 'mark';
  readonly stageId: string;
  readonly way: string;
  readonly at: readonly number[];
  readonly n: readonly number[];
}

/** `n` visits at `at`. */
interface HistoryRow {
  readonly way: string;
  readonly at: number;
  readonly n: number;
}

/** Passages of a stage together, and what became of the deals that went on. */
export interface PassageSums {
  readonly all: PassageCounts;
  readonly afterwards: { readonly won: number; readonly decided: number };
  readonly byMonth: ReadonlyMap<number, PassageCounts>;
}

/** `2026-11` */
export function monthName(month: number): string {
  return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
}

/** What a pipeline's counted visits say; every estimate of the pages begins here. Durations in milliseconds. */
export class PipelineHistory {
  readonly order: StageOrder;
  private readonly byStage: ReadonlyMap<string, readonly HistoryFact[]>;
  private readonly tables = new Map<string, LifeTable<LeftWay>>();

  constructor(facts: readonly HistoryFact[], stages: readonly StageInOrder[]) {
    this.order = new StageOrder(stages);
    this.byStage = Map.groupBy(facts, (fact) => fact.stageId);
  }

  tableOf(stageId: string): LifeTable<LeftWay> {
    const known = this.tables.get(stageId) ?? this.newTableOf(stageId);
    this.tables.set(stageId, known);
    return known;
  }

  private newTableOf(stageId: string): LifeTable<LeftWay> {
    const open = this.facts(stageId, 'open').map(({ at, n }) => ({ age: bucketMiddle(at), count: n }));
    const finished = this.facts(stageId, 'stay').map(({ way, at, n }) => ({
      bucket: at,
      way: this.leftWay(stageId, way),
      count: n,
    }));
    return tableOfBuckets<LeftWay>(finished, open);
  }

  /** For the chain of stages: days, by the stage gone to. Deals that left for another pipeline are not won here. */
  timesOf(stageId: string): StageTimes {
    const rows = this.facts(stageId, 'stay').map(({ way, at, n }) => ({
      time: bucketMiddle(at) / MS_PER_DAY,
      way,
      count: n,
    }));
    const open = this.facts(stageId, 'open').map(({ at, n }) => ({
      time: bucketMiddle(at) / MS_PER_DAY,
      way: 'open' as const,
      count: n,
    }));
    return { stageId, table: lifeTableOfRows<string>([...rows, ...open]) };
  }

  passagesOf(stageId: string): PassageSums {
    let all = NO_PASSAGES;
    const afterwards = { won: 0, decided: 0 };
    const byMonth = new Map<number, PassageCounts>();
    for (const { way, at, n } of this.facts(stageId, 'passage')) {
      all = withPassages(all, way, n);
      byMonth.set(at, withPassages(byMonth.get(at) ?? NO_PASSAGES, way, n));
      if (way === 'aw') afterwards.won += n;
      if (way === 'aw' || way === 'al') afterwards.decided += n;
    }
    return { all, afterwards, byMonth };
  }

  /** Visits that ended in the month with a step ahead or a loss; moves back are not counted. */
  exitsOf(stageId: string): ReadonlyMap<number, PassageCounts> {
    const byMonth = new Map<number, PassageCounts>();
    for (const { way, at, n } of this.facts(stageId, 'exit')) {
      const left = this.leftWay(stageId, way);
      if (left === 'movedBack') continue;
      byMonth.set(at, withPassages(byMonth.get(at) ?? NO_PASSAGES, left === 'lost' ? 'l' : 'a', n));
    }
    return byMonth;
  }

  /** Stages to which a stay here is left in this way. */
  nextOf(stageId: string, way: LeftWay): readonly string[] {
    return this.order.stages
      .map(({ id }) => id)
      .filter((id) => id !== stageId && this.leftWay(stageId, id) === way);
  }

  /** Where most go from the stage, and their share of those that left. */
  usualNext(stageId: string): { readonly stageId: string; readonly share: number } | null {
    const counts = new Map<string, number>();
    for (const { way, n } of this.facts(stageId, 'exit')) counts.set(way, (counts.get(way) ?? 0) + n);
    const left = [...counts.values()].reduce((sum, n) => sum + n, 0);
    const [usual] = [...counts].toSorted(([, a], [, b]) => b - a);
    return usual ? { stageId: usual[0], share: usual[1] / left } : null;
  }

  /** Visits that were left out, by mark. */
  marks(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { id } of this.order.stages)
      for (const { way, n } of this.facts(id, 'mark')) counts.set(way, (counts.get(way) ?? 0) + n);
    return counts;
  }

  normOf(stageId: string): StageNorm {
    const place = this.order.open.findIndex((stage) => stage.id === stageId);
    return stageNorm(stageId, this.tableOf(stageId), {
      place: Math.max(0, place),
      openStages: this.order.open.length,
    });
  }

  /** Null without two whole quarters of enough decided deals. */
  leakOf(stageId: string, until: Instant, meanWon: number | null): StageLeak | null {
    const { byMonth, afterwards } = this.passagesOf(stageId);
    const first = this.firstMonth();
    if (first === null) return null;
    const from = Date.UTC(Math.floor(first / 12), first % 12);
    const quarters = new Map<string, PassageCounts>();
    for (const [month, counts] of byMonth) {
      const quarter = `${Math.floor(month / 12)}-Q${Math.floor((month % 12) / 3) + 1}`;
      if (!isWholeQuarter(quarter, from, until)) continue;
      quarters.set(quarter, addUp(quarters.get(quarter) ?? NO_PASSAGES, counts));
    }
    return stageLeak({ stageId, quarters, afterwards }, meanWon);
  }

  private firstMonth(): number | null {
    let first: number | null = null;
    for (const stageId of this.byStage.keys())
      for (const { at } of this.facts(stageId, 'passage')) if (first === null || at < first) first = at;
    return first;
  }

  private facts(stageId: string, kind: HistoryFact['kind']): readonly HistoryRow[] {
    return (this.byStage.get(stageId) ?? [])
      .filter((fact) => fact.kind === kind)
      .flatMap(({ way, at, n }) => at.map((one, place) => ({ way, at: one, n: n[place] ?? 0 })))
      .filter((row) => row.n > 0);
  }

  private leftWay(stageId: string, way: string): LeftWay {
    const outcome = this.order.outcome(stageId, way);
    return outcome === 'open' ? 'movedBack' : outcome;
  }
}

function withPassages(counts: PassageCounts, way: string, n: number): PassageCounts {
  const outcome = way.startsWith('a') ? 'advanced' : way === 'l' ? 'lost' : 'open';
  return { ...counts, entered: counts.entered + n, [outcome]: counts[outcome] + n };
}

function addUp(a: PassageCounts, b: PassageCounts): PassageCounts {
  return {
    entered: a.entered + b.entered,
    advanced: a.advanced + b.advanced,
    lost: a.lost + b.lost,
    open: a.open + b.open,
  };
}
