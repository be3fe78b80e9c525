import type { FunnelAdvice } from '../domain/insight/advice.js';
import type { Diagnosis, StageDiagnosis, StuckDeal } from '../domain/insight/diagnosis.js';
import { ENOUGH } from '../domain/insight/sample.js';
import { Figures } from './figures.js';
import type { ReadLog } from './read-log.js';
import { funnelPicture, timesPicture, type Picture } from './report-picture.js';
import { countedSection, type Closing } from './report-method.js';
import type { Words } from './words.js';

const STUCK_SHOWN = 20;
/** The closed deals' own median must differ by so much before it is worth a sentence. */
const WORTH_SAYING = 0.1;

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of words from the left; the others hold figures. */
  readonly words: number;
}

export interface Section {
  readonly heading: string | null;
  /** A page draws it, a terminal does not. */
  readonly picture?: Picture | undefined;
  readonly table: Table | null;
  readonly lines: readonly string[];
}

/** The diagnosis in words, before it is laid out as text or as a page. */
export interface Report {
  readonly title: string;
  readonly sections: readonly Section[];
}

/** Sentence first: what an owner should know, then what it rests on. */
export function reportOf(diagnosis: Diagnosis, log: ReadLog, closing: Closing, words: Words): Report {
  const figures = new Figures(words, closing.timeZone);
  return {
    title: words.title(figures.day(diagnosis.asOf)),
    sections: [
      { heading: null, table: null, lines: summary(diagnosis, words, figures) },
      {
        heading: words.change,
        table: null,
        lines: changes(diagnosis, log.snapshot !== null, words, figures),
      },
      { heading: words.weakest, table: null, lines: weakest(diagnosis, words, figures) },
      { heading: words.funnel, picture: funnelPicture(diagnosis, words, figures), table: null, lines: [] },
      {
        heading: words.stages,
        picture: timesPicture(diagnosis, words, figures),
        table: {
          head: words.stageHead,
          rows: diagnosis.stages.map((stage) => stageRow(stage, words, figures)),
          words: 1,
        },
        lines: [words.stagesNote],
      },
      stuckSection(diagnosis, words, figures),
      countedSection(diagnosis, log, closing, words, figures),
    ].filter(({ lines, table, picture }) => lines.length > 0 || table !== null || picture !== undefined),
  };
}

function summary(diagnosis: Diagnosis, words: Words, figures: Figures): string[] {
  const { cycle, open, openAmount, stuck } = diagnosis;
  const { value: median } = cycle.median;
  const said = cycle.naiveMedian;
  const lines = [median === null ? words.notHalfClosed() : words.halfClosed(figures.time(median))];
  if (said !== null && (median === null || Math.abs(median - said) > WORTH_SAYING * median)) {
    lines.push(words.usualReport(figures.time(said)));
  }
  // An amount that open deals do not tell is not zero.
  const amount = openAmount !== null && openAmount > 0 ? figures.number(openAmount) : null;
  lines.push(words.openNow(words.deals(open), amount));
  if (stuck.length === 0) return open > 0 ? [...lines, words.noneStuck()] : lines;
  const share = figures.percent(stuck.length / open);
  lines.push(words.stuckNow(figures.number(stuck.length), share, amountOf(stuck, figures)));
  const dead = stuck.filter((deal) => deal.verdict.kind === 'dead');
  if (dead.length > 0) lines.push(words.deadNow(figures.number(dead.length)));
  return lines;
}

function amountOf(deals: readonly StuckDeal[], figures: Figures): string | null {
  const sum = deals.reduce((total, deal) => total + (deal.amount ?? 0), 0);
  return sum > 0 ? figures.number(sum) : null;
}

function changes(diagnosis: Diagnosis, isList: boolean, words: Words, figures: Figures): string[] {
  const { stuck, weakest: leak, stages, advice } = diagnosis;
  const lines: string[] = [];
  const dead = stuck.filter((deal) => deal.verdict.kind === 'dead');
  if (dead.length > 0) lines.push(words.closeDead(figures.number(dead.length), amountOf(dead, figures)));
  const alive = Map.groupBy(
    stuck.filter((deal) => deal.verdict.kind !== 'dead'),
    (deal) => deal.stageId,
  );
  const [fullest] = [...alive].toSorted(([, a], [, b]) => b.length - a.length);
  if (fullest) {
    const [stageId, deals] = fullest;
    lines.push(words.pushStuck(figures.number(deals.length), stageId));
    const from = stages.find((stage) => stage.stageId === stageId)?.stuckFrom ?? null;
    if (from !== null && from > 0) lines.push(words.watchStage(stageId, figures.time(from)));
  }
  if (leak) lines.push(words.raiseConversion(leak.stageId));
  lines.push(...structure(advice, isList, words, figures));
  return lines.length > 0 ? lines : [words.nothingToChange];
}

