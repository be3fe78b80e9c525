export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const DAYS = 35;

export type Zone = 'Europe/Moscow' | 'Asia/Yekaterinburg';
/** Neither zone has changed its clocks for years. */
const OFFSETS: Readonly<Record<Zone, number>> = { 'Europe/Moscow': 3 * HOUR, 'Asia/Yekaterinburg': 5 * HOUR };

/** Monday to Friday of the fourth week: nobody works. */
export const HOLIDAYS = [21, 22, 23, 24, 25] as const;
/** The Friday before them ends at one, and the Saturday after them is worked. */
export const HALF_DAY = 18;
export const WORKED_SATURDAY = 26;

/** Whether somebody is away on that day of the month. */
export type Away = (day: number) => boolean;

const never: Away = () => false;

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The script's own count of working time, in minutes of one zone's wall clock; it shares nothing with the product's.
 * Day 0 is the first Monday of the month.
 */
export class Office {
  constructor(private readonly start: number) {}

  /** `HH:MM` on the wall of that zone. */
  at(day: number, time: string, zone: Zone = 'Europe/Moscow'): number {
    const [hours = 0, minutes = 0] = time.split(':').map(Number);
    return this.midnight(day, zone) + hours * HOUR + minutes * MINUTE;
  }

  /** Which day of the month it is there. */
  dayOf(at: number, zone: Zone): number {
    return Math.floor((at - this.midnight(0, zone)) / DAY);
  }

  isWorking(at: number, zone: Zone): boolean {
    const span = this.spanAt(this.dayOf(at, zone), zone);
    return span !== null && span.from <= at && at <= span.to;
  }

  /** That moment while work goes on, else when it begins again; days on which the person is `away` are left out. */
  next(at: number, zone: Zone, away: Away = never): number {
    for (let day = this.dayOf(at, zone); ; day += 1) {
      const span = away(day) ? null : this.spanAt(day, zone);
      if (span !== null && at < span.to) return Math.max(at, span.from);
    }
  }

  /** So many minutes of work later. */
  plus(at: number, minutes: number, zone: Zone, away: Away = never): number {
    let left = minutes * MINUTE;
    for (let now = this.next(at, zone, away); ; now = this.next(now + 1, zone, away)) {
      const end = this.spanAt(this.dayOf(now, zone), zone)?.to ?? now;
      if (now + left <= end) return now + left;
      left -= end - now;
      now = end;
    }
  }

  /** How much of the time between them is worked, in minutes. */
  minutesBetween(from: number, to: number, zone: Zone): number {
    let minutes = 0;
    for (let now = this.next(from, zone); now < to; now = this.next(now + 1, zone)) {
      const end = Math.min(this.spanAt(this.dayOf(now, zone), zone)?.to ?? now, to);
      minutes += (end - now) / MINUTE;
      now = end;
    }
    return minutes;
  }

  /** So many working days later at the same time of day, at the next full hour, not after the end of work. */
  plusDays(at: number, days: number, zone: Zone, away: Away = never): number {
    const today = this.dayOf(at, zone);
    const time = Math.ceil((at - this.midnight(today, zone)) / HOUR) * HOUR;
    let day = today;
    for (let left = days; left > 0; left -= 1) day = this.workdayAfter(day, zone, away);
    const span = this.spanAt(day, zone);
    const wanted = this.midnight(day, zone) + time;
    return span === null ? wanted : Math.min(Math.max(wanted, span.from), span.to);
  }

  /** When work begins on the next working day after the one of that moment. */
  nextMorning(at: number, zone: Zone, away: Away = never): number {
    return this.spanAt(this.workdayAfter(this.dayOf(at, zone), zone, away), zone)?.from ?? at;
  }

  private workdayAfter(day: number, zone: Zone, away: Away): number {
    let next = day + 1;
    while (away(next) || this.spanAt(next, zone) === null) next += 1;
    return next;
  }

  private midnight(day: number, zone: Zone): number {
    return this.start + OFFSETS['Europe/Moscow'] - OFFSETS[zone] + day * DAY;
  }

  private spanAt(day: number, zone: Zone): Span | null {
    const weekday = ((day % 7) + 7) % 7;
    const works = day === WORKED_SATURDAY || (weekday < 5 && !HOLIDAYS.some((off) => off === day));
    if (!works) return null;
    const midnight = this.midnight(day, zone);
    return { from: midnight + 9 * HOUR, to: midnight + (day === HALF_DAY ? 13 : 18) * HOUR };
  }
}

/** The first Monday that is more than a day ahead, at midnight in Moscow: no clock of the simulation may go back. */
export function mondayAfter(now: number): number {
  const local = now + DAY + OFFSETS['Europe/Moscow'];
  const midnight = Math.ceil(local / DAY) * DAY;
  const weekday = (new Date(midnight).getUTCDay() + 6) % 7;
  return midnight + ((7 - weekday) % 7) * DAY - OFFSETS['Europe/Moscow'];
}

/** The day as a calendar writes it, `YYYY-MM-DD`. */
export function dateOf(start: number, day: number): string {
  return new Date(start + day * DAY + 12 * HOUR).toISOString().slice(0, 10);
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function generatorOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
