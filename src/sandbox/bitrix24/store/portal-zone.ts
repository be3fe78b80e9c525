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
    if (iso) {
      return this.compose(iso[1], iso[2], iso[3], iso[4], iso[5], iso[6], iso[7]);
    }
    const dotted = /^(\d\d)\.(\d\d)\.(\d{4})(?: (\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text.trim());
    if (dotted) {
      return this.compose(dotted[3], dotted[2], dotted[1], dotted[4], dotted[5], dotted[6], undefined);
    }
    return undefined;
  }

  private compose(
    year: string | undefined,
    month: string | undefined,
    day: string | undefined,
    hours: string | undefined,
    minutes: string | undefined,
    seconds: string | undefined,
    zone: string | undefined,
  ): number | undefined {
    const utc = Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hours ?? 0),
      Number(minutes ?? 0),
      Number(seconds ?? 0),
    );
    const date = new Date(utc);
    if (date.getUTCMonth() !== Number(month) - 1 || Number(hours ?? 0) > 23) {
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
