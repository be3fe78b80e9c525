import type { Stage } from '../crm/records.js';
import type { StageMap, StageMapEntry, StageMatch, TemplateStage } from './template.types.js';

interface Found {
  readonly stageKey: string;
  readonly match: StageMatch;
  readonly confidence: number;
}

type PlainStage = Pick<Stage, 'id' | 'name' | 'sort' | 'kind'>;

/**
 * Lays a template on a pipeline. Total: every stage of the pipeline gets an entry, and every open template stage from
 * the first one met on belongs to an entry. Names count first, then synonyms; what is left is
 * laid out between them in proportion. A match by name never runs backwards: of two that cross, the surer one stays.
 */
export function mapStages(
  templateStages: readonly TemplateStage[],
  pipelineStages: readonly PlainStage[],
): StageMap {
  const sorted = pipelineStages.toSorted((a, b) => a.sort - b.sort || (a.id < b.id ? -1 : 1));
  const open = sorted.filter((stage) => stage.kind === 'open');
  const entries = new Map<string, StageMapEntry>();
  const aside = templateStages.filter((stage) => ['paused', 'afterSale', 'lost'].includes(stage.kind));
  for (const stage of open) {
    const found = findByName(stage, aside);
    if (found) entries.set(stage.id, entryOf(stage.id, [found.stageKey], found));
  }
  const way = open.filter((stage) => !entries.has(stage.id));
  for (const entry of mapWay(templateStages, way)) entries.set(entry.pipelineStageId, entry);
  // A template's won stage that the pipeline has as an open one ("money received") is not entered again by closing.
  const taken = new Set([...entries.values()].flatMap((entry) => entry.stageKeys));
  const left = templateStages.filter((stage) => !taken.has(stage.key));
  for (const stage of sorted) {
    if (stage.kind !== 'open') entries.set(stage.id, mapClosing(stage, stage.kind, left));
  }
  return { entries: sorted.map((stage) => entries.get(stage.id)).filter((entry) => entry !== undefined) };
}

/** Won and lost stages take their like by name, else the first of their kind, else nothing. */
function mapClosing(
  stage: PlainStage,
  kind: 'won' | 'lost',
  templateStages: readonly TemplateStage[],
): StageMapEntry {
  const alike = templateStages.filter((candidate) => candidate.kind === kind);
  const named = findByName(stage, alike);
  if (named) return entryOf(stage.id, [named.stageKey], named);
  const first = alike[0];
  return {
    pipelineStageId: stage.id,
    stageKeys: first ? [first.key] : [],
    match: 'kind',
    confidence: 0.9,
  };
}

function mapWay(
  templateStages: readonly TemplateStage[],
  way: readonly PlainStage[],
): readonly StageMapEntry[] {
  // An open pipeline stage may be the template's won one by name ("money received" before the deal is closed).
  const wonAt = templateStages.findIndex((stage) => stage.kind === 'won');
  const targets = templateStages.filter((stage, at) => stage.kind === 'open' || at === wonAt);
  const named = increasing(
    way.map((stage) => findByName(stage, targets)),
    targets,
  );
  const slots = targets.filter(
    (stage) => stage.kind === 'open' || named.some((found) => found?.stageKey === stage.key),
  );
  if (slots.length === 0) return way.map((stage) => entryOf(stage.id, [], fallback('', 0)));
  const places = named.map((found) => slots.findIndex((slot) => slot.key === found?.stageKey));
  return coverGaps(way, slots, fillBetween(places, slots.length), named);
}

