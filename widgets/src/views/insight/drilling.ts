import { inject, provide, shallowRef, type InjectionKey, type ShallowRef } from 'vue';

/** A number that somebody asked about: what opens its deals, and what the number said. */
export interface Asked {
  readonly drill: string;
  readonly title: string;
}

type Open = (asked: Asked) => void;

const key: InjectionKey<Open> = Symbol('drill');

export function provideDrill(): ShallowRef<Asked | null> {
  const asked: ShallowRef<Asked | null> = shallowRef(null);
  provide(key, (next) => (asked.value = next));
  return asked;
}

export function useDrill(): Open {
  const open = inject(key);
  if (!open) throw new Error('useDrill: outside a page of insight');
  return open;
}
