import type { StreamName } from '../../contract/streams.js';
import { activities } from './activities.stream.js';
import { deals } from './deals.stream.js';
import { stageHistory } from './stage-history.stream.js';
import type { MirrorStream } from './stream.js';
import { departments, pipelines, products, users } from './structure.streams.js';
import { tasks } from './tasks.stream.js';

/** In the order of the first copy: what explains the deals before the deals, the bulk in the middle. */
export const STREAMS: readonly MirrorStream[] = [
  pipelines,
  users,
  departments,
  products,
  deals,
  stageHistory,
  tasks,
  activities,
];

/** Ends the first copy: visits from the whole history, then every deal is announced. */
export const VISITS_STEP = 'visits';
/** The slow walk over all ids that finds deletions. */
export const RECONCILE_STEP = 'reconcile';

/** Products of deals whose host tells them apart from deals. */
export const PRODUCTS_STEP = 'dealProducts';

/** A step has one checkpoint an account. */
export type StepName = StreamName | typeof VISITS_STEP | typeof RECONCILE_STEP | typeof PRODUCTS_STEP;

/** What the first copy goes through, in order. */
export const COPY_STEPS: readonly StepName[] = [
  'pipelines',
  'users',
  'departments',
  'products',
  'deals',
  'stageHistory',
  'visits',
  'tasks',
];

/** Followed from the beginning, but not before the first copy is complete: nobody waits for them. */
export const LATE_STEPS: readonly StepName[] = ['activities', PRODUCTS_STEP];

export function streamOf(name: StepName): MirrorStream | null {
  return STREAMS.find((one) => one.name === name) ?? null;
}
