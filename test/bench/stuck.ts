import { existsSync } from 'node:fs';
import { readDiagnoseOptions } from '../../src/diagnose/options.js';
import { readLog } from '../../src/diagnose/read-log.js';
import { wordsIn } from '../../src/diagnose/words.js';
import { MS_PER_DAY } from '../../src/domain/calendar/local-time.js';
import { lifeTable, type VisitOutcome } from '../../src/domain/insight/life-table.js';
import type { LeftWay } from '../../src/domain/insight/ledgers.js';
import { guessClosing, stageUses, typicalOrder } from '../../src/domain/insight/stage-guess.js';
import { StageOrder, staysOf, type LoggedDeal, type Stay } from '../../src/domain/insight/stays.js';
import { chanceToAdvance, STUCK_BELOW, stageNorm, type StageNorm } from '../../src/domain/insight/stuck.js';
import { rounded, type Report } from './report.js';
import type { BenchOptions } from './run.js';

const LOG = '../shared/data/bpi2020/domestic-declarations.csv.gz';
/** 7 and 10 working days in calendar time: what the product's rule looks ahead in the two halves of a funnel. */
const LOOK_AHEAD_DAYS = [9.8, 14] as const;
const FIXED_DAYS = [7, 14, 21] as const;
const CHOICES = [0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8];

/** One open visit on one day. */
interface Sample {
  readonly stageId: string;
  readonly age: number;
  readonly stuck: boolean;
  /** Whether the visit ended at all while the log ran. */
  readonly ended: boolean;
}

/** Whether the visit would be called stuck on that day. */
type Rule = (stageId: string, age: number) => boolean;

interface History {
  readonly norms: ReadonlyMap<string, StageNorm>;
  /** Mean length of the finished visits, milliseconds. */
  readonly means: ReadonlyMap<string, number>;
}

/**
 * Would the rule have called the right deals stuck, on each day with nothing but the days before to learn from? Learned
 * and chosen on the earlier half of a real log, judged on the later one.
 */
export async function stuck(_options: BenchOptions): Promise<Report> {
  if (!existsSync(LOG)) throw new Error(`${LOG} is not here: the log comes with the task, not with the code`);
  const { deals, asOf } = await readLog(readDiagnoseOptions([LOG], 'en'), wordsIn('en'));
  const order = orderOf(deals);
  const entries = [...deals].flatMap(({ moves }) => moves.map((move) => move.at)).sort((a, b) => a - b);
  const [from = asOf] = entries;
  const half = entries[entries.length >> 1] ?? asOf;
  const past = learn(deals, order, half);
  const earlier = samplesOf(deals, order, past, from, half);
  const later = samplesOf(deals, order, past, half, asOf);
  const rules: [string, Rule][] = [
    ['learned', learnedRule(past, bestThreshold(past, earlier))],
    ['default', learnedRule(past, STUCK_BELOW)],
    ...FIXED_DAYS.map((days): [string, Rule] => [`${days} days`, (_, age) => age > days * MS_PER_DAY]),
    ['1.5 x average', (stageId, age) => age > 1.5 * (past.means.get(stageId) ?? Number.POSITIVE_INFINITY)],
  ];
  const scores = new Map(rules.map(([name, rule]) => [name, scoreOf(rule, later)]));
  const ended = later.filter((one) => one.ended);
  const best = Math.max(...rules.slice(2).map(([name]) => scores.get(name)?.f1 ?? 0));
  const figures: Record<string, number> = {};
  for (const [name, { precision, recall, f1 }] of scores) {
    figures[`${name}: precision`] = rounded(precision);
    figures[`${name}: recall`] = rounded(recall);
    figures[`${name}: F1`] = rounded(f1);
  }
  for (const [name, rule] of rules)
    figures[`${name}: F1 where the visit ended`] = rounded(scoreOf(rule, ended).f1);
  figures['learned F1 / best of the others'] = (scores.get('learned')?.f1 ?? 0) / best;
  figures['default F1 / best of the others'] = (scores.get('default')?.f1 ?? 0) / best;
  return {
    name: 'stuck',
    figures,
    targets: {
      'learned F1 / best of the others': { atLeast: 1.0001 },
      'default F1 / best of the others': { atLeast: 1.0001 },
    },
    notes: [
      `${later.length} open visits by day after ${new Date(half).toISOString().slice(0, 10)}, ` +
        `${later.filter((one) => one.stuck).length} of them truly stuck`,
      `threshold chosen on the earlier half: ${bestThreshold(past, earlier)}; the product's own is ${STUCK_BELOW}`,
    ],
  };
}

