/** What could not be processed, without its content: that may be customers' text. */
export interface DeadLetterView {
  readonly id: string;
  readonly source: 'inbox' | 'job' | 'outbox';
  readonly subject: string;
  readonly reason: string;
  readonly attempts: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}
