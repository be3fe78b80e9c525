/** A number of any size as JSON can carry it. */
interface Tagged {
  readonly $int: string;
}

/** JSON of facts: whole numbers beyond 2^53 (money in ten-thousandths) stay what they are. */
export function factText(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'bigint' ? ({ $int: one.toString() } satisfies Tagged) : one,
  );
}

/** What `factText` wrote; only ever our own text. */
export function readFact(text: string): unknown {
  // Most facts carry no money: a reviver takes five times as long as none.
  if (!text.includes('{"$int":')) return JSON.parse(text) as unknown;
  return JSON.parse(text, (_, one: unknown) => (isTagged(one) ? BigInt(one.$int) : one)) as unknown;
}

function isTagged(value: unknown): value is Tagged {
  return typeof value === 'object' && value !== null && '$int' in value && typeof value.$int === 'string';
}
