import type { FieldRef, FieldRole } from './template.types.js';

/** Fields that every deal has in every host. */
const COMMON_FIELDS = [
  'amount',
  'currency',
  'source',
  'pipeline',
  'stage',
  'company',
  'responsible',
  'products',
  'tags',
  'createdOn',
] as const;

export type CommonField = (typeof COMMON_FIELDS)[number];

const FIELD_ROLES: Readonly<Record<FieldRole, true>> = {
  product: true,
  segment: true,
  targetAudience: true,
  accountManager: true,
  influencer: true,
  decisionMaker: true,
  clientDate: true,
  paymentDate: true,
  lossReason: true,
};

const MAX_HOST_KEY = 120;

export type ReadRef =
  | { readonly kind: 'common'; readonly field: CommonField }
  | { readonly kind: 'role'; readonly role: FieldRole }
  | { readonly kind: 'host'; readonly key: string };

/** What a reference to a field names; null when it names none. */
export function readFieldRef(ref: FieldRef): ReadRef | null {
  const common = COMMON_FIELDS.find((name) => name === ref);
  if (common !== undefined) return { kind: 'common', field: common };
  if (ref.startsWith('map:')) {
    const role = ref.slice('map:'.length);
    return isFieldRole(role) ? { kind: 'role', role } : null;
  }
  const key = ref.startsWith('host:') ? ref.slice('host:'.length) : '';
  return key !== '' && key.length <= MAX_HOST_KEY ? { kind: 'host', key } : null;
}

function isFieldRole(text: string): text is FieldRole {
  return Object.hasOwn(FIELD_ROLES, text);
}
