import type { TemplateBody } from '../../../../src/domain/plans/template.types.js';

/** What somebody else's version has that one's own lacks, by the names that people see. */
export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  /** Name, description or rules of the whole template, or the order of its parts. */
  readonly whole: boolean;
}

export function differenceOf(mine: TemplateBody, theirs: TemplateBody): Difference {
  const [own, other] = [partsOf(mine), partsOf(theirs)];
  const names = (
    parts: ReadonlyMap<string, Part>,
    pick: (key: string, part: Part) => boolean,
  ): readonly string[] => [...parts].filter(([key, part]) => pick(key, part)).map(([, part]) => part.name);
  const order = (parts: ReadonlyMap<string, Part>): string =>
    [...parts.keys()].filter((key) => own.has(key) && other.has(key)).join();
  return {
    added: names(other, (key) => !own.has(key)),
    removed: names(own, (key) => !other.has(key)),
    changed: names(
      other,
      (key, part) => own.get(key)?.text !== undefined && own.get(key)?.text !== part.text,
    ),
    whole: wholeOf(mine) !== wholeOf(theirs) || order(own) !== order(other),
  };
}

interface Part {
  readonly name: string;
  readonly text: string;
}

function partsOf(body: TemplateBody): ReadonlyMap<string, Part> {
  return new Map(
    body.stages.flatMap((stage) => {
      const { steps, ...rest } = stage;
      return [
        [`stage ${stage.key}`, { name: stage.name, text: textOf(rest) }] as const,
        ...steps.map((step) => [`step ${step.key}`, { name: step.title, text: textOf(step) }] as const),
      ];
    }),
  );
}

function wholeOf(body: TemplateBody): string {
  return textOf({ ...body, stages: [] });
}

/** The server answers fields in an order of its own. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
