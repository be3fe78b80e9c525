import type { ActionOutcome } from '../../contract/actions.js';
import type { HostFailure } from '../../contract/failure.js';
import type { CommandAnswer } from './batch.js';

export const GONE: ActionOutcome = { kind: 'refused', failure: { kind: 'gone' } };
export const UNCHANGED: ActionOutcome = { kind: 'ok', hostId: null };

export function malformed(where: string): ActionOutcome {
  return refusedWith({ kind: 'malformed', where });
}

export function refusedWith(failure: HostFailure): ActionOutcome {
  return { kind: 'refused', failure };
}

export function isOutcome(value: ActionOutcome | object): value is ActionOutcome {
  return 'kind' in value && (value.kind === 'ok' || value.kind === 'refused' || value.kind === 'unknown');
}

/** `hostIdOf` reads the answer: null for one that says nothing that we understand, an outcome where it says more. */
export function outcomeOf(
  part: CommandAnswer,
  hostIdOf: (value: unknown) => string | ActionOutcome | null,
): ActionOutcome {
  if (part.kind === 'missing') return { kind: 'unknown' };
  if (part.kind === 'failed') {
    return part.fault.executed ? { kind: 'unknown' } : refusedWith(part.fault.failure);
  }
  const read = hostIdOf(part.value);
  if (read === null) return { kind: 'unknown' };
  return typeof read === 'string' ? { kind: 'ok', hostId: read } : read;
}
