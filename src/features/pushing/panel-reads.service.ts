import { Inject, Injectable } from '@nestjs/common';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import { toLocal } from '../../domain/calendar/local-time.js';
import { reachOf } from '../../domain/crm/rights.js';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { ApiError } from '../../infra/http/api-error.js';
import { endOfToday, midnight } from '../../infra/http/days.js';
import { CompanyStructures, type CompanyStructure } from '../../mirror/index.js';
import { readCursor, writeCursor, type PanelCursor } from './panel-cursor.js';
import {
  boardStatement,
  countsStatement,
  pageStatement,
  type BoardRow,
  type PanelRow,
} from './panel.query.js';
import type { PanelFilter as Narrowed, PanelScope } from './panel.query.js';
import type {
  PanelBoardView,
  PanelFilter,
  PanelMark,
  PanelPageView,
  PanelRowView,
  PanelSort,
} from './panel.view.js';
import { PanelRows, zonesOf } from './panel-rows.service.js';

export interface PageOrder {
  readonly sort: PanelSort;
  readonly after: string | null;
  readonly limit: number;
}

type Counts = Readonly<Record<PanelMark | 'total', number>>;

/** The panel's table and board, cut to the person's reach. */
@Injectable()
export class PanelReads {
  constructor(
    private readonly database: Database,
    private readonly structures: CompanyStructures,
    private readonly rows: PanelRows,
    @Inject(HOSTS) private readonly hosts: Hosts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async page(person: SessionClaims, filter: PanelFilter, order: PageOrder): Promise<PanelPageView> {
    const structure = await this.structures.of(person.accountId);
    const cursor = order.after === null ? null : cursorOf(order.after, order.sort);
    const scope = this.scopeOf(person, structure, cursor);
    const narrowed = this.narrow(filter, structure, person);
    const statement = pageStatement(scope, narrowed, {
      sort: order.sort,
      after: cursor,
      limit: order.limit + 1,
    });
    const [found, { total, ...counts }] = await Promise.all([
      this.database.query<PanelRow>(statement.text, statement.values),
      this.counts(scope, narrowed),
    ]);
    const shown = found.slice(0, order.limit);
    return {
      rows: await this.views(person, structure, shown, scope),
      next: found.length > order.limit ? nextOf(shown.at(-1), order.sort, scope) : null,
      total,
      counts,
      now: scope.now.toISOString(),
    };
  }

  /** `cards` a column; the next ones come from the table, filtered by the stage. `asked` null: the first pipeline. */
  async board(
    person: SessionClaims,
    filter: PanelFilter,
    asked: string | null,
    order: { readonly sort: PanelSort; readonly cards: number },
  ): Promise<PanelBoardView> {
    const structure = await this.structures.of(person.accountId);
    const pipelineId = asked ?? structure.pipelines[0]?.id ?? '';
    const scope = this.scopeOf(person, structure, null);
    const narrowed = this.narrow({ ...filter, pipelineIds: [pipelineId] }, structure, person);
    const statement = boardStatement(scope, narrowed, { sort: order.sort, limit: order.cards });
    const found = await this.database.query<BoardRow>(statement.text, statement.values);
    const views = await this.views(person, structure, found, scope);
    const byStage = Map.groupBy(found.keys(), (index) => found[index]?.stage_id ?? '');
    const { total: _, ...counts } = await this.counts(scope, narrowed);
    const columns = structure.stages
      .filter((stage) => stage.pipelineId === pipelineId)
      .map((stage) => {
        const own = [...(byStage.get(stage.id) ?? [])];
        const first = found[own[0] ?? -1];
        const last = found[own.at(-1) ?? -1];
        const total = first?.column_total ?? 0;
        return {
          stageId: stage.id,
          name: stage.name,
          kind: stage.kind,
          total,
          amount: first?.column_amount ?? '0',
          cards: own.flatMap((index) => views[index] ?? []),
          next: total > own.length ? nextOf(last, order.sort, scope) : null,
        };
      });
    return { columns, counts, now: scope.now.toISOString() };
  }

  /** Some deals as the panel shows them; those beyond the person's reach and closed ones are left out. */
  async some(person: SessionClaims, dealIds: readonly string[]): Promise<readonly PanelRowView[]> {
    const structure = await this.structures.of(person.accountId);
    const scope = this.scopeOf(person, structure, null);
    const statement = pageStatement(
      scope,
      { dealIds },
      { sort: 'created', after: null, limit: dealIds.length },
    );
    const found = await this.database.query<PanelRow>(statement.text, statement.values);
    return this.views(person, structure, found, scope);
  }

  private async counts(scope: PanelScope, filter: Narrowed): Promise<Counts> {
    const statement = countsStatement(scope, filter);
    const [row] = await this.database.query<Counts>(statement.text, statement.values);
    if (!row) throw new Error('a count has no row');
    return row;
  }

  private views(
    person: SessionClaims,
    structure: CompanyStructure,
    rows: readonly PanelRow[],
    scope: PanelScope,
  ): Promise<readonly PanelRowView[]> {
    const host = this.hosts.get(person.host);
    return this.rows.views(rows, {
      accountId: person.accountId,
      structure,
      dealPath: (dealId) => host?.dealPath?.(dealId) ?? null,
      reader: { language: person.language, timeZone: person.timeZone, now: scope.now.getTime() },
    });
  }

  private scopeOf(
    person: SessionClaims,
    structure: CompanyStructure,
    cursor: PanelCursor | null,
  ): PanelScope {
    const reach = reachOf(person, structure);
    const now = cursor?.now ?? this.clock.now();
    return {
      accountId: person.accountId,
      ownerIds: reach.kind === 'all' ? null : [...reach.userIds],
      now: new Date(now),
      endOfDay: new Date(cursor?.endOfDay ?? endOfToday(person.timeZone, now)),
      zones: aheadOf(structure, person.timeZone, now),
    };
  }

  /** Departments become their people, days become the person's own midnights. */
  private narrow(filter: PanelFilter, structure: CompanyStructure, person: SessionClaims): Narrowed {
    const { departmentIds, from, to, ...rest } = filter;
    const members = departmentIds?.length
      ? structure.users
          .filter((user) => user.departmentIds.some((id) => departmentIds.includes(id)))
          .map((user) => user.id)
      : null;
    const sellers = members === null ? rest.sellerIds : intersection(members, rest.sellerIds);
    return {
      ...rest,
      ...(sellers && { sellerIds: sellers }),
      ...(from !== undefined && { from: new Date(midnight(from, person.timeZone)).toISOString() }),
      ...(to !== undefined && { to: new Date(midnight(to, person.timeZone, 1)).toISOString() }),
    };
  }
}

/** A department without people has no deals: an empty list would mean everybody's. */
function intersection(members: readonly string[], sellers: readonly string[] | undefined): readonly string[] {
  const both = sellers?.length ? members.filter((id) => sellers.includes(id)) : members;
  return both.length === 0 ? [''] : both;
}

/** Few people work by another clock than the asker: only they are named. */
function aheadOf(structure: CompanyStructure, ownZone: string, now: Instant): PanelScope['zones'] {
  const ahead = (zone: string): number => (toLocal(now, zone) - now) / 1_000;
  const own = ahead(ownZone);
  const zoneOf = zonesOf(structure, ownZone);
  const others = structure.users.map(({ id }) => [id, ahead(zoneOf(id))] as const);
  return { own, others: Object.fromEntries(others.filter(([, seconds]) => seconds !== own)) };
}

function cursorOf(text: string, sort: PanelSort): PanelCursor {
  const cursor = readCursor(text, sort);
  if (cursor) return cursor;
  throw new ApiError(400, 'bad-cursor', {
    ru: 'Список изменился. Откройте его заново.',
    en: 'The list has changed. Open it again.',
  });
}

function nextOf(row: PanelRow | undefined, sort: PanelSort, scope: PanelScope): string | null {
  if (!row) return null;
  const moment = { now: scope.now.getTime(), endOfDay: scope.endOfDay.getTime() };
  return writeCursor({ sort, ...moment, key: row.key, dealId: row.deal_id });
}
