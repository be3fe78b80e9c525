export interface ServerEvent {
  readonly name: string;
  readonly data: string;
}

/**
 * Takes the text of a server-sent event stream in pieces of any size and gives back the events that are complete.
 * Comments (heartbeats) give no event; `retry` is kept for the caller.
 */
export class EventText {
  #rest = '';
  #name = '';
  #data: string[] = [];
  lastEventId: string | null = null;
  retryMs: number | null = null;

  take(piece: string): readonly ServerEvent[] {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    const events: ServerEvent[] = [];
    for (const line of lines) {
      if (line === '') this.#finish(events);
      else this.#field(line);
    }
    return events;
  }

  #finish(events: ServerEvent[]): void {
    if (this.#data.length > 0) events.push({ name: this.#name || 'message', data: this.#data.join('\n') });
    this.#name = '';
    this.#data = [];
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.#name = value;
    else if (name === 'data') this.#data.push(value);
    else if (name === 'id' && !value.includes('\0')) this.lastEventId = value;
    else if (name === 'retry' && /^\d{1,6}$/.test(value)) this.retryMs = Number(value);
  }
}
