import { Injectable } from '@nestjs/common';
import type { ReasonFacts } from '../../contract/company.js';
import { Database } from '../../infra/db/database.js';
import { GROUPS, PRECEDED, TOLD } from './reasons.sql.js';
import type { ReasonCause, ReasonsBy } from './reasons.view.js';

/** What is asked, rights included. */
export interface ReasonsQuestion {
  readonly accountId: string;
  readonly from: Date;
  /** Excluded. */
  readonly to: Date;
  readonly pipelineId: string | null;
  /** Null: everybody's deals. */
  readonly ownerIds: readonly string[] | null;
  readonly reasons: readonly ReasonFacts[];
}

export interface ReasonCount {
  readonly reason_id: string;
  readonly group_id: string;
  readonly use: 'step' | 'loss' | 'snooze';
  readonly cause: ReasonCause;
  /** What people wrote, where the reason is no one of the list. */
  readonly label: string;
  readonly n: number;
}

export interface Preceding {
  readonly reason_id: string;
  readonly label: string;
  readonly deals: number;
  readonly lost: number;
}

export interface ReasonDeal {
  readonly id: string;
  readonly deal_id: string;
  readonly title: string;
  readonly at: Date;
  readonly owner_id: string | null;
  readonly stage_id: string | null;
  readonly pipeline_id: string;
  readonly use: 'step' | 'loss' | 'snooze';
  readonly reason_id: string;
  readonly label: string;
  readonly words: string | null;
}

/** Which of them a list shows. */
export interface ReasonsPick {
  readonly by: ReasonsBy;
  /** A reason's id; null: any. */
  readonly reason: string | null;
  /** Those that this list leaves out, where the reason is all the rest. */
  readonly except: readonly string[];
  readonly group: string | null;
  readonly use: string | null;
  readonly after: { readonly at: Date; readonly id: string } | null;
  readonly limit: number;
}

@Injectable()
export class ReasonsRepository {
  constructor(private readonly database: Database) {}

  /** By reason, group, use and cause. */
  async counts(question: ReasonsQuestion, by: ReasonsBy): Promise<readonly ReasonCount[]> {
    return this.database.query<ReasonCount>(
      `WITH ${TOLD} SELECT t.reason_id, ${GROUPS[by]} AS group_id, t.use, t.cause, max(t.label) AS label,
         count(*)::int AS n FROM told t GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
      parametersOf(question),
    );
  }

  /** Of closed deals: how many met each reason before, and lost; and how many there are. */
  async preceding(question: ReasonsQuestion): Promise<{
    readonly reasons: readonly Preceding[];
    readonly deals: number;
    readonly lost: number;
  }> {
    const rows = await this.database.query<Preceding>(
      `WITH ${TOLD}, ${PRECEDED}
       SELECT m.reason_id, max(m.label) AS label, count(DISTINCT c.deal_id)::int AS deals,
         (count(DISTINCT c.deal_id) FILTER (WHERE c.lost))::int AS lost
       FROM met m JOIN closed c USING (deal_id) GROUP BY 1
       UNION ALL SELECT '', '', count(*)::int, (count(*) FILTER (WHERE lost))::int FROM closed`,
      parametersOf(question),
    );
    const all = rows.find((row) => row.reason_id === '');
    const reasons = rows.filter((row) => row.reason_id !== '');
    return { reasons, deals: all?.deals ?? 0, lost: all?.lost ?? 0 };
  }

  /** Newest first, one more than asked for where there is more; `total` counts all of them. */
  async deals(
    question: ReasonsQuestion,
    { by, reason, except, group, use, after, limit }: ReasonsPick,
  ): Promise<{ readonly rows: readonly ReasonDeal[]; readonly total: number }> {
    const picked = `($9::text IS NULL OR t.reason_id = $9::text) AND t.reason_id <> ALL($10::text[])
      AND ($11::text IS NULL OR ${GROUPS[by]} = $11::text) AND ($12::text IS NULL OR t.use = $12::text)`;
    const parameters = [...parametersOf(question), reason, [...except], group, use];
    const rows = await this.database.query<ReasonDeal>(
      `WITH ${TOLD} SELECT t.id, t.deal_id, t.title, t.at, t.owner_id, t.stage_id, t.pipeline_id, t.use, t.reason_id,
         t.label, t.words FROM told t WHERE ${picked} AND ($13::timestamptz IS NULL OR (t.at, t.id) < ($13, $14::text))
       ORDER BY t.at DESC, t.id DESC LIMIT $15`,
      [...parameters, after?.at ?? null, after?.id ?? null, limit + 1],
    );
    const [count] = await this.database.query<{ n: number }>(
      `WITH ${TOLD} SELECT count(*)::int AS n FROM told t WHERE ${picked}`,
      parameters,
    );
    return { rows, total: count?.n ?? 0 };
  }

  /** Closed deals that met the reason before they were closed. */
  async closedDeals(
    question: ReasonsQuestion,
    { reason, after, limit }: Pick<ReasonsPick, 'reason' | 'after' | 'limit'>,
    onlyLost: boolean,
  ): Promise<{ readonly rows: readonly ReasonDeal[]; readonly total: number }> {
    const found = `FROM met m JOIN closed c USING (deal_id) JOIN mine d USING (deal_id)
      WHERE m.reason_id = $9 AND (NOT $10::boolean OR c.lost)`;
    const parameters = [...parametersOf(question), reason ?? '', onlyLost];
    const rows = await this.database.query<ReasonDeal>(
      `WITH ${TOLD}, ${PRECEDED}
       SELECT DISTINCT ON (c.since, d.deal_id) d.deal_id AS id, d.deal_id, d.title, c.since AS at, d.owner_id,
         NULL AS stage_id, d.pipeline_id, 'loss' AS use, m.reason_id, m.label, NULL AS words ${found}
         AND ($11::timestamptz IS NULL OR (c.since, d.deal_id) < ($11, $12::text))
       ORDER BY c.since DESC, d.deal_id DESC LIMIT $13`,
      [...parameters, after?.at ?? null, after?.id ?? null, limit + 1],
    );
    const [count] = await this.database.query<{ n: number }>(
      `WITH ${TOLD}, ${PRECEDED} SELECT count(DISTINCT d.deal_id)::int AS n ${found}`,
      parameters,
    );
    return { rows, total: count?.n ?? 0 };
  }
}

function parametersOf(question: ReasonsQuestion): unknown[] {
  const { accountId, from, to, pipelineId, ownerIds, reasons } = question;
  return [
    accountId,
    from,
    to,
    pipelineId,
    ownerIds === null ? null : [...ownerIds],
    reasons.map((reason) => reason.key),
    reasons.map((reason) => reason.name.trim().toLowerCase()),
    reasons.map((reason) => reason.cause),
  ];
}
