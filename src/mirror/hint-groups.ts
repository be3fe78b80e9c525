import type { ClaimedHint } from './inbox.repository.js';

/** All hints about one entity: it is read once, however many there are. */
export interface HintGroup {
  readonly entity: string;
  readonly id: string;
  readonly inboxIds: readonly string[];
  /** Of the hint that was tried most often. */
  readonly attempts: number;
}

/** Coalesces hints by entity, in the order of the first hint of each. */
export function groupHints(hints: readonly ClaimedHint[]): readonly HintGroup[] {
  const groups = new Map<string, { entity: string; id: string; inboxIds: string[]; attempts: number }>();
  for (const hint of hints) {
    const key = `${hint.entity} ${hint.id}`;
    const group = groups.get(key);
    if (!group) {
      groups.set(key, {
        entity: hint.entity,
        id: hint.id,
        inboxIds: [hint.inboxId],
        attempts: hint.attempts,
      });
      continue;
    }
    group.inboxIds.push(hint.inboxId);
    group.attempts = Math.max(group.attempts, hint.attempts);
  }
  return [...groups.values()];
}

export function inboxIdsOf(groups: readonly HintGroup[]): readonly string[] {
  return groups.flatMap((group) => group.inboxIds);
}
