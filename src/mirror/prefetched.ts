/**
 * The items of `source`, with the next one already asked for while the caller works on the current one: the host's
 * round trip and the database's write overlap. One ahead and no more, so memory stays flat.
 */
export async function* prefetched<Item>(source: AsyncIterable<Item>): AsyncGenerator<Item> {
  const iterator = source[Symbol.asyncIterator]();
  let upcoming = iterator.next();
  try {
    for (;;) {
      const current = await upcoming;
      if (current.done) return;
      upcoming = iterator.next();
      // Its failure is met at the next turn; meanwhile nobody listens, and that must not end the process.
      upcoming.catch(() => undefined);
      yield current.value;
    }
  } finally {
    // Not awaited: it would wait for a page that nobody wants any more.
    iterator.return?.().catch(() => undefined);
  }
}
