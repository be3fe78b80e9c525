import { Injectable } from '@nestjs/common';
import { hashOf, type ChainEnd } from './book-chain.js';
import { BookRepository } from './book.repository.js';
import type { BookEntry } from './book.types.js';
import type { BookVerdictView } from './salesbook.view.js';

const PAGE = 2_000;

/** Follows an account's chain from its first entry: every place, every link and every hash. */
@Injectable()
export class BookVerdicts {
  constructor(private readonly book: BookRepository) {}

  async of(accountId: string): Promise<BookVerdictView> {
    // First: what is added meanwhile is not missed in it.
    const end = await this.book.end(accountId);
    let walked: ChainEnd = { entries: 0, hash: '' };
    for (let full = true; full;) {
      const page = await this.book.chain(accountId, String(walked.entries), PAGE);
      for (const entry of page) {
        const next = { entries: walked.entries + 1, hash: entry.hash };
        if (!follows(accountId, walked, entry) || isOther(next, end)) return broken(walked, entry.entryId);
        walked = next;
      }
      full = page.length === PAGE;
    }
    // The end knows of more than there is: the last ones were taken away.
    if (end !== null && walked.entries < end.entries) return broken(walked, String(walked.entries + 1));
    return { entries: walked.entries, intact: true, brokenAt: null, head: walked.hash || null };
  }
}

function follows(accountId: string, before: ChainEnd, entry: BookEntry): boolean {
  const inPlace = entry.entryId === String(before.entries + 1) && entry.prevHash === before.hash;
  return inPlace && entry.hash === hashOf(accountId, entry);
}

/** Somebody wrote the whole chain anew, but not its end. */
function isOther(place: ChainEnd, end: ChainEnd | null): boolean {
  return place.entries === end?.entries && place.hash !== end.hash;
}

function broken({ entries, hash }: ChainEnd, brokenAt: string): BookVerdictView {
  return { entries, intact: false, brokenAt, head: hash || null };
}
