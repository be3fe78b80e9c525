import { inject, onScopeDispose, provide, shallowRef, type InjectionKey, type ShallowRef } from 'vue';
import type { ApiFailure } from '../../api/failure.js';

/** What was just done, and the way back. */
export interface Deed {
  /** Which block tells it: a frame may be taller than the window, so it stands where the hand was. */
  readonly at: string;
  readonly words: string;
  readonly undo: (() => void) | null;
}

/** What was refused; shown until it is read. */
export interface Refusal {
  readonly at: string;
  readonly failure: ApiFailure;
  /** Somebody else saved meanwhile: theirs is shown by now. */
  readonly conflict: boolean;
  readonly again: (() => void) | null;
}

export interface Deeds {
  readonly deed: ShallowRef<Deed | null>;
  readonly refusal: ShallowRef<Refusal | null>;
  offer(deed: Deed): void;
  refuse(refusal: Refusal): void;
  dismiss(): void;
  /** Stops the clock while somebody reads, and starts it again. */
  hold(): void;
  release(): void;
}

/** How long "undo" is offered. */
const OFFER_MS = 8_000;
const key: InjectionKey<Deeds> = Symbol('deeds');

export function provideDeeds(): Deeds {
  const deed: ShallowRef<Deed | null> = shallowRef(null);
  const refusal: ShallowRef<Refusal | null> = shallowRef(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const hold = (): void => clearTimeout(timer);

  function dismiss(): void {
    hold();
    deed.value = null;
    refusal.value = null;
  }

  function release(): void {
    hold();
    if (deed.value) timer = setTimeout(() => (deed.value = null), OFFER_MS);
  }

  function offer(next: Deed): void {
    refusal.value = null;
    deed.value = next;
    release();
  }

  function refuse(next: Refusal): void {
    dismiss();
    refusal.value = next;
  }

  onScopeDispose(hold);
  const deeds = { deed, refusal, offer, refuse, dismiss, hold, release };
  provide(key, deeds);
  return deeds;
}

export function useDeeds(): Deeds {
  const deeds = inject(key);
  if (!deeds) throw new Error('useDeeds: outside the settings');
  return deeds;
}
