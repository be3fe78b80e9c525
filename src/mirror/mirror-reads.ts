import { Injectable } from '@nestjs/common';
import type {
  Deal,
  Department,
  HostTask,
  HostUser,
  Pipeline,
  Product,
  Stage,
  StageVisit,
} from '../domain/crm/records.js';
import { Database } from '../infra/db/database.js';
import type { Sql } from '../infra/db/sql.js';
import { ids } from './columns.js';
import {
  DEAL_COLUMNS,
  TASK_COLUMNS,
  dealOf,
  departmentOf,
  pipelineOf,
  productOf,
  stageOf,
  taskOf,
  userOf,
  visitOf,
  type DealRow,
  type DepartmentRow,
  type MirroredDeal,
  type PipelineRow,
  type ProductRow,
  type StageRow,
  type TaskRow,
  type UserRow,
  type VisitRow,
} from './mirror-rows.js';

export interface DealPage {
  readonly pipelineId: string;
  /** Only stages of this kind, or all. */
  readonly stageKind?: Stage['kind'];
  /** The last id of the page before, or null. */
  readonly after: string | null;
  readonly limit: number;
}

/** Reads the mirror; every method takes the caller's transaction when it must see that. Deleted rows are left out
 * unless a method says otherwise. */
@Injectable()
export class MirrorReads {
  constructor(private readonly database: Database) {}

  async deal(accountId: string, dealId: string, sql: Sql = this.database): Promise<Deal | null> {
    const [found] = await this.deals(accountId, [dealId], sql);
    return found && !found.deleted ? found : null;
  }

  /** Those of the ids that the mirror knows, deleted ones among them; tombstones of unknown deals are left out. */
  async deals(
    accountId: string,
    dealIds: readonly string[],
    sql: Sql = this.database,
  ): Promise<readonly MirroredDeal[]> {
    const rows = await sql.query<DealRow>(
      `SELECT ${DEAL_COLUMNS} FROM deal WHERE account_id = $1 AND deal_id = ANY($2::text[]) AND pipeline_id <> ''`,
      [accountId, ids(dealIds)],
    );
    return rows.map(dealOf);
  }

  /** Live deals of a pipeline in the order of their ids; fewer than `limit` is the last page. */
  async dealsOfPipeline(
    accountId: string,
    page: DealPage,
    sql: Sql = this.database,
  ): Promise<readonly Deal[]> {
    const rows = await sql.query<DealRow>(
      `SELECT ${DEAL_COLUMNS} FROM deal WHERE account_id = $1 AND pipeline_id = $2 AND deal_id > $3
         AND deleted_at IS NULL AND ($4::text IS NULL OR stage_kind = $4::text) ORDER BY deal_id LIMIT $5`,
      [accountId, page.pipelineId, page.after ?? '', page.stageKind ?? null, page.limit],
    );
    return rows.map(dealOf);
  }

  /** Open deals by pipeline; pipelines without any are left out. */
  async openCounts(accountId: string, sql: Sql = this.database): Promise<ReadonlyMap<string, number>> {
    const rows = await sql.query<{ pipeline_id: string; n: number }>(
      `SELECT pipeline_id, count(*)::int AS n FROM deal
       WHERE account_id = $1 AND stage_kind = 'open' AND deleted_at IS NULL GROUP BY pipeline_id`,
      [accountId],
    );
    return new Map(rows.map((row) => [row.pipeline_id, row.n]));
  }

  async pipelines(accountId: string, sql: Sql = this.database): Promise<readonly Pipeline[]> {
    const rows = await sql.query<PipelineRow>(
      `SELECT pipeline_id, name, sort FROM pipeline WHERE account_id = $1 AND deleted_at IS NULL
       ORDER BY sort, pipeline_id`,
      [accountId],
    );
    return rows.map(pipelineOf);
  }

  /** In the order of the pipeline; of all pipelines when none is named. */
  async stages(
    accountId: string,
    pipelineId: string | null = null,
    sql: Sql = this.database,
  ): Promise<readonly Stage[]> {
    const rows = await sql.query<StageRow>(
      `SELECT pipeline_id, stage_id, name, sort, kind, color FROM stage
       WHERE account_id = $1 AND deleted_at IS NULL AND ($2::text IS NULL OR pipeline_id = $2::text)
       ORDER BY pipeline_id, sort, stage_id`,
      [accountId, pipelineId],
    );
    return rows.map(stageOf);
  }

  /** All of them, dismissed ones included: names of the past are still shown. */
  async users(accountId: string, sql: Sql = this.database): Promise<readonly HostUser[]> {
    const rows = await sql.query<UserRow>(
      `SELECT user_id, name, email, position, active, admin, department_ids, time_zone FROM host_user
       WHERE account_id = $1 ORDER BY user_id`,
      [accountId],
    );
    return rows.map(userOf);
  }

  async departments(accountId: string, sql: Sql = this.database): Promise<readonly Department[]> {
    const rows = await sql.query<DepartmentRow>(
      `SELECT department_id, name, sort, parent_id, head_id FROM department
       WHERE account_id = $1 AND deleted_at IS NULL ORDER BY sort, department_id`,
      [accountId],
    );
    return rows.map(departmentOf);
  }

  async products(accountId: string, sql: Sql = this.database): Promise<readonly Product[]> {
    const rows = await sql.query<ProductRow>(
      `SELECT product_id, name, trim_scale(price)::text AS price, currency, active FROM product
       WHERE account_id = $1 ORDER BY product_id`,
      [accountId],
    );
    return rows.map(productOf);
  }

  /** Visits of many deals at once, by deal, oldest first; deals without any are left out. */
  async visits(
    accountId: string,
    dealIds: readonly string[],
    sql: Sql = this.database,
  ): Promise<ReadonlyMap<string, readonly StageVisit[]>> {
    const rows = await sql.query<VisitRow>(
      `SELECT deal_id, seq, pipeline_id, stage_id, entered_at, left_at FROM stage_visit
       WHERE account_id = $1 AND deal_id = ANY($2::text[]) ORDER BY deal_id, seq`,
      [accountId, ids(dealIds)],
    );
    return Map.groupBy(rows.map(visitOf), (visit) => visit.dealId);
  }

  async tasks(
    accountId: string,
    taskIds: readonly string[],
    sql: Sql = this.database,
  ): Promise<readonly HostTask[]> {
    const rows = await sql.query<TaskRow>(
      `SELECT ${TASK_COLUMNS} FROM host_task
       WHERE account_id = $1 AND task_id = ANY($2::text[]) AND deleted_at IS NULL`,
      [accountId, ids(taskIds)],
    );
    return rows.map(taskOf);
  }

  async tasksOfDeal(
    accountId: string,
    dealId: string,
    sql: Sql = this.database,
  ): Promise<readonly HostTask[]> {
    const rows = await sql.query<TaskRow>(
      `SELECT ${TASK_COLUMNS} FROM host_task WHERE account_id = $1 AND deal_id = $2 AND deleted_at IS NULL
       ORDER BY task_id`,
      [accountId, dealId],
    );
    return rows.map(taskOf);
  }

  /** Of these ids, the ones that the host deleted. */
  async deletedTasks(
    accountId: string,
    taskIds: readonly string[],
    sql: Sql = this.database,
  ): Promise<readonly string[]> {
    const rows = await sql.query<{ task_id: string }>(
      `SELECT task_id FROM host_task
       WHERE account_id = $1 AND task_id = ANY($2::text[]) AND deleted_at IS NOT NULL`,
      [accountId, ids(taskIds)],
    );
    return rows.map((row) => row.task_id);
  }
}
