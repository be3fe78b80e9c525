import { upsertDepartments, upsertPipelines, upsertProducts, upsertUsers } from '../structure.repository.js';
import { stream } from './stream.js';

const HOURLY = 60;
/** Catalogues are long and change seldom. */
const DAILY = 24 * 60;

export const pipelines = stream({
  name: 'pipelines',
  entity: 'structure',
  follow: 'whole',
  everyMinutes: HOURLY,
  neverEmpty: true,
  keyOf: (row) => row.pipeline.id,
  write: async ({ tx, accountId, rows }) => {
    await upsertPipelines(tx, accountId, rows);
    return {};
  },
});

export const users = stream({
  name: 'users',
  entity: 'user',
  follow: 'whole',
  everyMinutes: HOURLY,
  neverEmpty: true,
  keyOf: (row) => row.id,
  write: async ({ tx, accountId, rows }) => {
    await upsertUsers(tx, accountId, rows);
    return {};
  },
});

export const departments = stream({
  name: 'departments',
  entity: 'structure',
  follow: 'whole',
  everyMinutes: HOURLY,
  keyOf: (row) => row.id,
  write: async ({ tx, accountId, rows }) => {
    await upsertDepartments(tx, accountId, rows);
    return {};
  },
});

export const products = stream({
  name: 'products',
  entity: 'structure',
  follow: 'whole',
  everyMinutes: DAILY,
  keyOf: (row) => row.id,
  write: async ({ tx, accountId, rows }) => {
    await upsertProducts(tx, accountId, rows);
    return {};
  },
});
