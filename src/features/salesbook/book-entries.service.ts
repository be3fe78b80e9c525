import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import type { Sql } from '../../infra/db/sql.js';
import { ApiError } from '../../infra/http/api-error.js';
import { uuidv7 } from '../../infra/ids.js';
import { BookAccess, noEntry } from './book-access.service.js';
import { BookWriting } from './book-writing.service.js';
import type { NewEntryRequest } from './book.requests.js';
import type { BookBody, BookEntry } from './book.types.js';
import type { PlannedEnd } from './salesbook.view.js';

const MINUTE_MS = 60_000;
/** Nobody plans a sale further ahead. */
const FARTHEST_MS = 5 * 366 * 24 * 60 * MINUTE_MS;

/** What people write into the Sales Book themselves. */
@Injectable()
export class BookEntries {
  constructor(
    private readonly access: BookAccess,
    private readonly writing: BookWriting,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns the new entry's id. */
  async write(person: SessionClaims, request: NewEntryRequest): Promise<string> {
    if (request.kind === 'correction') return this.correct(person, request);
    const dealId = request.dealId ?? '';
    const { title } = await this.access.demandDeal(person, dealId);
    const userIds = await this.known(person, request.tell ?? []);
    const body = { text: request.text.trim(), dealTitle: title, ...(userIds.length > 0 && { userIds }) };
    if (request.kind === 'plannedEvent') return this.plan(person, request, { dealId, body });
    return this.add(person, { kind: request.kind, dealId, body });
  }

  /** What became of a planned event; it can be said once, by whoever may handle its deal. */
  async settle(person: SessionClaims, entryId: string, { state }: PlannedEnd): Promise<void> {
    const entry = await this.access.demandEntry(person, entryId);
    if (entry.kind !== 'plannedEvent') throw noEntry();
    const now = this.clock.now();
    const written = await this.writing.write(
      person.accountId,
      [
        {
          // One end for each planned event: the second one who says it changes nothing.
          sourceKey: `planned-end|${entryId}`,
          at: now,
          kind: state === 'done' ? 'plannedDone' : 'plannedCancelled',
          dealId: entry.dealId,
          by: person.userId,
          byHand: true,
          body: { ...whatAndWhere(entry.body), entryId },
        },
      ],
      async (tx, [end]) => {
        if (!end) return;
        await tx.query(
          `UPDATE book_plan SET state = $3, settled_at = $4, remind_at = NULL
           WHERE account_id = $1::uuid AND entry_id = $2`,
          [person.accountId, entryId, state, new Date(now)],
        );
      },
    );
    if (written.length === 0) throw settledAlready();
  }

  private async plan(
    person: SessionClaims,
    { at = '', remindMinutesBefore = 0 }: NewEntryRequest,
    what: { readonly dealId: string; readonly body: BookBody },
  ): Promise<string> {
    const now = this.clock.now();
    const dueAt = instantOf(at);
    if (dueAt === null || dueAt <= now || dueAt > now + FARTHEST_MS) throw notAhead();
    const remindAt = Math.max(now, dueAt - remindMinutesBefore * MINUTE_MS);
    const body = { ...what.body, dueAt, remindMinutesBefore };
    return this.add(person, { kind: 'plannedEvent', dealId: what.dealId, body }, async (tx, [entry]) => {
      if (!entry) return;
      await tx.query(
        `INSERT INTO book_plan (account_id, entry_id, due_at, remind_at) VALUES ($1::uuid, $2, $3, $4)`,
        [person.accountId, entry.entryId, new Date(dueAt), new Date(remindAt)],
      );
    });
  }

  /** Only what people wrote can be corrected, by the writer or an administrator; facts come from where they happened. */
  private async correct(person: SessionClaims, { entryId = '', text }: NewEntryRequest): Promise<string> {
    const entry = await this.access.demandEntry(person, entryId);
    const mayCorrect = entry.byHand && (entry.by === person.userId || person.admin);
    if (!mayCorrect) throw notYours();
    const { dealTitle, userIds } = entry.body;
    const body = { text: text.trim(), entryId, ...(dealTitle && { dealTitle }), ...(userIds && { userIds }) };
    return this.add(person, { kind: 'correction', dealId: entry.dealId, body });
  }

  private async add(
    person: SessionClaims,
    what: Pick<BookEntry, 'kind' | 'dealId' | 'body'>,
    within?: (tx: Sql, written: readonly BookEntry[]) => Promise<void>,
  ): Promise<string> {
    const entry = {
      ...what,
      sourceKey: `hand|${uuidv7()}`,
      at: this.clock.now(),
      by: person.userId,
      byHand: true,
    };
    const [written] = await this.writing.write(person.accountId, [entry], within);
    if (!written) throw noEntry();
    return written.entryId;
  }

  /** People who work here; a name that nobody has is a fault of the caller. */
  private async known(person: SessionClaims, tell: readonly string[]): Promise<readonly string[]> {
    if (tell.length === 0) return [];
    const { structure } = await this.access.reach(person);
    const here = new Set(structure.users.filter((user) => user.active).map((user) => user.id));
    if (!tell.every((userId) => here.has(userId)))
      throw new ApiError(400, 'nobody-there', {
        ru: 'Кого-то из выбранных людей в компании уже нет. Выберите заново.',
        en: 'Somebody of those you picked does not work here any more. Pick again.',
      });
    return [...new Set(tell)];
  }
}

function whatAndWhere({ text, dealTitle, userIds }: BookBody): BookBody {
  return {
    ...(text !== undefined && { text }),
    ...(dealTitle !== undefined && { dealTitle }),
    ...(userIds !== undefined && { userIds }),
  };
}

function instantOf(text: string): Instant | null {
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

function notAhead(): ApiError {
  return new ApiError(400, 'not-ahead', {
    ru: 'Запланировать можно только то, что впереди: выберите дату и время позже текущих, не дальше пяти лет.',
    en: 'Only what is ahead can be planned: pick a date and time later than now, within five years.',
  });
}

function notYours(): ApiError {
  return new ApiError(403, 'not-your-entry', {
    ru: 'Исправить запись может тот, кто её написал, или администратор CRM. Автоматические записи не исправляют.',
    en: 'An entry is corrected by whoever wrote it or an administrator of the CRM. Automatic entries are not corrected.',
  });
}

function settledAlready(): ApiError {
  return new ApiError(409, 'settled-already', {
    ru: 'Итог этого события уже отмечен.',
    en: 'What became of this event is noted already.',
  });
}
