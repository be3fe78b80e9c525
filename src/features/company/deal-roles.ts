import type { CompanyRules, ProductLine } from '../../contract/company.js';
import type { Deal, FieldValue, HostUser } from '../../domain/crm/records.js';
import type { FieldRole } from '../../domain/plans/template.types.js';
import type { FieldsPart } from './company.facts.js';

interface DealRoleSources {
  /** Holders by role for deals that say nothing themselves. */
  readonly roles: ReadonlyMap<string, readonly string[]>;
  readonly productLine: readonly ProductLine[];
  readonly fields: FieldsPart;
  readonly users: readonly Pick<HostUser, 'id' | 'name'>[];
}

/**
 * Who holds a role for a deal. The product's manager comes from the deal's products, the account manager from the mapped
 * field; after them come the company's own holders. A field without people in it (a text) is taken for a person's name.
 */
export function dealRoles(sources: DealRoleSources): Pick<CompanyRules, 'rolesFor' | 'productOf'> {
  const { roles, fields } = sources;
  if (sources.productLine.length === 0 && fields.map.accountManager === undefined) {
    // A hundred thousand deals are planned at once, and most companies begin without either.
    return { productOf: () => null, rolesFor: () => roles };
  }
  const byId = new Map(sources.productLine.map((line) => [line.productId, line]));
  const byName = new Map(sources.productLine.map((line) => [folded(line.name), line]));
  const people = peopleByName(sources.users);
  const linesOf = (deal: Deal): readonly ProductLine[] => {
    const named = mappedNames(deal, 'product', fields).map(
      (name) => byId.get(name) ?? byName.get(folded(name)),
    );
    return [...deal.productIds.map((id) => byId.get(id)), ...named].filter((line) => line !== undefined);
  };
  return {
    productOf: (deal) => linesOf(deal)[0] ?? null,
    rolesFor: (deal) => {
      const managers = linesOf(deal).flatMap((line) => (line.managerId === null ? [] : [line.managerId]));
      const accountManagers = mappedNames(deal, 'accountManager', fields).flatMap(
        (name) => people.get(name) ?? people.get(folded(name)) ?? [],
      );
      if (managers.length === 0 && accountManagers.length === 0) return roles;
      return new Map([
        ...roles,
        ['productManager', first(managers, roles.get('productManager'))],
        ['accountManager', first(accountManagers, roles.get('accountManager'))],
      ]);
    },
  };
}

/** Values of the mapped field; choices by their names as well as by their ids. */
function mappedNames(deal: Deal, role: FieldRole, { map, choices }: FieldsPart): readonly string[] {
  const key = map[role];
  if (key === undefined) return [];
  const names = choices[role] ?? {};
  return textsOf(deal.fields[key]).flatMap((text) => [
    text,
    ...(names[text] === undefined ? [] : [names[text]]),
  ]);
}

function textsOf(value: FieldValue | undefined): readonly string[] {
  if (value === undefined || value === null || typeof value === 'boolean') return [];
  if (typeof value === 'object') return value;
  return String(value) === '' ? [] : [String(value)];
}

/** By id, and by name where only one has it. */
function peopleByName(users: DealRoleSources['users']): ReadonlyMap<string, string> {
  const byName = Map.groupBy(users, (user) => folded(user.name));
  const single = [...byName].flatMap(([name, same]): [string, string][] =>
    same.length === 1 && same[0] && name !== '' ? [[name, same[0].id]] : [],
  );
  return new Map([...single, ...users.map((user): [string, string] => [user.id, user.id])]);
}

function first(found: readonly string[], rest: readonly string[] = []): readonly string[] {
  return [...new Set([...found, ...rest])];
}

function folded(name: string): string {
  return name.trim().toLowerCase();
}
