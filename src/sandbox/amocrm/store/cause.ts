/** Who does a change. 0 is a robot. */
export interface Cause {
  readonly userId: number;
}

export const ROBOT: Cause = { userId: 0 };

export function byUser(userId: number): Cause {
  return { userId };
}
