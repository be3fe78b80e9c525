/** Values of the past and of the future around the present one; all of them immutable. */
export interface History<Value> {
  readonly past: readonly Value[];
  readonly present: Value;
  readonly future: readonly Value[];
  /** What the newest change was about, and when: the next one of the same kind soon after joins it. */
  readonly label: string;
  readonly at: number;
}

const DEPTH = 200;
/** Letters typed into one field within this pause are one change. */
const TOGETHER_MS = 1_500;

export function beginHistory<Value>(present: Value): History<Value> {
  return { past: [], present, future: [], label: '', at: 0 };
}

/** `label` empty: never joined with the change before. */
export function record<Value>(
  history: History<Value>,
  next: Value,
  label: string,
  now: number,
): History<Value> {
  if (next === history.present) return history;
  const joins = label !== '' && label === history.label && now - history.at < TOGETHER_MS;
  const past = joins ? history.past : [...history.past, history.present].slice(-DEPTH);
  return { past, present: next, future: [], label, at: now };
}

export function undo<Value>(history: History<Value>): History<Value> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: before,
    future: [history.present, ...history.future],
    label: '',
    at: 0,
  };
}

export function redo<Value>(history: History<Value>): History<Value> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future, label: '', at: 0 };
}
