import { Injectable } from '@nestjs/common';
import type { StageNorm } from '../../domain/insight/stuck.js';
import { Database } from '../../infra/db/database.js';
import type { DrillQuestion } from './drill.js';
import { drilledSql } from './drill.sql.js';
import type { DrillDealsView } from './insight.view.js';
import { moneySql, Values } from './insight.sql.js';
import { moneyText } from './money.js';
import { stageName, type PageContext } from './page-context.js';

const ROWS = 50;

interface DealRow {
  readonly deal_id: string;
  readonly mark: string;
  readonly title: string;
  readonly stage_id: string;
  readonly owner_id: string | null;
  readonly amount: string | null;
  readonly sort: string;
  readonly since: Date | null;
  readonly days: number | null;
  readonly note: string | null;
}

/** Where a page of the list ended: amount, deal, mark. */
type Place = readonly [string, string, string];

/** The deals behind a number: dearest first, as many rows as the number says. */
@Injectable()
export class DrillService {
  constructor(private readonly database: Database) {}

  async page(
    context: PageContext,
    question: DrillQuestion,
    norms: readonly StageNorm[],
    after: string | null,
    pathOf: (dealId: string) => string | null,
    limit = ROWS,
  ): Promise<DrillDealsView> {
    const [sum, rows] = [
      await this.sum(context, question, norms),
      await this.rows(context, question, norms, after, limit),
    ];
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      deals: shown.map((row) => ({
        id: row.deal_id,
        path: pathOf(row.deal_id),
        title: row.title,
        stageName: stageName(context, row.stage_id),
        ownerName: row.owner_id === null ? null : context.names.user(row.owner_id),
        amount: row.amount,
        since: row.since?.toISOString() ?? null,
        note: noteOf(context, question, row),
      })),
      total: sum.n,
      amount: moneyText(BigInt(sum.money)),
      next: rows.length > limit && last ? placeText([last.sort, last.deal_id, last.mark]) : null,
    };
  }

  private async sum(
    { scope }: PageContext,
    question: DrillQuestion,
    norms: readonly StageNorm[],
  ): Promise<{ readonly n: number; readonly money: string }> {
    const values = new Values();
    const text = `SELECT count(*)::int AS n, ${moneySql('d.amount')} AS money FROM (${drilledSql(values, scope, question, norms)}) q
      JOIN deal d ON d.account_id = ${values.add(scope.accountId, 'uuid')} AND d.deal_id = q.deal_id`;
    const [row] = await this.database.query<{ n: number; money: string }>(text, values.list);
    return row ?? { n: 0, money: '0' };
  }

  private rows(
    { scope }: PageContext,
    question: DrillQuestion,
    norms: readonly StageNorm[],
    after: string | null,
    limit: number,
  ): Promise<readonly DealRow[]> {
    const values = new Values();
    const drilled = drilledSql(values, scope, question, norms);
    const account = values.add(scope.accountId, 'uuid');
    const place = after === null ? null : placeOf(after);
    const beyond =
      place === null
        ? ''
        : `WHERE (-coalesce(d.amount, -1), d.deal_id, q.mark) > (-${values.add(place[0], 'numeric')}, ${values.add(place[1], 'text')}, ${values.add(place[2], 'text')})`;
    return this.database.query<DealRow>(
      `SELECT d.deal_id, q.mark, d.title, d.stage_id, d.owner_id, trim_scale(d.amount)::text AS amount,
         coalesce(d.amount, -1)::text AS sort, q.since, q.days, ${question.kind === 'steps' ? 'q.note' : 'NULL::text'} AS note
       FROM (${drilled}) q JOIN deal d ON d.account_id = ${account} AND d.deal_id = q.deal_id ${beyond}
       ORDER BY -coalesce(d.amount, -1), d.deal_id, q.mark LIMIT ${values.add(limit + 1, 'int')}`,
      values.list,
    );
  }
}

function placeText(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Null: not one of ours; the list begins anew. */
function placeOf(text: string): Place | null {
  try {
    const list = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
    if (!Array.isArray(list)) return null;
    const [sort, dealId, mark] = list as unknown[];
    if (typeof sort !== 'string' || !/^-?\d{1,30}(\.\d{1,30})?$/.test(sort)) return null;
    return typeof dealId === 'string' && typeof mark === 'string' ? [sort, dealId, mark] : null;
  } catch {
    return null;
  }
}

function noteOf({ names, said }: PageContext, question: DrillQuestion, row: DealRow): string | null {
  if (row.note !== null) return row.note;
  if (row.days !== null) return said.span(row.days);
  if (question.kind === 'now' && row.mark !== '') return names.product(row.mark);
  return null;
}
