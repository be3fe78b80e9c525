import { Inject, Injectable, Optional } from '@nestjs/common';
import { MAILS, type Mails } from '../../contract/mail.js';
import { mayHandle } from '../../domain/crm/rights.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { ApiError } from '../../infra/http/api-error.js';
import { MirrorReads } from '../../mirror/index.js';
import { BookAccess, leads } from './book-access.service.js';
import type { Subscription } from './book-notices.service.js';
import type { SubscriptionWish } from './book.requests.js';
import type { BookChoicesView, BookDealsView, BookSubscriptionsView } from './salesbook.view.js';

const MAX_DEALS = 10;

/** What a person is told of, and what forms and filters offer. */
@Injectable()
export class BookSubscriptions {
  constructor(
    private readonly database: Database,
    private readonly mirror: MirrorReads,
    private readonly access: BookAccess,
    @Optional() @Inject(MAILS) private readonly mails: Mails | null = null,
  ) {}

  async list(person: SessionClaims): Promise<BookSubscriptionsView> {
    const rows = await this.own(person);
    const names = await this.names(person, rows);
    return {
      own: rows.map(({ by, subject_id: id, kinds, channels }) => ({
        by,
        id: by === 'all' ? null : id,
        name: names.get(`${by}|${id}`) ?? id,
        kinds,
        channels,
      })),
    };
  }

  /**
   * All of the person's own, in place of those before. Idempotent. Nothing new beyond the person's reach; what was there
   * may stay, for a deal that was handed over must not keep the others from being saved. Nobody is told of it any more.
   */
  async save(person: SessionClaims, wishes: readonly SubscriptionWish[]): Promise<void> {
    await this.demandReach(person, wishes);
    const { accountId, userId } = person;
    const unique = [...new Map(wishes.map((wish) => [`${wish.by}|${wish.id ?? ''}`, wish])).values()];
    await this.database.transaction(async (tx) => {
      await tx.query('DELETE FROM book_subscription WHERE account_id = $1::uuid AND user_id = $2', [
        accountId,
        userId,
      ]);
      await tx.query(
        `INSERT INTO book_subscription (account_id, user_id, by, subject_id, kinds, channels)
         SELECT $1::uuid, $2, r.by, r.subject, string_to_array(r.kinds, ','), string_to_array(r.channels, ',')
         FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) AS r(by, subject, kinds, channels)
         ON CONFLICT (account_id, user_id, by, subject_id) DO UPDATE SET kinds = excluded.kinds,
           channels = excluded.channels`,
        [
          accountId,
          userId,
          unique.map(({ by }) => by),
          unique.map(({ by, id }) => (by === 'all' ? '' : (id ?? ''))),
          unique.map(({ kinds }) => kinds.join(',')),
          unique.map(({ channels }) => channels.join(',')),
        ],
      );
    });
  }

  async choices(person: SessionClaims): Promise<BookChoicesView> {
    const { reach, structure } = await this.access.reach(person);
    const products = await this.mirror.products(person.accountId);
    const people = structure.users.filter((user) => user.active);
    return {
      sellers: people
        .filter(({ id }) => mayHandle(reach, { ownerId: id }))
        .map(({ id, name }) => ({ id, name })),
      products: products.filter((product) => product.active).map(({ id, name }) => ({ id, name })),
      people: people.map(({ id, name }) => ({ id, name })),
      mayVerify: leads(reach),
      channels: this.mails?.configured === true ? ['host', 'mail'] : ['host'],
    };
  }

  async deals(person: SessionClaims, q: string): Promise<BookDealsView> {
    const { reach } = await this.access.reach(person);
    const owners = reach.kind === 'all' ? null : [...reach.userIds];
    const pattern = `%${q.trim().replaceAll(/[\\%_]/g, '\\$&')}%`;
    const rows = await this.database.query<{ deal_id: string; title: string }>(
      `SELECT deal_id, title FROM deal WHERE account_id = $1::uuid AND deleted_at IS NULL
         AND ($2::text[] IS NULL OR owner_id IS NULL OR owner_id = ANY($2::text[]))
         AND (title ILIKE $3 OR lower(title) LIKE lower($3)) ORDER BY modified_at DESC, deal_id LIMIT ${MAX_DEALS}`,
      [person.accountId, owners, pattern],
    );
    return { deals: rows.map((row) => ({ id: row.deal_id, name: row.title })) };
  }

  private own({ accountId, userId }: SessionClaims): Promise<readonly Subscription[]> {
    return this.database.query<Subscription>(
      `SELECT user_id, by, subject_id, kinds, channels FROM book_subscription
       WHERE account_id = $1::uuid AND user_id = $2 ORDER BY by, subject_id`,
      [accountId, userId],
    );
  }

  private async demandReach(person: SessionClaims, wishes: readonly SubscriptionWish[]): Promise<void> {
    const { reach } = await this.access.reach(person);
    const held = new Set((await this.own(person)).map((row) => `${row.by}|${row.subject_id}`));
    for (const { by, id } of wishes) {
      if (held.has(`${by}|${id ?? ''}`)) continue;
      if (by === 'deal') await this.access.demandDeal(person, id ?? '');
      if (by === 'seller' && !mayHandle(reach, { ownerId: id ?? '' })) throw notYourSeller();
    }
  }

  private async names(
    person: SessionClaims,
    rows: readonly Subscription[],
  ): Promise<ReadonlyMap<string, string>> {
    const { structure } = await this.access.reach(person);
    const dealIds = rows.filter((row) => row.by === 'deal').map((row) => row.subject_id);
    const [deals, products] = await Promise.all([
      this.mirror.deals(person.accountId, dealIds),
      this.mirror.products(person.accountId),
    ]);
    return new Map([
      ...structure.users.map(({ id, name }): [string, string] => [`seller|${id}`, name]),
      ...products.map(({ id, name }): [string, string] => [`product|${id}`, name]),
      ...[...deals.values()].map(({ id, title }): [string, string] => [`deal|${id}`, title]),
    ]);
  }
}

function notYourSeller(): ApiError {
  return new ApiError(403, 'not-your-seller', {
    ru: 'Следить можно за своими сделками и за сделками своих подчинённых.',
    en: 'You can follow your own deals and those of the people whom you lead.',
  });
}
