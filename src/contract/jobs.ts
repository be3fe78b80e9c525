/**
 * Jobs by which features meet: one enqueues, another one handles, and neither imports the other. The objects have the
 * shape that the job runner of infra takes.
 */
export interface RobotCall {
  readonly accountId: string;
  readonly dealId: string;
  /** Library key or template id; null: what the deal's pipeline uses. */
  readonly templateKey: string | null;
  /** Repeats of one call carry the same id. */
  readonly callId: string;
}

/** "Generate a task plan" was called by the host's automation. */
export const robotCalled = {
  name: 'plans.robot',
  ordered: (call: RobotCall): string => call.accountId,
} as const;
