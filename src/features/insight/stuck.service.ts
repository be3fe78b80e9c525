import { Injectable } from '@nestjs/common';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { InsightCache } from './insight-cache.js';
import { InsightModel } from './insight-model.service.js';
import { scopeKey } from './insight-scope.js';
import type { InsightFilter, StuckKind, StuckView } from './insight.view.js';
import { PageContexts } from './page-contexts.service.js';
import { stuckPage } from './stuck.page.js';
import { StuckRepository, type StuckKeyset } from './stuck.repository.js';

const ROWS = 50;

interface StuckPlace extends StuckKeyset {
  /** Of the first page: pain grows by the second, and rows would jump. */
  readonly now: number;
}

/** The list of stuck deals, page by page. */
@Injectable()
export class StuckService {
  constructor(
    private readonly contexts: PageContexts,
    private readonly model: InsightModel,
    private readonly stuck: StuckRepository,
    private readonly cache: InsightCache,
  ) {}

  async page(
    person: SessionClaims,
    filter: InsightFilter,
    kinds: readonly StuckKind[],
    after: string | null,
    limit = ROWS,
  ): Promise<StuckView> {
    const place = after === null ? null : placeOf(after);
    const context = await this.contexts.of(person, filter, place?.now);
    const { scope, stages } = context;
    const reader = `${person.language} ${person.timeZone} ${kinds.toSorted().join()} ${after ?? ''} ${limit}`;
    return this.cache.of(`${scope.accountId} stuck ${reader} ${scopeKey(scope)}`, async () => {
      const norms = await this.model.norms(scope, stages);
      const rows = await this.stuck.page(scope, norms, { kinds, after: place, limit: limit + 1 });
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return stuckPage(context, await this.model.history(scope, stages), norms, {
        rows: rows.slice(0, limit),
        sums: await this.cache.of(`${scope.accountId} stuck sums ${scopeKey(scope)}`, () =>
          this.stuck.sums(scope, norms),
        ),
        next: last ? placeText({ now: scope.now, pain: last.pain, dealId: last.deal_id }) : null,
        pathOf: this.contexts.pathOf(person),
      });
    });
  }
}

function placeText({ now, pain, dealId }: StuckPlace): string {
  return Buffer.from(JSON.stringify([now, pain, dealId])).toString('base64url');
}

/** Null: not one of ours; the list begins anew. */
function placeOf(text: string): StuckPlace | null {
  try {
    const list = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
    if (!Array.isArray(list)) return null;
    const [now, pain, dealId] = list as unknown[];
    const known =
      typeof now === 'number' &&
      Math.abs(now) < 8e15 &&
      typeof pain === 'number' &&
      typeof dealId === 'string';
    return known ? { now, pain, dealId } : null;
  } catch {
    return null;
  }
}
