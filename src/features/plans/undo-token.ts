import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import { Vault } from '../../infra/crypto/vault.js';

/** Longer than the widget's eight seconds, for slow networks; short enough that nobody undoes yesterday's work. */
const LIFETIME_MS = 60_000;
const FIELD = 'undo';

/** One command that may be taken back. */
export interface UndoTicket {
  readonly planId: string;
  readonly stepId: string;
  /** When the command was recorded: a later command makes the ticket void. */
  readonly at: Instant;
  readonly userId: string;
}

/** Tickets travel sealed through the browser, so the server keeps nothing for them. */
@Injectable()
export class UndoTokens {
  constructor(
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  issue(accountId: string, ticket: UndoTicket): string {
    return this.vault.seal(JSON.stringify(ticket), { accountId, field: FIELD });
  }

  /** Null: not ours, another person's or account's, or over. */
  read(accountId: string, userId: string, token: string): UndoTicket | null {
    try {
      const ticket = JSON.parse(this.vault.open(token, { accountId, field: FIELD })) as UndoTicket;
      const over = this.clock.now() - ticket.at > LIFETIME_MS;
      return over || ticket.userId !== userId ? null : ticket;
    } catch {
      return null;
    }
  }
}
