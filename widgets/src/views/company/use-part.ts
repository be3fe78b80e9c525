import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import type { ApiClient } from '../../api/client.js';
import { asFailure, type ApiFailure } from '../../api/failure.js';
import type { Deeds } from './use-deeds.js';

/** What the server keeps of one part of the settings. */
interface Revised {
  readonly revision: number;
  readonly mayChange: boolean;
}

export type Edit<View> = (view: View) => View;

/** One part of the settings: what the server keeps, with the edits that it has not confirmed yet laid over it. */
export interface Part<View> {
  readonly view: ComputedRef<View | null>;
  readonly failure: ShallowRef<ApiFailure | null>;
  /** Reads once; `reload` reads again. */
  load(): void;
  reload(): Promise<void>;
  /**
   * Shows the edit at once and saves it after those before it. False: it was refused, and is gone from the view. `at` names
   * the block that tells so, `words` what was done.
   */
  change(edit: Edit<View>, at: string, words: string): Promise<boolean>;
  /** Lays something over the view that another address saves. */
  patch(edit: Edit<View>): void;
}

export interface PartSource<View> {
  readonly path: string;
  /** What `PUT` takes besides the revision. */
  readonly body: (view: View) => object;
}

export function usePart<View extends Revised>(
  api: ApiClient,
  deeds: Deeds,
  { path, body }: PartSource<View>,
): Part<View> {
  const base: ShallowRef<View | null> = shallowRef(null);
  const pending = shallowRef<readonly Edit<View>[]>([]);
  const failure = shallowRef<ApiFailure | null>(null);
  const view = computed(() => base.value && pending.value.reduce((sum, edit) => edit(sum), base.value));
  let asked = false;
  let line: Promise<unknown> = Promise.resolve();

  async function reload(): Promise<void> {
    asked = true;
    try {
      base.value = await api.read<View>(path);
      failure.value = null;
    } catch (error) {
      failure.value = asFailure(error);
    }
  }

  function change(edit: Edit<View>, at: string, words: string, undoable = true): Promise<boolean> {
    pending.value = [...pending.value, edit];
    const saved = line.then(() => send(edit, at, words, undoable));
    line = saved;
    return saved;
  }

  async function send(edit: Edit<View>, at: string, words: string, undoable: boolean): Promise<boolean> {
    const before = base.value;
    if (!before) return false;
    try {
      const answer = await api.write<View>('PUT', path, { revision: before.revision, ...body(edit(before)) });
      settle(edit, answer);
      const back: Edit<View> = (now) => ({ ...before, revision: now.revision });
      deeds.offer({ at, words, undo: undoable ? () => void change(back, at, words, false) : null });
      return true;
    } catch (error) {
      const why = asFailure(error);
      const conflict = why.code === 'changed-meanwhile';
      // In a conflict the other's version is shown before the person is asked whether to make the edit again over it.
      const fresh = conflict ? await api.read<View>(path).catch(() => null) : null;
      settle(edit, fresh ?? base.value);
      // What is taken back over somebody else's work would take that back too.
      const mayRepeat = conflict ? fresh !== null && undoable : why.passing;
      const again = mayRepeat ? (): void => void change(edit, at, words, undoable) : null;
      deeds.refuse({ at, failure: why, conflict, again });
      return false;
    }
  }

  function settle(edit: Edit<View>, next: View | null): void {
    pending.value = pending.value.filter((each) => each !== edit);
    base.value = next;
  }

  const load = (): void => void (asked || reload());
  const patch = (edit: Edit<View>): void => void (base.value &&= edit(base.value));
  return { view, failure, load, reload, change, patch };
}
