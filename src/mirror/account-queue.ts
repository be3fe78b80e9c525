type Work = (accountId: string) => Promise<void>;

/**
 * Runs `work` for accounts that were asked for: never twice at once for one account, once more when it was asked for
 * while it ran, and for at most `width` accounts side by side, so that one flood leaves room for the others.
 */
export class AccountQueue {
  private readonly waiting = new Set<string>();
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly width: number,
    private readonly work: Work,
    private readonly onFault: (accountId: string, error: unknown) => void,
  ) {}

  ask(accountId: string): void {
    this.waiting.add(accountId);
    this.next();
  }

  /** Forgets what waits and resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.waiting.clear();
    await Promise.all(this.running.values());
  }

  private next(): void {
    for (const accountId of this.waiting) {
      if (this.running.size >= this.width) return;
      if (this.running.has(accountId)) continue;
      this.waiting.delete(accountId);
      this.running.set(accountId, this.run(accountId));
    }
  }

  private async run(accountId: string): Promise<void> {
    try {
      await this.work(accountId);
    } catch (error) {
      this.onFault(accountId, error);
    } finally {
      this.running.delete(accountId);
      this.next();
    }
  }
}
