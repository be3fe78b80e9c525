import { useI18n } from 'petite-vue-i18n';
import { computed, type ComputedRef } from 'vue';
import type { FieldKind } from '../../../../src/domain/crm/records.js';
import type { FieldRole } from '../../../../src/domain/plans/template.types.js';
import { useCompany } from './use-company.js';

/** A field of deals that a rule may name. */
export interface FieldOption {
  /** As templates write it. */
  readonly ref: string;
  readonly name: string;
  readonly kind: FieldKind;
  readonly choices: readonly { readonly id: string; readonly name: string }[];
}

const COMMON: readonly (readonly [string, FieldKind])[] = [
  ['amount', 'money'],
  ['products', 'choice'],
  ['source', 'text'],
  ['tags', 'text'],
  ['company', 'text'],
  ['currency', 'text'],
  ['pipeline', 'choice'],
  ['responsible', 'user'],
  ['createdOn', 'date'],
];

const ROLES: readonly (readonly [FieldRole, FieldKind])[] = [
  ['product', 'choice'],
  ['segment', 'text'],
  ['targetAudience', 'text'],
  ['accountManager', 'user'],
  ['influencer', 'user'],
  ['decisionMaker', 'user'],
  ['clientDate', 'date'],
  ['paymentDate', 'date'],
  ['lossReason', 'text'],
];

/** Common fields first, then those that the account gave a meaning to, then the host's own. */
export function useFields(): ComputedRef<readonly FieldOption[]> {
  const { t } = useI18n();
  const company = useCompany();
  const people = computed(() => company.people.value?.people.map(({ id, name }) => ({ id, name })) ?? []);
  const products = computed(() => {
    const { products: line = [], hostProducts = [] } = company.catalogue.value ?? {};
    return [...line, ...hostProducts].map(({ id, name }) => ({ id, name }));
  });

  function choicesOf(ref: string, kind: FieldKind): FieldOption['choices'] {
    if (kind === 'user') return people.value;
    if (ref === 'products') return products.value;
    return ref === 'pipeline' ? (company.templates.value?.pipelines ?? []) : [];
  }

  return computed(() => {
    const { fields: own, map } = company.fields.value ?? {};
    const common = COMMON.map(([ref, kind]) => ({
      ref,
      kind,
      name: t(`tpl.field.${ref}`),
      choices: choicesOf(ref, kind),
    }));
    const roles = ROLES.map(([role, kind]): FieldOption => {
      const mapped = own?.find((field) => field.key === map?.[role]);
      const name = t(`tpl.role.${role}`);
      const ref = `map:${role}`;
      if (!mapped) return { ref, kind, name, choices: role === 'product' ? products.value : [] };
      const choices = mapped.kind === 'user' ? people.value : mapped.choices;
      return { ref, kind: mapped.kind, name: `${name} (${mapped.name})`, choices };
    });
    const host = (own ?? []).map(({ key, name, kind, choices }) => ({
      ref: `host:${key}`,
      name,
      kind,
      choices: kind === 'user' ? people.value : choices,
    }));
    return [...common, ...roles, ...host];
  });
}

/** The option that a reference names; one that nobody knows any more keeps its own key as name. */
export function fieldOf(options: readonly FieldOption[], ref: string): FieldOption {
  return (
    options.find((option) => option.ref === ref) ?? {
      ref,
      name: ref.replace(/^(map|host):/, ''),
      kind: 'other',
      choices: [],
    }
  );
}
