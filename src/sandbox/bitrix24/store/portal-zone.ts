const DAY = 86_400;

/**
 * Reads and writes instants (whole epoch seconds) as the portal's server does: in the server's zone, with the offset
 * that zone had when the portal started. A fixed offset keeps a million rows cheap to write.
 */
export class PortalZone {
  private readonly offset: number;
  private readonly suffix: string;
  private readonly days = new Map<number, string>();

  constructor(
    readonly name: string,
    atSeconds: number,
  ) {
    const zoned = Temporal.Instant.fromEpochMilliseconds(atSeconds * 1000).toZonedDateTimeISO(name);
    this.offset = Math.round(zoned.offsetNanoseconds / 1e9);
    this.suffix = zoned.offset.slice(0, 6);
  }

  /** `2026-11-21T10:20:30+03:00` */
  iso(seconds: number): string {
    const local = seconds + this.offset;
    const day = Math.floor(local / DAY);
    const rest = local - day * DAY;
    const hours = Math.floor(rest / 3600);
    const minutes = Math.floor((rest - hours * 3600) / 60);
    return `${this.date(day)}T${two(hours)}:${two(minutes)}:${two(rest % 60)}${this.suffix}`;
  }

  /** Seconds, or nothing when the text is no date the host would take. */
  parse(text: string): number | undefined {
    const iso =
      /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?$/i.exec(
        text.trim(),
      );
    if (iso !== null) {
      const [, year, month, day, hours, minutes, seconds, zone] = iso;
      return this.compose([year, month, day, hours, minutes, seconds].map(numberOrZero), zone);
    }
    const dotted = /^(\d\d)\.(\d\d)\.(\d{4})(?: (\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text.trim());
    if (dotted !== null) {
      const [, day, month, year, hours, minutes, seconds] = dotted;
      return this.compose([year, month, day, hours, minutes, seconds].map(numberOrZero), undefined);
    }
    return undefined;
  }

  private compose(parts: readonly number[], zone: string | undefined): number | undefined {
    const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = parts;
    const utc = Date.UTC(year, month - 1, day, hours, minutes, seconds);
    if (new Date(utc).getUTCMonth() !== month - 1 || hours > 23) {
      return undefined;
    }
    return utc / 1000 - (zone === undefined ? this.offset : offsetOf(zone));
  }

  private date(day: number): string {
    let text = this.days.get(day);
    if (text === undefined) {
      text = new Date(day * DAY * 1000).toISOString().slice(0, 10);
      this.days.set(day, text);
    }
    return text;
  }
}

function numberOrZero(text: string | undefined): number {
  return Number(text ?? 0);
}

function offsetOf(zone: string): number {
  if (zone.toUpperCase() === 'Z') {
    return 0;
  }
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(-2)) * 60);
}

const TWO = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));

function two(value: number): string {
  return TWO[value] ?? String(value);
}
