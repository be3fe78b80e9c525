/** As long as a host's own installation takes to reach us, and be finished, on a bad day. */
const MOST_TRIES = 8;
const PAUSE_SECONDS = 2;

/**
 * A frame may open in the very second in which somebody installs us: the page then asks again by itself, a few times.
 * The value of a `refresh` header; null when it was enough. `framer` may show the page, which tells nothing.
 */
export function nextLook(query: Readonly<Record<string, unknown>>, framer: string): string | null {
  const text = (name: string): string => (typeof query[name] === 'string' ? query[name] : '');
  const tries = Number(text('tries'));
  if (!Number.isInteger(tries) || tries < 0 || tries >= MOST_TRIES) return null;
  const next = new URLSearchParams({
    account: text('account'),
    LANG: text('LANG'),
    theme: text('theme'),
    framer,
    tries: String(tries + 1),
  });
  return `${PAUSE_SECONDS}; url=?${next.toString()}`;
}
