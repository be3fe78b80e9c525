/** The account's one list of products; its elements are the company's products. */
export const CATALOG_ID = 600_001;
const FIRST_ELEMENT = 700_000;

export function elementId(productId: number): number {
  return FIRST_ELEMENT + productId;
}

const shared = new Map<number, readonly number[]>();

/** The same list for every lead with the same product. */
export function elementsOf(productId: number | null): readonly number[] {
  if (productId === null) return [];
  const known = shared.get(productId) ?? [elementId(productId)];
  shared.set(productId, known);
  return known;
}
