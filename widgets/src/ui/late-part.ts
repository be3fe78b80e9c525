import { h, shallowRef, type Component, type FunctionalComponent, type ShallowRef } from 'vue';
import type { ScreenName } from '../screens.js';
import LateFault from './late-fault.vue';
import LateScreen from './late-screen.vue';

/** A component that comes when it is asked for; nothing stands in its place until then, or what says that it did not come. */
export interface LatePart {
  readonly part: ShallowRef<Component | null>;
  /** Idempotent; a failed load is tried again at the next call. */
  readonly want: () => void;
}

/** The framework's own async components bring code into the plan's first bytes; this does what we need of them. */
export function latePart(load: () => Promise<{ readonly default: Component }>): LatePart {
  const part: ShallowRef<Component | null> = shallowRef(null);
  let state: 'idle' | 'loading' | 'there' = 'idle';
  let failures = 0;

  function want(): void {
    if (state !== 'idle') return;
    state = 'loading';
    load().then(
      (module) => {
        state = 'there';
        part.value = module.default;
      },
      () => {
        state = 'idle';
        failures += 1;
        part.value = faultPart(failures > 1, want);
      },
    );
  }
  return { part, want };
}

/** What stands in a part's place when its code did not come. What the part would be handed is nothing to it. */
function faultPart(stubborn: boolean, again: () => void): Component {
  const fault: FunctionalComponent = () => h(LateFault, { stubborn, onAgain: again });
  fault.inheritAttrs = false;
  return fault;
}

let lost: ScreenName | null = null;

/** Instead of a screen whose code did not come. It asks for the screen again; after the second time for a new page. */
export function lateScreen(name: ScreenName): Component {
  const stubborn = lost === name;
  lost = name;
  const screen: FunctionalComponent<Record<never, never>, { show: [name: ScreenName] }> = (
    _props,
    { emit },
  ) => h(LateScreen, { name, stubborn, onShow: (again: ScreenName) => emit('show', again) });
  screen.emits = ['show'];
  screen.inheritAttrs = false;
  return screen;
}