function orderOf(deals: Iterable<LoggedDeal>): StageOrder {
  const { won, lost } = guessClosing(stageUses(deals));
  return new StageOrder(
    typicalOrder(
      deals,
      new Map([...won.map((id) => [id, 'won'] as const), ...lost.map((id) => [id, 'lost'] as const)]),
    ),
  );
}

/** What was known at `until`: visits that were open then are censored there. */
function learn(deals: Iterable<LoggedDeal>, order: StageOrder, until: number): History {
  const times = new Map<string, { lengths: number[]; outcomes: VisitOutcome[] }>();
  for (const { moves } of deals) {
    for (const stay of staysOf(moves, order, until)) {
      const known = times.get(stay.stageId) ?? { lengths: [], outcomes: [] };
      known.lengths.push((stay.leftAt ?? until) - stay.enteredAt);
      known.outcomes.push(stay.outcome);
      times.set(stay.stageId, known);
    }
  }
  const { open } = order;
  const norms = open.map(({ id }, place) => {
    const { lengths, outcomes } = times.get(id) ?? { lengths: [], outcomes: [] };
    return [
      id,
      stageNorm(id, lifeTable<LeftWay>(lengths, outcomes), { place, openStages: open.length }),
    ] as const;
  });
  const means = [...times].map(([id, { lengths, outcomes }]) => {
    const finished = lengths.filter((_, at) => outcomes[at] !== 'open');
    return [id, finished.reduce((sum, one) => sum + one, 0) / finished.length] as const;
  });
  return { norms: new Map(norms), means: new Map(means) };
}

/** Every midnight (UTC) at which the future that decides is still inside `until`. */
function samplesOf(
  deals: Iterable<LoggedDeal>,
  order: StageOrder,
  { norms }: History,
  from: number,
  until: number,
): readonly Sample[] {
  const samples: Sample[] = [];
  for (const { moves } of deals) {
    for (const stay of staysOf(moves, order, until)) {
      if (order.kindOf(stay.stageId) !== 'open') continue;
      const ahead = lookAhead(order, stay.stageId);
      const first = Math.floor(Math.max(from, stay.enteredAt) / MS_PER_DAY) + 1;
      const last = Math.min(stay.leftAt ?? until, until - ahead);
      for (let day = first * MS_PER_DAY; day < last; day += MS_PER_DAY) {
        const stuck = !movesOn(stay, norms.get(stay.stageId), day + ahead);
        const age = day - stay.enteredAt;
        samples.push({ stageId: stay.stageId, age, stuck, ended: stay.leftAt !== null });
      }
    }
  }
  return samples;
}

function lookAhead(order: StageOrder, stageId: string): number {
  const half = order.placeOf(stageId) * 2 >= order.open.length ? 1 : 0;
  return LOOK_AHEAD_DAYS[half] * MS_PER_DAY;
}

/** Ahead; out of a detour (a stage for what was sent back), back as well. */
function movesOn(stay: Stay, norm: StageNorm | undefined, before: number): boolean {
  if (stay.leftAt === null || stay.leftAt > before) return false;
  const detour = norm?.learned?.wayOn === 'movedBack';
  return stay.outcome === 'advanced' || (detour && stay.outcome === 'movedBack');
}

function learnedRule({ norms }: History, below: number): Rule {
  return (stageId, age) => {
    const norm = norms.get(stageId);
    if (!norm?.learned) return age > (norm?.idleLimit ?? Number.POSITIVE_INFINITY);
    // The norm's threshold is the default one, scaled down in slow stages: so is any other.
    const threshold = (norm.learned.threshold / STUCK_BELOW) * below;
    return (chanceToAdvance(norm, age) ?? 1) < threshold;
  };
}

function bestThreshold(past: History, samples: readonly Sample[]): number {
  const scored = CHOICES.map((below) => [scoreOf(learnedRule(past, below), samples).f1, below] as const);
  return scored.toSorted(([a], [b]) => b - a)[0]?.[1] ?? STUCK_BELOW;
}

function scoreOf(rule: Rule, samples: readonly Sample[]): { precision: number; recall: number; f1: number } {
  let [called, right, all] = [0, 0, 0];
  for (const { stageId, age, stuck } of samples) {
    const calls = rule(stageId, age);
    if (calls) called += 1;
    if (stuck) all += 1;
    if (calls && stuck) right += 1;
  }
  const precision = called > 0 ? right / called : 0;
  const recall = all > 0 ? right / all : 0;
  return { precision, recall, f1: right > 0 ? (2 * precision * recall) / (precision + recall) : 0 };
}
