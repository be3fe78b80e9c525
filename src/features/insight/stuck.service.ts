import { Injectable } from '@nestjs/common';
import { PipelineHistory } from '../../domain/insight/pipeline-history.js';
import type { StageNorm } from '../../domain/insight/stuck.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { InsightCache } from './insight-cache.js';
import { scopeKey, type InsightScope } from './insight-scope.js';
import type { InsightFilter, StuckKind, StuckView } from './insight.view.js';
import { PageContexts } from './page-contexts.service.js';
import { PageMaker } from './page-maker.service.js';
import { stuckPage } from './stuck.page.js';
import {
  normsOf,
  StuckRepository,
  WORST,
  type StuckKeyset,
  type StuckRow,
  type StuckStanding,
} from './stuck.repository.js';

const ROWS = 50;
/** Deals of the kept list that may have moved on since it was made. */
const SPARE = 50;

interface StuckPlace extends StuckKeyset {
  /** Of the first page: pain grows by the second, and rows would jump. */
  readonly now: number;
}

interface Asked {
  readonly kinds: readonly StuckKind[];
  readonly after: StuckPlace | null;
  readonly limit: number;
}

/** The list of stuck deals, page by page. */
@Injectable()
export class StuckService {
  constructor(
    private readonly contexts: PageContexts,
    private readonly maker: PageMaker,
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
    // What is usual is learned from everybody's deals, whosever are shown.
    const needs = { own: ['stuck'], whole: ['history'] } as const;
    const ground = await this.maker.ground(person, filter, needs);
    const { own, whole } = ground;
    const scope = { ...ground.context.scope, now: place?.now ?? ground.context.scope.now };
    const context = { ...ground.context, scope };
    const reader = `${person.language} ${person.timeZone} ${kinds.toSorted().join()} ${after ?? ''} ${limit} ${scope.now}`;
    return this.cache.of(`${scope.accountId} stuck ${reader} ${scopeKey(scope)}`, async () => {
      const history = new PipelineHistory(whole.history, context.stages);
      const norms = await normsOf(history);
      const rows = await this.rows(scope, norms, own.stuck, { kinds, after: place, limit: limit + 1 });
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return stuckPage(context, history, norms, {
        rows: rows.slice(0, limit),
        sums: own.stuck.sums,
        next: last ? placeText({ now: scope.now, pain: last.pain, dealId: last.deal_id }) : null,
        pathOf: this.contexts.pathOf(person),
      });
    });
  }

  /** The worst are known by name, so that only they are read; whoever pages beyond them waits for a look at all. */
  private async rows(
    scope: InsightScope,
    norms: readonly StageNorm[],
    standing: StuckStanding,
    { kinds, after, limit }: Asked,
  ): Promise<readonly StuckRow[]> {
    const known = worstOf(standing, kinds).filter(({ pain, dealId }) => isBeyond(after, pain, dealId));
    const wanted = known.slice(0, limit + SPARE);
    if (wanted.length >= limit || isComplete(standing, kinds)) {
      const rows = await this.stuck.among(
        scope,
        norms,
        wanted.map(({ dealId }) => dealId),
      );
      const fit = rows.filter(
        (row) => (kinds.length === 0 || kinds.includes(row.kind)) && isBeyond(after, row.pain, row.deal_id),
      );
      if (fit.length >= limit || wanted.length === known.length) return fit.slice(0, limit);
    }
    return this.stuck.page(scope, norms, { kinds, after, limit });
  }
}

/** In the order of the list, as far as it is certain: a kind that was cut off may hide deals below its last one. */
function worstOf({ worst, sums }: StuckStanding, kinds: readonly StuckKind[]): StuckStanding['worst'] {
  const asked = worst.filter(({ kind }) => kinds.length === 0 || kinds.includes(kind));
  const cut = sums
    .filter(({ kind, deals }) => deals > WORST && (kinds.length === 0 || kinds.includes(kind)))
    .map(({ kind }) => Math.min(...worst.filter((one) => one.kind === kind).map((one) => one.pain)));
  const least = Math.max(Number.NEGATIVE_INFINITY, ...cut);
  return asked
    .filter(({ pain }) => pain >= least)
    .toSorted((a, b) => b.pain - a.pain || (a.dealId < b.dealId ? -1 : 1));
}

function isComplete({ sums }: StuckStanding, kinds: readonly StuckKind[]): boolean {
  return sums.every(({ kind, deals }) => deals <= WORST || (kinds.length > 0 && !kinds.includes(kind)));
}

function isBeyond(after: StuckPlace | null, pain: number, dealId: string): boolean {
  return after === null || pain < after.pain || (pain === after.pain && dealId > after.dealId);
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
