import { Inject, Injectable } from '@nestjs/common';
import type { ActionOutcome } from '../contract/actions.js';
import type { HostClient } from '../contract/client.js';
import { decideOnFailure } from '../contract/failure-policy.js';
import type { Clock } from '../domain/crm/time.js';
import { CLOCK } from '../infra/clock.js';
import { uuidv7 } from '../infra/ids.js';
import { AccountPauses } from './account-pauses.js';
import { AccountTrouble } from './account-trouble.js';
import { ActionDelivery, type ActionClaim } from './action-delivery.repository.js';
import { ActionRecorder } from './action-recorder.js';
import {
  type ActionSettlement,
  postponedAction,
  refusal,
  settleAction,
  settleActionLookUp,
  unsentAction,
} from './action-settlement.js';
import type { OutboxAction } from './action.types.js';
import type { Round } from './courier.js';
import { holdLease } from './lease.js';
import { CLOCK_SLACK_MS } from './look-ups.js';
import { sendMarked } from './marked-send.js';
import { OutboxCounters } from './outbox-counters.js';
import { OUTBOX_SETTINGS, type OutboxSettings } from './outbox-settings.js';

const ACTIONS_PER_ROUND = 50;
const NOTHING_DONE: Round = { taken: 0, more: false };

/** The parts that a round of actions is made of. */
@Injectable()
export class ActionParts {
  constructor(
    readonly repository: ActionDelivery,
    readonly recorder: ActionRecorder,
    readonly counters: OutboxCounters,
  ) {}
}

/** Takes an account's due actions to the host, by the same discipline as tasks. */
@Injectable()
export class ActionCourier {
  constructor(
    @Inject(OUTBOX_SETTINGS) private readonly settings: OutboxSettings,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly parts: ActionParts,
    private readonly trouble: AccountTrouble,
    private readonly pauses: AccountPauses,
  ) {}

  /** One round for one account. Never throws for what a host does. */
  async round(accountId: string): Promise<Round> {
    if (this.pauses.of(accountId) === 'all') return NOTHING_DONE;
    const { repository } = this.parts;
    const { leaseMs } = this.settings;
    const limit = this.pauses.portion(accountId, ACTIONS_PER_ROUND);
    const claim = await repository.claim(accountId, uuidv7(), limit, leaseMs);
    if (claim.actions.length === 0) return NOTHING_DONE;
    const lease = {
      extend: () => repository.extend(claim, leaseMs),
      release: () => repository.release(claim),
    };
    await holdLease(lease, leaseMs, async () => {
      const client = await this.trouble.client(accountId);
      if (client) await this.work(client, claim);
    });
    return { taken: claim.actions.length, more: this.pauses.of(accountId) !== 'all' };
  }

  private async work(client: HostClient, claim: ActionClaim): Promise<void> {
    const uncertain = claim.actions.filter(({ state }) => state !== 'planned');
    await this.lookUp(client, claim, uncertain);
    await this.carryOut(
      client,
      claim,
      claim.actions.filter(({ state }) => state === 'planned'),
    );
  }

  /** Asks the host what became of actions whose answer nobody has. */
  private async lookUp(client: HostClient, claim: ActionClaim, rows: readonly OutboxAction[]): Promise<void> {
    if (rows.length === 0) return;
    const lookups = rows.map(({ key, action, firstSentAt }) => ({
      key,
      action,
      since: (firstSentAt ?? claim.now) - CLOCK_SLACK_MS,
    }));
    const { recorder, counters } = this.parts;
    let found: ReadonlyMap<string, string>;
    try {
      found = await client.findActions(lookups);
    } catch (error) {
      const pauseMs = await this.trouble.failed(claim.accountId, error);
      await recorder.record(
        claim,
        rows.map((row) => postponedAction(row, pauseMs)),
      );
      return;
    }
    counters.lookedUp(found.size, rows.length - found.size);
    const { lookUpWaitMs } = this.settings;
    await recorder.record(
      claim,
      rows.map((row) => settleActionLookUp(row, found.get(row.key), claim.now, lookUpWaitMs)),
    );
  }

  private async carryOut(
    client: HostClient,
    claim: ActionClaim,
    rows: readonly OutboxAction[],
  ): Promise<void> {
    if (rows.length === 0) return;
    const { repository, recorder } = this.parts;
    const keys = rows.map(({ key }) => key);
    const sent = await sendMarked<ActionOutcome>({
      count: rows.length,
      leaseMs: this.settings.leaseMs,
      mark: () => repository.markSending(claim, keys, this.settings.leaseMs),
      request: (beforeSend) => client.act(rows, beforeSend),
      failed: (error) => this.trouble.failed(claim.accountId, error),
    });
    if (sent === 'unsent') return recorder.record(claim, rows.map(unsentAction));
    const outcomes = sent === 'uncertain' ? rows.map(() => UNKNOWN) : sent;
    const settlements: ActionSettlement[] = [];
    for (const [index, row] of rows.entries()) {
      const outcome = outcomes[index] ?? UNKNOWN;
      this.parts.counters.wrote(row.action.kind, outcome.kind);
      if (outcome.kind === 'refused')
        await this.trouble.refused(claim.accountId, row.action, outcome.failure);
      settlements.push(this.verdictOn(claim, row, outcome, rows.length));
    }
    if (outcomes.some(({ kind }) => kind === 'ok')) await this.trouble.succeeded(claim.accountId);
    await recorder.record(claim, settlements);
  }

  private verdictOn(
    claim: ActionClaim,
    row: OutboxAction,
    outcome: ActionOutcome,
    size: number,
  ): ActionSettlement {
    const now = this.clock.now();
    const decision =
      outcome.kind === 'refused' ? decideOnFailure(outcome.failure, row.attempts + 1, now) : null;
    if (decision?.kind === 'shrink' && !this.pauses.shrink(claim.accountId, size)) {
      return refusal(row, 'too large for the host', true);
    }
    return settleAction(row, outcome, decision, now);
  }
}

const UNKNOWN: ActionOutcome = { kind: 'unknown' };
