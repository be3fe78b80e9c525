import { Inject, Injectable } from '@nestjs/common';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { ApiError } from '../../infra/http/api-error.js';
import { midnight } from '../../infra/http/days.js';
import { BookAccess } from './book-access.service.js';
import { feedStatement, type FeedFilter, type FeedPlace, type FeedRow } from './book-feed.query.js';
import { namesOf } from './book-means.service.js';
import { sentenceOf, type BookReader } from './book.texts.js';
import type { BookFilterQuery } from './book.requests.js';
import type { BookEntryView, BookView } from './salesbook.view.js';

/** The feed, cut to the person's reach. */
@Injectable()
export class BookFeed {
  constructor(
    private readonly database: Database,
    private readonly access: BookAccess,
    @Inject(HOSTS) private readonly hosts: Hosts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `after` is the `next` of the page before. */
  async page(
    person: SessionClaims,
    query: BookFilterQuery,
    page: { readonly after: string | null; readonly limit: number },
  ): Promise<BookView> {
    const { reach, structure } = await this.access.reach(person);
    const ownerIds = reach.kind === 'all' ? null : [...reach.userIds];
    const place = page.after === null ? null : placeOf(page.after);
    const statement = feedStatement(person.accountId, ownerIds, filterOf(query, person.timeZone), {
      after: place,
      limit: page.limit + 1,
    });
    const rows = await this.database.query<FeedRow>(statement.text, statement.values);
    const shown = rows.slice(0, page.limit);
    const { language, timeZone } = person;
    const reader = { language, timeZone, nameOf: namesOf(structure) };
    return {
      entries: shown.map((row) => this.view(row, person, reader)),
      next: rows.length > page.limit ? nextOf(shown.at(-1)) : null,
    };
  }

  private view(row: FeedRow, person: SessionClaims, reader: BookReader): BookEntryView {
    const told = new Set([...(row.body.userIds ?? []), ...row.told]);
    return {
      id: row.entry_id,
      at: row.at.toISOString(),
      kind: row.kind,
      text: sentenceOf(row.kind, row.body, reader),
      byName: row.by_user === null ? null : reader.nameOf(row.by_user),
      byHand: row.by_hand,
      dealId: row.deal_id,
      dealTitle: row.deal_id === null ? null : (row.title ?? row.body.dealTitle ?? null),
      dealPath: row.deal_id === null ? null : (this.hosts.get(person.host)?.dealPath?.(row.deal_id) ?? null),
      told: [...told].map(reader.nameOf),
      planned: this.planned(row),
      correctedBy: row.corrected_by,
      mayCorrect: row.by_hand && (row.by_user === person.userId || person.admin),
    };
  }

  private planned({ plan_state: state, plan_due_at: dueAt }: FeedRow): BookEntryView['planned'] {
    if (state === null || dueAt === null) return null;
    const open = dueAt.getTime() <= this.clock.now() ? 'due' : 'ahead';
    return { at: dueAt.toISOString(), state: state === 'open' ? open : state };
  }
}

function filterOf({ from, to, ...rest }: BookFilterQuery, timeZone: string): FeedFilter {
  return {
    ...rest,
    ...(from !== undefined && { from: new Date(midnight(from, timeZone)) }),
    ...(to !== undefined && { before: new Date(midnight(to, timeZone, 1)) }),
  };
}

function nextOf(row: FeedRow | undefined): string | null {
  return row ? `${row.at.getTime()}-${row.entry_id}` : null;
}

function placeOf(text: string): FeedPlace {
  const [at = '', entryId = ''] = text.split('-');
  const place = { at: Number(at), entryId };
  // Beyond what a date can hold nothing was ever written.
  if (place.at <= 8.64e15) return place;
  throw new ApiError(400, 'bad-cursor', {
    ru: 'Лента изменилась. Откройте её заново.',
    en: 'The feed has changed. Open it again.',
  });
}
