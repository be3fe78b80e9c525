import type { Department, HostUser, Pipeline, Product, Stage } from '../domain/crm/records.js';
import type { Sql } from '../infra/db/sql.js';
import { flags, ids, lastByKey, numbers, texts } from './columns.js';

/** The small streams come whole each time; what a complete pass did not bring is buried at its end. */

export async function upsertPipelines(
  sql: Sql,
  accountId: string,
  funnels: readonly { readonly pipeline: Pipeline; readonly stages: readonly Stage[] }[],
): Promise<void> {
  const pipelines = lastByKey(
    funnels.map((one) => one.pipeline),
    (one) => one.id,
  );
  await sql.query(
    `INSERT INTO pipeline (account_id, pipeline_id, name, sort, deleted_at)
     SELECT $1, r.id, r.name, r.sort, NULL FROM unnest($2::text[], $3::text[], $4::float8[]) AS r(id, name, sort)
     ON CONFLICT (account_id, pipeline_id) DO UPDATE SET name = excluded.name, sort = excluded.sort, deleted_at = NULL`,
    [
      accountId,
      texts(pipelines, (one) => one.id),
      texts(pipelines, (one) => one.name),
      numbers(pipelines, (one) => one.sort),
    ],
  );
  for (const one of funnels) await replaceStages(sql, accountId, one.pipeline.id, one.stages);
}

async function replaceStages(
  sql: Sql,
  accountId: string,
  pipelineId: string,
  stages: readonly Stage[],
): Promise<void> {
  const rows = lastByKey(stages, (one) => one.id);
  await sql.query(
    `INSERT INTO stage (account_id, pipeline_id, stage_id, name, sort, kind, color, deleted_at)
     SELECT $1, $2, r.id, r.name, r.sort, r.kind, r.color, NULL
     FROM unnest($3::text[], $4::text[], $5::float8[], $6::text[], $7::text[]) AS r(id, name, sort, kind, color)
     ON CONFLICT (account_id, pipeline_id, stage_id) DO UPDATE SET name = excluded.name, sort = excluded.sort,
       kind = excluded.kind, color = excluded.color, deleted_at = NULL`,
    [
      accountId,
      pipelineId,
      texts(rows, (one) => one.id),
      texts(rows, (one) => one.name),
      numbers(rows, (one) => one.sort),
      texts(rows, (one) => one.kind),
      texts(rows, (one) => one.color),
    ],
  );
  await sql.query(
    `UPDATE stage SET deleted_at = now() WHERE account_id = $1 AND pipeline_id = $2
       AND deleted_at IS NULL AND stage_id <> ALL($3::text[])`,
    [accountId, pipelineId, ids(rows.map((one) => one.id))],
  );
}

export async function upsertUsers(sql: Sql, accountId: string, users: readonly HostUser[]): Promise<void> {
  const rows = lastByKey(users, (one) => one.id);
  await sql.query(
    `INSERT INTO host_user (account_id, user_id, name, email, position, active, admin, department_ids, time_zone)
     SELECT $1, r.id, r.name, r.email, r.position, r.active, r.admin, r.departments::text[], r.zone
     FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bool[], $7::bool[], $8::text[], $9::text[])
       AS r(id, name, email, position, active, admin, departments, zone)
     ON CONFLICT (account_id, user_id) DO UPDATE SET name = excluded.name, email = excluded.email,
       position = excluded.position, active = excluded.active, admin = excluded.admin,
       department_ids = excluded.department_ids, time_zone = excluded.time_zone`,
    [
      accountId,
      texts(rows, (one) => one.id),
      texts(rows, (one) => one.name),
      texts(rows, (one) => one.email),
      texts(rows, (one) => one.position),
      flags(rows, (one) => one.active),
      flags(rows, (one) => one.admin),
      texts(rows, (one) => ids(one.departmentIds)),
      texts(rows, (one) => one.timeZone),
    ],
  );
}

export async function upsertDepartments(
  sql: Sql,
  accountId: string,
  departments: readonly Department[],
): Promise<void> {
  const rows = lastByKey(departments, (one) => one.id);
  await sql.query(
    `INSERT INTO department (account_id, department_id, name, sort, parent_id, head_id, deleted_at)
     SELECT $1, r.id, r.name, r.sort, r.parent, r.head, NULL
     FROM unnest($2::text[], $3::text[], $4::float8[], $5::text[], $6::text[]) AS r(id, name, sort, parent, head)
     ON CONFLICT (account_id, department_id) DO UPDATE SET name = excluded.name, sort = excluded.sort,
       parent_id = excluded.parent_id, head_id = excluded.head_id, deleted_at = NULL`,
    [
      accountId,
      texts(rows, (one) => one.id),
      texts(rows, (one) => one.name),
      numbers(rows, (one) => one.sort),
      texts(rows, (one) => one.parentId),
      texts(rows, (one) => one.headId),
    ],
  );
}

export async function upsertProducts(
  sql: Sql,
  accountId: string,
  products: readonly Product[],
): Promise<void> {
  const rows = lastByKey(products, (one) => one.id);
  await sql.query(
    `INSERT INTO product (account_id, product_id, name, price, currency, active)
     SELECT $1, r.id, r.name, r.price::numeric, r.currency, r.active
     FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bool[]) AS r(id, name, price, currency, active)
     ON CONFLICT (account_id, product_id) DO UPDATE SET name = excluded.name, price = excluded.price,
       currency = excluded.currency, active = excluded.active`,
    [
      accountId,
      texts(rows, (one) => one.id),
      texts(rows, (one) => one.name),
      texts(rows, (one) => (one.price === null ? null : String(one.price))),
      texts(rows, (one) => one.currency),
      flags(rows, (one) => one.active),
    ],
  );
}

/** What a complete pass of a small stream did not bring: gone, or for people and products no longer active. */
const BURIALS = {
  pipelines: `UPDATE pipeline SET deleted_at = now()
    WHERE account_id = $1 AND deleted_at IS NULL AND pipeline_id <> ALL($2::text[])`,
  users: `UPDATE host_user SET active = false WHERE account_id = $1 AND active AND user_id <> ALL($2::text[])`,
  departments: `UPDATE department SET deleted_at = now()
    WHERE account_id = $1 AND deleted_at IS NULL AND department_id <> ALL($2::text[])`,
  products: `UPDATE product SET active = false WHERE account_id = $1 AND active AND product_id <> ALL($2::text[])`,
} as const;

const LIVE = {
  pipelines: `SELECT 1 FROM pipeline WHERE account_id = $1 AND deleted_at IS NULL LIMIT 1`,
  users: `SELECT 1 FROM host_user WHERE account_id = $1 AND active LIMIT 1`,
  departments: `SELECT 1 FROM department WHERE account_id = $1 AND deleted_at IS NULL LIMIT 1`,
  products: `SELECT 1 FROM product WHERE account_id = $1 AND active LIMIT 1`,
} as const;

export type WholeStreamName = keyof typeof BURIALS;

/** Call it only after a pass from the first page to the last. */
export async function buryUnseen(
  sql: Sql,
  accountId: string,
  stream: WholeStreamName,
  seen: ReadonlySet<string>,
): Promise<void> {
  await sql.query(BURIALS[stream], [accountId, ids([...seen])]);
}

export async function hasLiveRows(sql: Sql, accountId: string, stream: WholeStreamName): Promise<boolean> {
  return (await sql.query(LIVE[stream], [accountId])).length > 0;
}
