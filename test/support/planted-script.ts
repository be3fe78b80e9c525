import { PEOPLE, type FormerDeal, type PipelineName } from './planted-company.js';
import { dateOf, type Office, type Zone } from './planted-time.js';

export type PlantedRule =
  | 'firstContactLate'
  | 'noPlanAfterAcceptance'
  | 'planEndsEarly'
  | 'noNextStep'
  | 'stepOverdue'
  | 'nextStepTooFar'
  | 'idle'
  | 'stuck'
  | 'dormant'
  | 'clientDatePassed'
  | 'movedWithOpenSteps'
  | 'lostWithoutReason'
  | 'unsortedWaiting'
  | 'tooFewTouches'
  | 'putOffAgain'
  | 'sellerOverloaded'
  | 'tooFewNearClosing'
  | 'topEmpty';

/** What somebody does; `step` names a step of the deal's plan. */
export type Act =
  | {
      readonly kind:
        'created' | 'worked' | 'won' | 'lost' | 'lostWithReason' | 'accepted' | 'launched' | 'paused';
    }
  | { readonly kind: 'moved'; readonly stage: string }
  | { readonly kind: 'reassigned'; readonly to: number }
  | { readonly kind: 'finished'; readonly step: string }
  | { readonly kind: 'postponed'; readonly step: string; readonly until: number }
  | { readonly kind: 'snoozed'; readonly until: number }
  | { readonly kind: 'dated'; readonly day: string };

export interface Deed {
  readonly at: number;
  readonly deal: number;
  readonly act: Act;
}

export interface PlantedDeal {
  readonly number: number;
  readonly pipeline: PipelineName;
  readonly stage: string;
  readonly ownerId: number;
  readonly createdAt: number;
  /** What it was planted for; several are innocent. */
  readonly name: string;
}

/** Something that a rule has to find, once. */
export interface Planted {
  readonly rule: PlantedRule;
  /** Null: it is about the person. */
  readonly deal: number | null;
  readonly ownerId: number;
  /** When it becomes true; where something is learned, not later than `latest`. */
  readonly at: number;
  readonly latest: number;
  /** When it ends, null: not in this month. Nobody has to be told of what is over. */
  readonly until: number | null;
}

/** At these moments whoever owns a deal that is not to be forgotten does something with it. */
const ALIVE_DAYS = [3, 9, 15, 21, 27, 33];
const ALIVE_AT = '12:00';
/** The Friday before the month: no rule that counts from a deal's birth is younger than that. */
const BEFORE = -3;
const MINUTE = 60_000;

/** The month as it is written: deals, what people do with them, and what a rule has to find in that. */
export class Script {
  readonly deals: PlantedDeal[] = [];
  readonly former: FormerDeal[] = [];
  readonly deeds: Deed[] = [];
  readonly planted: Planted[] = [];

  constructor(
    readonly office: Office,
    readonly start: number,
    private readonly random: () => number,
  ) {}

  pick<Value>(...values: readonly Value[]): Value {
    const value = values[Math.floor(this.random() * values.length)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  }

  /** Some minutes, so that no two months are alike. */
  jitter(most = 25): number {
    return Math.floor(this.random() * most) * MINUTE;
  }

  zoneOf(userId: number): Zone {
    const person = PEOPLE[userId];
    if (!person) throw new Error(`nobody has the number ${userId}`);
    return person.zone;
  }

  at(day: number, time: string, userId?: number): number {
    return this.office.at(day, time, userId === undefined ? 'Europe/Moscow' : this.zoneOf(userId));
  }

  date(day: number): string {
    return dateOf(this.start, day);
  }

  /** A deal that is there when the month begins; somebody works on it now and then until `aliveUntil`. */
  old(
    name: string,
    place: { readonly pipeline: PipelineName; readonly stage: string; readonly ownerId: number },
    {
      aliveUntil,
      since = this.at(BEFORE, '10:00'),
    }: { readonly aliveUntil: number; readonly since?: number },
  ): number {
    const number = this.deals.length + 1;
    this.deals.push({ ...place, number, name, createdAt: since });
    this.former.push({ ...place, number, history: [{ at: since, stage: place.stage }] });
    for (const day of ALIVE_DAYS) {
      const at = this.at(day, ALIVE_AT);
      if (at < aliveUntil) this.does(number, at, { kind: 'worked' });
    }
    return number;
  }

  /** A new deal; three touches at once, so that nothing is wrong with its beginning, unless it is neglected. */
  fresh(
    name: string,
    place: { readonly pipeline: PipelineName; readonly stage: string; readonly ownerId: number },
    createdAt: number,
    neglected = false,
  ): number {
    const number = this.deals.length + 1;
    this.deals.push({ ...place, number, name, createdAt });
    this.does(number, createdAt, { kind: 'created' });
    if (!neglected) this.touches(number, createdAt + 4 * MINUTE);
    return number;
  }

  touches(deal: number, from: number): number {
    for (const place of [0, 1, 2]) this.does(deal, from + place * 4 * MINUTE, { kind: 'worked' });
    return from + 8 * MINUTE;
  }

  does(deal: number, at: number, act: Act): number {
    this.deeds.push({ at, deal, act });
    return at;
  }

  expect(rule: PlantedRule, deal: number, at: number, until: number | null, latest = at): void {
    const ownerId = this.ownerOf(deal);
    this.planted.push({ rule, deal, ownerId, at, latest, until });
  }

  ownerOf(deal: number): number {
    return this.deals[deal - 1]?.ownerId ?? 0;
  }
}
