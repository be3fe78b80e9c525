/** A kind of background work. Payloads are plain JSON without secrets: ids, and texts only where nobody can read them again. */
export interface JobDefinition<Payload extends object> {
  readonly name: string;
  /** Jobs of one key run one after another in the order of enqueueing, over all processes; e.g. the account's id. */
  readonly ordered?: (payload: Payload) => string;
  /** At most one job of a key waits at a time: enqueueing another one while it waits does nothing. */
  readonly singleton?: (payload: Payload) => string;
  /** Attempts after the first; then the job becomes a dead letter and its key moves on. Default 5. */
  readonly retryLimit?: number;
  /** How long one attempt may take; after that it counts as failed and its signal is aborted. Default 300. */
  readonly expireInSeconds?: number;
  /** Jobs taken at once; they run one after another. Default 20. */
  readonly batchSize?: number;
  /** Phantom: keeps the payload's type with the definition. */
  readonly payload?: Payload;
}

export function defineJob<Payload extends object>(
  definition: JobDefinition<Payload>,
): JobDefinition<Payload> {
  if (definition.ordered && definition.singleton) {
    throw new Error(`job ${definition.name} can be ordered or singleton, not both`);
  }
  return definition;
}

export interface JobContext {
  /** Aborted when the process is about to stop, or the attempt has taken too long. */
  readonly signal: AbortSignal;
  /** Counts from 1. */
  readonly attempt: number;
}

export type JobHandler<Payload extends object> = (payload: Payload, context: JobContext) => Promise<void>;
