import { shallowRef, type Component, type ShallowRef } from 'vue';

/** A component that comes when it is asked for; nothing stands in its place until then. */
export interface LatePart {
  readonly part: ShallowRef<Component | null>;
  /** Idempotent; a failed load is tried again at the next call. */
  readonly want: () => void;
}

/** The framework's own async components bring code into the plan's first bytes; this does what we need of them. */
export function latePart(load: () => Promise<{ readonly default: Component }>): LatePart {
  const part: ShallowRef<Component | null> = shallowRef(null);
  let loading = false;
  return {
    part,
    want: () => {
      if (loading || part.value !== null) return;
      loading = true;
      load()
        .then((module) => (part.value = module.default))
        .catch(() => undefined)
        .finally(() => (loading = false));
    },
  };
}
