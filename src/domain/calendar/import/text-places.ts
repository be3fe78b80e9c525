import type { CalendarFault, CalendarFaultCode } from './calendar-file.types.js';

const SHOWN_CHARACTERS = 40;

/** Turns places of a text, counted in characters from 0, into lines and columns, counted from 1. */
export class TextPlaces {
  private readonly starts: readonly number[];

  constructor(text: string) {
    const starts = [0];
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.starts = starts;
  }

  fault(offset: number, code: CalendarFaultCode, found = ''): CalendarFault {
    const index = this.lineAt(offset);
    const shown = found.length > SHOWN_CHARACTERS ? `${found.slice(0, SHOWN_CHARACTERS)}…` : found;
    return { line: index + 1, column: offset - (this.starts[index] ?? 0) + 1, code, found: shown };
  }

  private lineAt(offset: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
