import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import type {
  PanelAction,
  PanelActionAnswer,
  PanelRowView,
} from '../../../../src/features/pushing/panel.view.js';
import type { ApiClient } from '../../api/client.js';
import { asFailure, type ApiFailure } from '../../api/failure.js';
import type { Panel } from './use-panel.js';

/** How long "undo" is offered. */
const OFFER_MS = 8_000;

/** What was just done, and whether it can be taken back. */
export interface Deed {
  readonly kind: PanelAction['kind'];
  readonly done: number;
  readonly refused: PanelActionAnswer['refused'];
  readonly undo: string | null;
}

export interface PanelActions {
  readonly deed: ShallowRef<Deed | null>;
  readonly fault: ShallowRef<ApiFailure | null>;
  readonly working: Ref<boolean>;
  /** Grows when something was done or taken back: what shows deals otherwise than as the list looks again. */
  readonly turn: Ref<number>;
  /** True: the server has done it, for some deals at least. */
  run(action: PanelAction): Promise<boolean>;
  undo(): Promise<void>;
  dismiss(): void;
}

/** What heads do to deals: shown at once, taken back with a reason where the server refuses. */
export function useActions(api: ApiClient, panel: Panel): PanelActions {
  const deed: ShallowRef<Deed | null> = shallowRef(null);
  const fault = shallowRef<ApiFailure | null>(null);
  const working = ref(false);
  const turn = ref(0);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function offer(next: Deed): void {
    clearTimeout(timer);
    deed.value = next;
    // What was refused stays until it is read.
    if (next.refused.length === 0) timer = setTimeout(() => (deed.value = null), OFFER_MS);
  }

  async function run(action: PanelAction): Promise<boolean> {
    const before = panel.rows.value;
    fault.value = null;
    working.value = true;
    panel.patch(action.dealIds, (row) => expected(row, action));
    try {
      const answer = await api.write<PanelActionAnswer>('POST', '/api/panel/actions', action);
      const back = new Map(before.map((row) => [row.dealId, row]));
      const refused = answer.refused.map((one) => one.dealId);
      panel.patch(refused, (row) => back.get(row.dealId) ?? row);
      offer({ kind: action.kind, done: answer.done, refused: answer.refused, undo: answer.undo });
      turn.value += 1;
      // A push takes no deal out of its place: whoever scrolled far down to it stays there.
      if (action.kind === 'push') panel.tick();
      else void panel.reload();
      return answer.done > 0;
    } catch (error) {
      panel.rows.value = before;
      fault.value = asFailure(error);
      return false;
    } finally {
      working.value = false;
    }
  }

  async function undo(): Promise<void> {
    const token = deed.value?.undo ?? null;
    clearTimeout(timer);
    deed.value = null;
    if (token === null) return;
    try {
      await api.write('POST', '/api/panel/undo', { undo: token });
    } catch (error) {
      fault.value = asFailure(error);
    }
    turn.value += 1;
    await panel.reload();
  }

  onScopeDispose(() => clearTimeout(timer));
  return {
    ...{ deed, fault, working, turn, run, undo },
    dismiss: () => {
      clearTimeout(timer);
      deed.value = null;
      fault.value = null;
    },
  };
}

/** The row as it will be when the server agrees; null: it leaves the list. */
function expected(row: PanelRowView, action: PanelAction): PanelRowView | null {
  const without = (...marks: readonly string[]): Pick<PanelRowView, 'marks' | 'why'> => ({
    marks: row.marks.filter((mark) => !marks.includes(mark)),
    why: row.why.filter((one) => !marks.includes(one.mark)),
  });
  switch (action.kind) {
    case 'push':
      return {
        ...row,
        push: {
          id: '',
          at: new Date().toISOString(),
          byName: null,
          state: 'waiting',
          answer: null,
          coolUntil: null,
        },
      };
    case 'close':
      return null;
    case 'snooze':
      return { ...row, snoozedUntil: action.until, ...without('stuck') };
    case 'replan':
      return { ...row, ...without('overdue') };
    default:
      return row;
  }
}
