import { shallowRef, type ShallowRef } from 'vue';
import type { OffDaysView } from '../../../src/features/pushing/day.view.js';
import type { ApiClient } from '../api/client.js';
import { addDays } from '../views/company/days.js';

export type OffReason = OffDaysView['off'][number]['why'];

export interface OffDays {
  /** Null: not known yet, or not to be had; then no day is refused here, and the server moves on to a working moment. */
  readonly off: ShallowRef<OffDaysView | null>;
  /** Asks once; again after a failure. */
  load(): Promise<void>;
}

/** Days on which somebody does not work. `of`: a person's id; `mine`, `everybody`. */
export function offDays(api: ApiClient, of: 'mine' | 'everybody' | { readonly userId: string }): OffDays {
  const off: OffDays['off'] = shallowRef(null);
  let asked = false;

  async function load(): Promise<void> {
    if (asked) return;
    asked = true;
    try {
      off.value = await api.read<OffDaysView>(`/api/day/off-days${queryOf(of)}`);
    } catch {
      asked = false;
    }
  }
  return { off, load };
}

function queryOf(of: Parameters<typeof offDays>[1]): string {
  if (of === 'mine') return '';
  return of === 'everybody' ? '?everybody=true' : `?userId=${encodeURIComponent(of.userId)}`;
}

/** Why nobody works on the day; null: it is a working day, or too far to tell. */
export function whyOff(off: OffDaysView | null, date: string): OffReason | null {
  return off?.off.find((span) => span.from <= date && date <= span.to)?.why ?? null;
}

/** The day itself, or the first working day after it. */
export function workingDay(off: OffDaysView | null, date: string): string {
  let day = date;
  for (const span of off?.off ?? []) if (span.from <= day && day <= span.to) day = addDays(span.to, 1);
  return day;
}
