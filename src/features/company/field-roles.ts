import type { DealField, FieldKind } from '../../domain/crm/records.js';
import type { FieldRole } from '../../domain/plans/template.types.js';

const NAMED: readonly FieldKind[] = ['choice', 'text'];
const PEOPLE: readonly FieldKind[] = ['user', 'choice', 'text'];

/** Which kinds of fields can say what the role asks. */
const FITTING: Readonly<Record<FieldRole, readonly FieldKind[]>> = {
  product: NAMED,
  segment: NAMED,
  targetAudience: NAMED,
  accountManager: PEOPLE,
  influencer: PEOPLE,
  decisionMaker: PEOPLE,
  clientDate: ['date', 'moment'],
  paymentDate: ['date', 'moment'],
  lossReason: NAMED,
};

export const FIELD_ROLES = Object.keys(FITTING) as readonly FieldRole[];

export function isFieldRole(name: string): name is FieldRole {
  return Object.hasOwn(FITTING, name);
}

export function fits(field: Pick<DealField, 'kind'>, role: FieldRole): boolean {
  return FITTING[role].includes(field.kind);
}