/** A list of deals tells nothing of the stages that were passed by. */
function structure(
  advice: readonly FunnelAdvice[],
  isList: boolean,
  words: Words,
  figures: Figures,
): string[] {
  const lines = advice.flatMap((one) => {
    if (one.kind === 'merge') {
      return words.adviseMerge(one.stageId, one.into, figures.percent(one.share), figures.time(one.median));
    }
    if (one.kind === 'split') {
      return words.adviseSplit(one.stageId, figures.time(one.q1), figures.time(one.q3));
    }
    return [];
  });
  const seldom = advice.filter((one) => one.kind === 'drop');
  if (isList || seldom.length === 0) return lines;
  const named = seldom.map(({ stageId, entered, passedBy }) =>
    words.seldomUsed(stageId, figures.number(entered), figures.number(entered + passedBy)),
  );
  return [...lines, words.adviseDrop(named.join(', '))];
}

function weakest({ weakest: leak, stages }: Diagnosis, words: Words, figures: Figures): string[] {
  const lines: string[] = [];
  if (leak) {
    const money = leak.lostMoney;
    lines.push(
      words.costsMost(leak.stageId),
      words.wouldHaveWon(
        figures.few(leak.lostWins.value),
        figures.range(leak.lostWins, (value) => figures.few(value)),
        money && figures.number(money.value),
        money && figures.range(money, (value) => figures.number(value)),
      ),
      words.conversionThen(
        figures.percent(leak.best.conversion),
        words.quarter(leak.best.quarter),
        figures.percent(leak.now.value),
        words.quarter(leak.from),
        words.quarter(leak.to),
      ),
      words.bestIsOptimistic,
    );
  } else {
    lines.push(stages.some((stage) => stage.leak !== null) ? words.noLeak : words.tooFewForLeak);
  }
  // By what it costs all deals together: a stage that few ever see may be as slow as it likes.
  const slowest = stages
    .filter((stage) => stage.finished >= ENOUGH)
    .toSorted((a, b) => medianOf(b) * b.visits - medianOf(a) * a.visits)[0];
  if (slowest && medianOf(slowest) > 0) {
    const half = medianOf(slowest);
    lines.push(words.slowest(slowest.stageId, figures.time(half), figures.time(half * 0.2)));
  }
  return lines;
}

function medianOf(stage: StageDiagnosis): number {
  return stage.quartiles?.[1].value ?? 0;
}

function stageRow(stage: StageDiagnosis, words: Words, figures: Figures): string[] {
  const { quartiles, kind } = stage;
  const visits = figures.number(stage.visits);
  if (quartiles === null) {
    const mark = kind === 'won' ? words.wonMark : words.lostMark;
    return [`${stage.stageId} ${mark}`, visits, '', '', '', '', '', '', ''];
  }
  const [q1, median, q3] = quartiles;
  const enough = stage.finished >= ENOUGH;
  const decided = stage.passages.advanced + stage.passages.lost;
  const limits =
    median.lower === null ? '' : words.range(figures.short(median.lower), figures.short(median.upper));
  const times = [figures.short(q1.value), figures.short(median.value), limits, figures.short(q3.value)];
  const share =
    stage.conversion && decided >= ENOUGH ? figures.percent(stage.conversion.value) : words.tooFew;
  return [
    stage.stageId,
    visits,
    figures.number(stage.open),
    ...(enough ? times : [words.tooFew, '', '', '']),
    share,
    stage.stuckFrom === null ? '' : figures.short(stage.stuckFrom),
  ];
}

function stuckSection({ stuck, asOf }: Diagnosis, words: Words, figures: Figures): Section {
  if (stuck.length === 0) return { heading: words.stuck, table: null, lines: [] };
  const priced = stuck.some((deal) => deal.amount !== null);
  // Those that can still be helped come first.
  const [dead, living] = [true, false].map((wanted) =>
    stuck.filter((deal) => (deal.verdict.kind === 'dead') === wanted),
  );
  const rows = [...(living ?? []), ...(dead ?? [])]
    .slice(0, STUCK_SHOWN)
    .map((deal) => [
      deal.dealId,
      deal.stageId,
      deal.ownerId ?? '',
      whyOf(deal, words, figures),
      ...(priced ? [deal.amount === null ? '' : figures.number(deal.amount)] : []),
      figures.short(asOf - deal.since),
    ]);
  const [id = '', stage = '', owner = '', amount = '', stands = '', why = ''] = words.stuckHead;
  const more = stuck.length - rows.length;
  return {
    heading: words.stuck,
    table: { head: [id, stage, owner, why, ...(priced ? [amount] : []), stands], rows, words: 4 },
    lines: [...(more > 0 ? [words.andMore(figures.number(more))] : []), words.stuckRule()],
  };
}

function whyOf({ verdict }: StuckDeal, words: Words, figures: Figures): string {
  const kind = words.kinds[verdict.kind];
  if (verdict.chance === null || verdict.horizon === null) {
    return `${kind}, ${words.standsLonger(figures.time(verdict.idleLimit))}`;
  }
  return `${kind}, ${words.chance(figures.percent(verdict.chance), figures.horizon(verdict.horizon))}`;
}
