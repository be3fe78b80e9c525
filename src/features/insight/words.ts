import { EN } from './words.en.js';
import { RU } from './words.ru.js';
import type { BestHabit, StuckKind } from './insight.view.js';

/** Facts of one stuck deal, formatted already. */
export interface StuckWords {
  readonly stays: string;
  readonly usual: string | null;
  readonly idle: string;
  readonly limit: string | null;
  readonly chance: string | null;
  readonly within: string | null;
  readonly visits: number;
  readonly lastEvent: string | null;
  readonly until: string | null;
}

/** Everything that pages of insight say, in one language. Numbers come formatted by `Said`. */
export interface Words {
  readonly locale: string;
  readonly deals: (count: number) => string;
  readonly visits: (count: number) => string;
  readonly workingDays: (count: number) => string;
  readonly noProduct: string;
  readonly others: string;
  readonly nobody: string;
  readonly noClient: string;
  readonly company: (id: string) => string;
  readonly contact: (id: string) => string;
  readonly noSource: string;
  readonly source: (id: string) => string;
  readonly noReason: string;
  readonly marks: Readonly<Record<string, string>>;
  readonly emptyFunnel: string;
  readonly funnel: (deals: string, money: string, stage: string, there: string) => string;
  readonly funnelAdvice: (stage: string, share: string) => string;
  readonly tooFew: (have: number, needed: number) => string;
  readonly stages: (stage: string, median: string, range: string) => string;
  readonly notHalf: string;
  /** `from`: three quarters have left by then. */
  readonly stagesAdvice: (stage: string, from: string) => string;
  readonly conversion: (stage: string, visits: number, share: string, range: string) => string;
  readonly conversionAdvice: (stage: string) => string;
  readonly noneLost: string;
  /** `pipeline`: null where there is only one. */
  readonly stuck: (deals: string, money: string, kinds: string, pipeline: string | null) => string;
  readonly noneStuck: (pipeline: string | null) => string;
  readonly kinds: Readonly<Record<StuckKind, string>>;
  readonly stuckAdvice: Readonly<Record<StuckKind, string>>;
  readonly stuckWhy: (facts: StuckWords) => string;
  readonly events: Readonly<Record<string, string>>;
  readonly weakest: (
    stage: string,
    leak: string,
    range: string,
    now: string,
    best: string,
    quarter: string,
  ) => string;
  readonly noLeak: string;
  readonly tooFewForLeak: string;
  readonly weakestAdvice: string;
  readonly quarter: (name: string) => string;
  readonly dropStage: (entered: number, passedBy: number) => string;
  readonly mergeStage: (share: string, into: string, median: string) => string;
  readonly splitStage: (q1: string, q3: string, share: string) => string;
  readonly sellers: (people: number, best: string, conversion: string) => string;
  readonly sellersPlain: (people: number, open: string) => string;
  readonly overloaded: (name: string, share: string) => string;
  readonly habits: Readonly<Record<BestHabit, string>>;
  readonly bestHabit: Readonly<Record<BestHabit, (best: string, rest: string, part: string) => string>>;
  readonly habitsAlike: (habits: string) => string;
  readonly habitsUnknown: (habits: string) => string;
  readonly tooFewSellers: string;
  readonly habitsLater: string;
  readonly handOverTo: (name: string, load: string) => string;
  readonly handOver: (name: string, from: string, to: string, deals: string) => string;
  readonly forecast: (month: string, deals: string, money: string, range: string) => string;
  readonly forecastAdvice: (stage: string, missing: number, by: string) => string;
  readonly targetMet: string;
  /** The days by which new deals were needed are gone. */
  readonly targetLate: string;
  readonly clients: (share: string, range: string) => string;
  readonly clientsAdvice: (from: string, to: string, lift: string, clients: number) => string;
  readonly losses: (deals: string, money: string, reason: string, share: string) => string;
  /** `named`: the most frequent reason among those that are named, and its share; null: none is. */
  readonly lossesUnnamed: (deals: string, money: string, share: string, named: string | null) => string;
  readonly noLosses: string;
  readonly lossesAdvice: string;
  readonly diagnosis: (cycle: string, open: string, money: string) => string;
  readonly diagnosisNoCycle: (open: string, money: string) => string;
  readonly zombies: (deals: string, money: string) => string;
  readonly noZombies: string;
  readonly zombiesAdvice: string;
  readonly planWould: (stage: string, money: string, range: string) => string;
  readonly planWouldUnknown: string;
  readonly notLearned: string;
}

export type Language = 'ru' | 'en';

export function wordsIn(language: Language): Words {
  return language === 'ru' ? RU : EN;
}

/** Numbers as people read them. */
export class Said {
  readonly words: Words;
  private readonly plain: Intl.NumberFormat;
  private readonly percents: Intl.NumberFormat;
  private readonly short: Intl.NumberFormat;
  private readonly digit: Intl.NumberFormat;
  private readonly days: Intl.DateTimeFormat;
  /** By unit. A formatter takes longer to make than a page of deals to be read. */
  private readonly spans = new Map<string, Intl.NumberFormat>();

  constructor(
    private readonly language: Language,
    readonly timeZone: string,
  ) {
    this.words = wordsIn(language);
    this.plain = new Intl.NumberFormat(this.words.locale, { maximumFractionDigits: 0 });
    this.percents = new Intl.NumberFormat(this.words.locale, { style: 'percent', maximumFractionDigits: 0 });
    this.digit = new Intl.NumberFormat(this.words.locale, { maximumFractionDigits: 1 });
    this.short = new Intl.NumberFormat(this.words.locale, { notation: 'compact', maximumFractionDigits: 1 });
    this.days = new Intl.DateTimeFormat(this.words.locale, { day: 'numeric', month: 'short', timeZone });
  }

  money(value: number): string {
    return (Math.abs(value) >= 1_000_000 ? this.short : this.plain).format(value);
  }

  number(value: number): string {
    return this.plain.format(value);
  }

  oneDigit(value: number): string {
    return this.digit.format(value);
  }

  percent(share: number): string {
    return this.percents.format(share);
  }

  /** Days, with one digit after the point below ten as in tables; hours below one day, minutes below one hour. */
  span(days: number): string {
    const minutes = days * 1_440;
    if (minutes < 60) return this.inUnit(Math.max(1, Math.round(minutes)), 'minute');
    if (days < 1) return this.inUnit(Math.round(days * 24), 'hour');
    return this.inUnit(days < 10 ? Math.round(days * 10) / 10 : Math.round(days), 'day');
  }

  /** A horizon is set in working days: a week of calendar time holds five. */
  horizon(days: number): string {
    const working = (days * 5) / 7;
    const whole = Math.round(working);
    return Math.abs(working - whole) < 1e-6 ? this.words.workingDays(whole) : this.span(days);
  }

  private inUnit(amount: number, unit: 'minute' | 'hour' | 'day'): string {
    const known = this.spans.get(unit);
    const format =
      known ?? new Intl.NumberFormat(this.language, { style: 'unit', unit, unitDisplay: 'long' });
    this.spans.set(unit, format);
    return format.format(amount);
  }

  day(at: number): string {
    return this.days.format(at);
  }

  /** `2026-11` */
  month(name: string): string {
    const at = Date.parse(`${name}-15T00:00:00Z`);
    return new Intl.DateTimeFormat(this.words.locale, {
      month: 'long',
      year: 'numeric',
      timeZone: 'UTC',
    }).format(at);
  }
}
