import type { HistoryFact } from '../../domain/insight/pipeline-history.js';
import type { DealGroup } from '../../domain/insight/forecast-groups.js';
import type { CrossingSum, CycleSum, StageSum } from './deal-facts.repository.js';
import type { HabitFact } from './habits.repository.js';
import type { ClientFact, LossFact, LossPartFact } from './outlook.repository.js';
import type { SellerReason, SellerSteps, SellerSum } from './sellers.repository.js';
import type { StuckStanding } from './stuck.repository.js';

/** What pages count over deals and visits, by name. Plain JSON and big integers: it may be kept. */
export interface Facts {
  readonly history: readonly HistoryFact[];
  readonly sums: readonly StageSum[];
  readonly crossings: readonly CrossingSum[];
  readonly cycles: readonly CycleSum[];
  readonly stuck: StuckStanding;
  readonly sellers: readonly SellerSum[];
  readonly reasons: readonly SellerReason[];
  readonly habits: readonly HabitFact[];
  readonly work: readonly SellerSteps[];
  readonly groups: readonly DealGroup[];
  readonly clients: readonly ClientFact[];
  readonly losses: readonly LossFact[];
  readonly lossParts: readonly LossPartFact[];
}

export type FactName = keyof Facts;

export const FACT_NAMES = [
  'history',
  'sums',
  'crossings',
  'cycles',
  'stuck',
  'sellers',
  'reasons',
  'habits',
  'work',
  'groups',
  'clients',
  'losses',
  'lossParts',
] as const satisfies readonly FactName[];

export function isFactName(name: string): name is FactName {
  return (FACT_NAMES as readonly string[]).includes(name);
}
