import { Injectable } from '@nestjs/common';
import type { EntityChange, EntityKind } from '../../contract/client.js';
import { audit } from '../../infra/audit.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { DeadLetters, type DeadLetter } from '../../infra/jobs/dead-letters.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { Intake } from '../../mirror/index.js';
import { ActionOutbox, Outbox } from '../../outbox/index.js';

const ENTITIES: ReadonlySet<unknown> = new Set<EntityKind>(['deal', 'task', 'user', 'structure']);

/** Gives what was given up another try, or throws it away. */
@Injectable()
export class Redrives {
  constructor(
    private readonly database: Database,
    private readonly letters: DeadLetters,
    private readonly intake: Intake,
    private readonly jobs: Jobs,
    private readonly outbox: Outbox,
    private readonly actions: ActionOutbox,
  ) {}

  /** `impossible`: nobody handles that any more. Hints are repeated after the letter is taken: twice does no harm. */
  async redrive(person: SessionClaims, id: string): Promise<'done' | 'unknown' | 'impossible'> {
    const { accountId, userId } = person;
    const outcome = await this.database
      .transaction(async (tx) => {
        const letter = await this.letters.take(accountId, id, tx);
        if (!letter) return { kind: 'unknown' } as const;
        if (!(await this.repeat(tx, letter))) throw new NotRedrivable();
        await audit(tx, { accountId, actor: userId, action: 'deadLetter.redriven', detail: { id } });
        return { kind: 'done', letter } as const;
      })
      .catch(asImpossible);
    if (outcome.kind !== 'done') return outcome.kind;
    if (outcome.letter.source === 'inbox') {
      await this.intake.accept(accountId, changesOf(outcome.letter), null);
    }
    return 'done';
  }

  async drop({ accountId, userId }: SessionClaims, id: string): Promise<boolean> {
    const dropped = await this.letters.drop(accountId, id);
    if (dropped) {
      await audit(this.database, { accountId, actor: userId, action: 'deadLetter.dropped', detail: { id } });
    }
    return dropped;
  }

  private async repeat(tx: Sql, letter: DeadLetter): Promise<boolean> {
    if (letter.source === 'inbox') return changesOf(letter).length > 0;
    if (letter.source === 'job') return this.jobs.redrive(letter.subject, letter.payload, tx);
    await tx.query(
      `UPDATE outbox_task SET state = CASE WHEN host_task_id IS NULL THEN 'planned' ELSE 'created' END,
         attempts = 0, fault = NULL, next_at = now()
       WHERE account_id = $1::uuid AND key = $2 AND state = 'failed'`,
      [letter.accountId, letter.subject],
    );
    await this.actions.redrive(tx, letter.accountId, letter.subject);
    await this.outbox.resume(tx, letter.accountId);
    return true;
  }
}

class NotRedrivable extends Error {}

function asImpossible(error: unknown): { readonly kind: 'impossible' } {
  if (error instanceof NotRedrivable) return { kind: 'impossible' };
  throw error;
}

/** Hints are only ids: the entities are read again. */
function changesOf({ payload }: DeadLetter): readonly EntityChange[] {
  const { entity, ids } = payload as { entity?: unknown; ids?: unknown };
  if (!ENTITIES.has(entity) || !Array.isArray(ids)) return [];
  return ids
    .filter((id): id is string => typeof id === 'string')
    .map((id) => ({ entity: entity as EntityKind, id, change: 'saved' }));
}