/** Keeps the longest run of name matches that goes forward, so that the way never turns back. */
function increasing(
  named: readonly (Found | null)[],
  targets: readonly TemplateStage[],
): readonly (Found | null)[] {
  const place = (found: Found | null): number => targets.findIndex((stage) => stage.key === found?.stageKey);
  const best: (readonly number[])[] = [];
  named.forEach((found, at) => {
    if (!found) return;
    const before = best.filter((chain) => place(named[chain.at(-1) ?? -1] ?? null) < place(found));
    const longest = before.reduce<readonly number[]>((a, b) => (b.length > a.length ? b : a), []);
    best.push([...longest, at]);
  });
  const chosen = new Set(best.reduce<readonly number[]>((a, b) => (b.length > a.length ? b : a), []));
  return named.map((found, at) => (chosen.has(at) ? found : null));
}

/** Places for stages without a name match, evenly between their matched neighbours; never decreasing. */
function fillBetween(places: readonly number[], slots: number): readonly number[] {
  const filled = [...places];
  let start = 0;
  while (start < filled.length) {
    if ((filled[start] ?? -1) >= 0) {
      start += 1;
      continue;
    }
    let end = start;
    while (end < filled.length && (filled[end] ?? -1) < 0) end += 1;
    spread(filled, start, end, slots);
    start = end;
  }
  return filled;
}

function spread(filled: number[], start: number, end: number, slots: number): void {
  const count = end - start;
  const before = start === 0 ? -1 : (filled[start - 1] ?? -1);
  const after = end === filled.length ? slots : (filled[end] ?? slots);
  const room = after - before - 1;
  for (let at = 0; at < count; at += 1) {
    const inRoom = before + 1 + Math.floor((at * room) / count);
    const squeezed = before >= 0 ? before : Math.min(after, slots - 1);
    filled[start + at] = room > 0 ? inRoom : squeezed;
  }
}

/**
 * Gives each slot between two places to the stage before it. Those before the first place go to the first stage only
 * when that one was laid out by position: a stage known by name means that what comes before it has happened.
 */
function coverGaps(
  way: readonly PlainStage[],
  slots: readonly TemplateStage[],
  places: readonly number[],
  named: readonly (Found | null)[],
): readonly StageMapEntry[] {
  const guess = way.length === slots.length ? 0.5 : 0.4;
  return way.map((stage, at) => {
    const own = places[at] ?? 0;
    const next = places[at + 1];
    const from = at === 0 && !named[0] ? 0 : own;
    const to = next === own ? own + 1 : (next ?? slots.length);
    const keys = slots.slice(from, to).map((slot) => slot.key);
    return entryOf(stage.id, keys, named[at] ?? fallback(slots[own]?.key ?? '', guess));
  });
}

function fallback(stageKey: string, confidence: number): Found {
  return { stageKey, match: 'position', confidence };
}

function entryOf(pipelineStageId: string, stageKeys: readonly string[], found: Found): StageMapEntry {
  return { pipelineStageId, stageKeys, match: found.match, confidence: found.confidence };
}

function findByName(stage: PlainStage, candidates: readonly TemplateStage[]): Found | null {
  const name = normalise(stage.name);
  const exact = candidates.find((candidate) => normalise(candidate.name) === name);
  if (exact) return { stageKey: exact.key, match: 'name', confidence: 1 };
  const synonym = candidates.find((candidate) =>
    candidate.synonyms.some((other) => normalise(other) === name),
  );
  if (synonym) return { stageKey: synonym.key, match: 'synonym', confidence: 0.9 };
  const inside = candidates.find((candidate) => containsAny(name, candidate));
  return inside ? { stageKey: inside.key, match: 'synonym', confidence: 0.7 } : null;
}

/** Words of four letters and more only: "КП" or "new" inside another word means nothing. */
function containsAny(name: string, candidate: TemplateStage): boolean {
  const names = [candidate.name, ...candidate.synonyms].map(normalise).filter((other) => other.length >= 4);
  return names.some((other) => ` ${name} `.includes(` ${other} `));
}

/** Letters and digits only, lower case, «ё» as «е», a leading number dropped. */
function normalise(name: string): string {
  const plain = name.normalize('NFKC').toLowerCase().replaceAll('ё', 'е');
  return plain
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .replace(/^\s*\d+\s+/, '')
    .trim();
}
