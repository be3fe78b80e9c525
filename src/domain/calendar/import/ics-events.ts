import type { CalendarFault } from './calendar-file.types.js';
import type { TextPlaces } from './text-places.js';

export interface IcsProperty {
  readonly value: string;
  /** Where the value begins in the file. */
  readonly offset: number;
}

export interface IcsEvent {
  readonly offset: number;
  /** By upper-case name, parameters dropped; of a property given twice the first. */
  readonly properties: ReadonlyMap<string, IcsProperty>;
}

interface Line {
  readonly text: string;
  readonly offset: number;
}

const PROPERTY = /^([A-Za-z0-9-]+)((?:;[^=:;]+=(?:"[^"]*"|[^":;]*))*):(.*)$/;
const MAX_EVENTS = 5_000;

/** The events of an iCalendar file with their properties; parts of events (alarms) and everything else are passed over. */
export function readEvents(
  text: string,
  places: TextPlaces,
): { readonly events: readonly IcsEvent[]; readonly faults: readonly CalendarFault[] } {
  const collector = new EventCollector();
  const faults: CalendarFault[] = [];
  for (const { text: line, offset } of unfold(text)) {
    const property = readProperty(line, offset);
    if (property) collector.take(property, offset);
    else faults.push(places.fault(offset, 'syntax', line));
    if (collector.events.length > MAX_EVENTS)
      return { events: [], faults: [places.fault(offset, 'tooLarge')] };
  }
  if (collector.open !== null) faults.push(places.fault(collector.open, 'unclosed', 'VEVENT'));
  return { events: collector.events, faults };
}

type NamedProperty = IcsProperty & { readonly name: string };

class EventCollector {
  readonly events: IcsEvent[] = [];
  private event: { readonly offset: number; readonly properties: Map<string, IcsProperty> } | null = null;
  /** How deep inside a part of the event. */
  private inner = 0;

  /** Where the event began whose end is still to come. */
  get open(): number | null {
    return this.event?.offset ?? null;
  }

  take(property: NamedProperty, offset: number): void {
    if (property.name === 'BEGIN') this.begin(property.value, offset);
    else if (property.name === 'END') this.end();
    else if (this.inner === 0 && this.event?.properties.has(property.name) === false) {
      this.event.properties.set(property.name, property);
    }
  }

  private begin(what: string, offset: number): void {
    if (this.event) this.inner += 1;
    else if (what.toUpperCase() === 'VEVENT') this.event = { offset, properties: new Map() };
  }

  private end(): void {
    if (this.inner > 0) {
      this.inner -= 1;
      return;
    }
    if (this.event) this.events.push(this.event);
    this.event = null;
  }
}

function readProperty(line: string, offset: number): NamedProperty | null {
  const match = PROPERTY.exec(line);
  if (!match) return null;
  const value = match[3] ?? '';
  return {
    name: (match[1] ?? '').toUpperCase(),
    value: unescape(value.trim()),
    offset: offset + line.length - value.length,
  };
}

/** A line that begins with a space or a tab goes on with the one before (RFC 5545, 3.1). */
function unfold(text: string): readonly Line[] {
  const lines: Line[] = [];
  let offset = text.startsWith('\uFEFF') ? 1 : 0;
  for (const raw of text.slice(offset).split('\n')) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const before = lines.at(-1);
    if (before && /^[ \t]/.test(line))
      lines[lines.length - 1] = { ...before, text: before.text + line.slice(1) };
    else if (line.trim() !== '') lines.push({ text: line, offset });
    offset += raw.length + 1;
  }
  return lines;
}

function unescape(value: string): string {
  return value.replaceAll(/\\([\\;,nN])/g, (_, sign: string) => (sign.toLowerCase() === 'n' ? '\n' : sign));
}
