/** Planned work of one person on one day; `day` as `YYYY-MM-DD` in that person's zone. */
export interface PlannedWork {
  readonly userId: string;
  readonly day: string;
  readonly minutes: number;
}

export interface DayLoad {
  readonly day: string;
  readonly planned: number;
  /** Working minutes of the day less what the account keeps free. */
  readonly capacity: number;
}

export interface PersonLoad {
  readonly userId: string;
  readonly planned: number;
  readonly capacity: number;
  /** planned / capacity; null when the person does not work in the period. */
  readonly share: number | null;
  readonly overloaded: readonly DayLoad[];
}

/**
 * Planned minutes against capacity, by person. Work on a day without capacity overloads it, whatever its length.
 *
 * @param capacity minutes that a person can work on a day, from their own calendar; 0 for a day off.
 */
export function loadByPerson(
  work: Iterable<PlannedWork>,
  days: readonly string[],
  people: readonly string[],
  capacity: (userId: string, day: string) => number,
): readonly PersonLoad[] {
  const planned = new Map<string, number>();
  for (const { userId, day, minutes } of work) {
    const key = `${day} ${userId}`;
    planned.set(key, (planned.get(key) ?? 0) + minutes);
  }
  return people.map((userId) => {
    const loads = days.map((day) => ({
      day,
      planned: planned.get(`${day} ${userId}`) ?? 0,
      capacity: capacity(userId, day),
    }));
    const all = loads.reduce((sum, load) => sum + load.planned, 0);
    const can = loads.reduce((sum, load) => sum + load.capacity, 0);
    return {
      userId,
      planned: all,
      capacity: can,
      share: can > 0 ? all / can : null,
      overloaded: loads.filter((load) => load.planned > load.capacity),
    };
  });
}
