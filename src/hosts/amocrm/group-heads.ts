import { isObject, type JsonObject } from '../common/json.js';
import { flagOf, idOf } from '../common/values.js';

/** The department that every account has. */
const FIRST_GROUP = '0';

interface Member {
  readonly id: string;
  readonly admin: boolean;
  /** Sees more deals than the own ones. */
  readonly wide: boolean;
}

/**
 * Who leads a group, by the group's number. The host names no heads, but its rights tell: among people who see their own
 * deals only, the one who sees everybody's leads them; where nobody does, the one administrator among them. Where there
 * are two such people, nobody is taken for the head.
 */
export function headsOfGroups(users: readonly JsonObject[]): ReadonlyMap<string, string> {
  const groups = Map.groupBy(users.flatMap(memberOf), ({ group }) => group);
  const heads = [...groups].flatMap(([group, members]): readonly (readonly [string, string])[] => {
    const head = headAmong(members.map(({ member }) => member));
    return head === null ? [] : [[group, head]];
  });
  return new Map(heads);
}

function headAmong(members: readonly Member[]): string | null {
  const narrow = members.filter(({ admin, wide }) => !admin && !wide);
  if (narrow.length === 0) return null;
  const leading = members.filter(({ admin, wide }) => !admin && wide);
  const [first, second] = leading.length > 0 ? leading : members.filter(({ admin }) => admin);
  return first && !second ? first.id : null;
}

function memberOf(row: JsonObject): readonly { readonly group: string; readonly member: Member }[] {
  const id = idOf(row['id']);
  const rights = isObject(row['rights']) ? row['rights'] : {};
  if (id === null || flagOf(rights['is_free']) || !isActive(rights)) return [];
  const deals = isObject(rights['leads']) ? rights['leads'] : {};
  const wide = deals['view'] === 'A' || deals['view'] === 'G';
  return [{ group: groupOf(rights), member: { id, admin: flagOf(rights['is_admin']), wide } }];
}

/** Where the host does not say, nobody has left. */
export function isActive(rights: JsonObject): boolean {
  return rights['is_active'] === undefined || flagOf(rights['is_active']);
}

export function groupOf(rights: JsonObject): string {
  return idOf(rights['group_id']) ?? FIRST_GROUP;
}
