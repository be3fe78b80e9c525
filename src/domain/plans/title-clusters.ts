/** Titles that mean the same work. */
export interface TitleCluster {
  /** The most frequent of them, tidied. */
  readonly title: string;
  /** Places in the list that was given. */
  readonly members: readonly number[];
}

/** More different titles than this are nobody's habit. */
const MAX_DISTINCT = 2_000;
/** Words are compared by their beginnings: "звонок", "звонка" and "звонить" differ at the end. */
const STEM = 5;
const ALIKE = 0.6;
const EMPTY_WORDS: ReadonlySet<string> = new Set(
  'и в во на по с со к о об от до для из у за не a an the of to for with on in at by and'.split(' '),
);

interface Leader {
  readonly stems: ReadonlySet<string>;
  readonly counts: Map<string, number>;
  readonly members: number[];
}

/**
 * Groups titles by the words that they share, whatever their endings, numbers, quoted names and order. What stands
 * behind a colon is taken for the name of a deal. Deterministic: the order of the titles does not matter to the groups.
 */
export function clusterTitles(titles: readonly string[]): readonly TitleCluster[] {
  const byText = Map.groupBy(
    titles.map((title, at) => ({ at, text: tidied(title) })),
    (each) => stemsOf(each.text).join(' '),
  );
  const distinct = [...byText]
    .filter(([stems]) => stems !== '')
    .toSorted((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1))
    .slice(0, MAX_DISTINCT);
  const leaders: Leader[] = [];
  for (const [stems, items] of distinct) {
    const own = new Set(stems.split(' '));
    const leader = leaders.find((other) => likeness(other.stems, own) >= ALIKE) ?? newLeader(leaders, own);
    for (const { at, text } of items) {
      leader.members.push(at);
      leader.counts.set(text, (leader.counts.get(text) ?? 0) + 1);
    }
  }
  return leaders.map(({ counts, members }) => ({ title: mostFrequent(counts), members }));
}

function newLeader(leaders: Leader[], stems: ReadonlySet<string>): Leader {
  const leader: Leader = { stems, counts: new Map(), members: [] };
  leaders.push(leader);
  return leader;
}

function tidied(title: string): string {
  const head = title.normalize('NFKC').split(/[:：|]/u)[0] ?? '';
  const plain = head
    .replaceAll(/[«"„“][^»"“”]*[»"“”]/gu, ' ')
    .replaceAll(/[#№]?\s*\d[\d\s.,/-]*/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/^[\s.,;!?–—-]+|[\s.,;!?–—-]+$/gu, '');
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

function stemsOf(text: string): readonly string[] {
  const words =
    text
      .toLowerCase()
      .replaceAll('ё', 'е')
      .match(/\p{L}+/gu) ?? [];
  const stems = words.filter((word) => !EMPTY_WORDS.has(word)).map((word) => word.slice(0, STEM));
  return [...new Set(stems)].toSorted();
}

/** Jaccard: what two titles share of all that they have. */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const shared = [...one].filter((stem) => other.has(stem)).length;
  return shared / (one.size + other.size - shared);
}

function mostFrequent(counts: ReadonlyMap<string, number>): string {
  const [first] = [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return first?.[0] ?? '';
}
