import type { WorkUnit } from '../../calendar/work-calendar.types.js';
import type {
  Condition,
  FieldRef,
  HandOver,
  OffsetAnchor,
  OwnerRule,
  StepOffset,
} from '../template.types.js';
import type { StepOutline } from './edition.js';

/** Roles that every company finds in its settings. */
type CompanyRole = 'qualifier' | 'accountManager' | 'projectManager' | 'productManager';

/** The head of the responsible's department. */
export const HEAD: OwnerRule = { kind: 'departmentHead' };

/** Sellers who take new clients in turn; a company without such a group leaves them where they are. */
export const SELLERS: OwnerRule = { kind: 'roundRobin', group: 'sellers' };

export function role(name: CompanyRole): OwnerRule {
  return { kind: 'role', role: name };
}

/** Names of a stage in a row, with commas between them. */
export function names(list: string): readonly string[] {
  return list.split(', ');
}

/** A step of the deal's responsible, required, cancelled on exit and reopened on re-entry, unless said otherwise. */
export function step(
  key: string,
  deadline: StepOffset,
  minutes: number,
  rest: Omit<StepOutline, 'key' | 'offset' | 'minutes'> = {},
): StepOutline {
  return { key, offset: deadline, minutes, ...rest };
}

/** Deadline after the entry into the stage. */
export function fromEntry(amount: number, unit: WorkUnit, timeOfDay?: string): StepOffset {
  return offset({ from: 'stageEntry' }, amount, unit, timeOfDay);
}

/** Deadline after the end of another step. */
export function fromEndOf(stepKey: string, amount: number, unit: WorkUnit, timeOfDay?: string): StepOffset {
  return offset({ from: 'stepEnd', stepKey }, amount, unit, timeOfDay);
}

/** Deadline after the first day of the plan. */
export function fromStart(amount: number, unit: WorkUnit, timeOfDay?: string): StepOffset {
  return offset({ from: 'planStart' }, amount, unit, timeOfDay);
}

/** Deadline on a day that stands in the deal, or so long after it. */
export function fromDate(field: FieldRef, amount: number, unit: WorkUnit, timeOfDay?: string): StepOffset {
  return offset({ from: 'field', field }, amount, unit, timeOfDay);
}

/** An earlier step was answered in one of these ways. */
export function answered(stepKey: string, ...values: readonly string[]): Condition {
  return { kind: 'step', stepKey, is: 'result', values };
}

/** An earlier step was not, or not yet, answered in one of these ways. */
export function notAnswered(stepKey: string, ...values: readonly string[]): Condition {
  return { kind: 'not', of: answered(stepKey, ...values) };
}

export function bothHold(...of: readonly Condition[]): Condition {
  return { kind: 'all', of };
}

export function eitherHolds(...of: readonly Condition[]): Condition {
  return { kind: 'any', of };
}

export function fieldIs(field: FieldRef, is: 'filled' | 'empty'): Condition {
  return { kind: 'field', field, is, values: [] };
}

/** So many tries in all; the client's silence is the client's answer. */
export function tries(
  attempts: number,
  amount: number,
  unit: WorkUnit,
  rest: { readonly timeOfDay?: string; readonly closeDeal: boolean },
): NonNullable<StepOutline['repeat']> {
  const { timeOfDay, closeDeal } = rest;
  const interval = { amount, unit, ...(timeOfDay !== undefined && { timeOfDay }) };
  return { attempts, interval, cause: 'client', closeDeal };
}

/** Another person gets the deal: at once, or after working beside the one who had it. */
export function handOver(mode: HandOver['mode'], to: OwnerRule): HandOver {
  return { to, mode };
}

function offset(anchor: OffsetAnchor, amount: number, unit: WorkUnit, timeOfDay?: string): StepOffset {
  return { anchor, amount, unit, ...(timeOfDay !== undefined && { timeOfDay }) };
}
