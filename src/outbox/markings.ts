import { Injectable } from '@nestjs/common';
import { DeliveryRepository, type Claim, type Mark } from './delivery.repository.js';
import { Departures } from './departures.js';
import type { MarkedSend } from './marked-send.js';
import type { OutboxTask } from './task.types.js';

/** What is noted of rows before a request with them goes out: in the database, and in this process's book. */
@Injectable()
export class Markings {
  constructor(
    private readonly repository: DeliveryRepository,
    private readonly departures: Departures,
  ) {}

  of(
    claim: Claim,
    marks: readonly Mark[],
    leaseMs: number,
  ): Pick<MarkedSend<unknown>, 'count' | 'leaseMs' | 'mark' | 'departs'> {
    const keys = marks.map(({ key }) => key);
    let book: string | null = null;
    return {
      count: marks.length,
      leaseMs,
      mark: () => {
        book = this.departures.current();
        return this.repository.markSending(claim, marks, leaseMs, book);
      },
      departs: () => this.departures.note(book, keys),
    };
  }

  /** Keys of marked rows of which it is proven that they never left: their process died before. */
  stayed(tasks: readonly OutboxTask[]): ReadonlySet<string> {
    const marked = tasks.filter(({ state, sentBy }) => state === 'sending' && sentBy !== null);
    const books = Object.groupBy(marked, ({ sentBy }) => sentBy ?? '');
    return new Set(
      Object.entries(books).flatMap(([book, rows = []]) => [
        ...this.departures.stayed(
          book,
          rows.map(({ key }) => key),
        ),
      ]),
    );
  }
}
