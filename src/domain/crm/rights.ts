import type { Department, HostUser } from './records.js';

/** Who asks. `admin` comes from the host, proven when the frame was opened. */
export interface Asker {
  readonly userId: string;
  readonly admin: boolean;
}

/** The company's structure, as far as rights need it. */
export interface Structure {
  readonly users: readonly Pick<HostUser, 'id' | 'departmentIds'>[];
  readonly departments: readonly Pick<Department, 'id' | 'parentId' | 'headId'>[];
}

/** What somebody may see: everything, or the deals of these people. */
export type Reach =
  { readonly kind: 'all' } | { readonly kind: 'people'; readonly userIds: ReadonlySet<string> };

/**
 * An administrator reaches everything; a head the people of the own departments with all departments below them;
 * anybody else only himself.
 */
export function reachOf(asker: Asker, structure: Structure): Reach {
  if (asker.admin) return { kind: 'all' };
  const led = departmentsLedBy(asker.userId, structure.departments);
  const userIds = new Set([asker.userId]);
  if (led.size === 0) return { kind: 'people', userIds };
  for (const user of structure.users) {
    if (user.departmentIds.some((id) => led.has(id))) userIds.add(user.id);
  }
  return { kind: 'people', userIds };
}

/** A deal without an owner is everybody's: hiding it from all would leave it to nobody. */
export function mayHandle(reach: Reach, deal: { readonly ownerId: string | null }): boolean {
  if (reach.kind === 'all' || deal.ownerId === null) return true;
  return reach.userIds.has(deal.ownerId);
}

/** The nearest head above a user who is not the user himself; null when there is none. */
export function headOf(userId: string, structure: Structure): string | null {
  const byId = new Map(structure.departments.map((department) => [department.id, department]));
  const user = structure.users.find((candidate) => candidate.id === userId);
  for (const start of user?.departmentIds ?? []) {
    const seen = new Set<string>();
    let department = byId.get(start);
    while (department !== undefined && !seen.has(department.id)) {
      seen.add(department.id);
      if (department.headId !== null && department.headId !== userId) return department.headId;
      department = department.parentId === null ? undefined : byId.get(department.parentId);
    }
  }
  return null;
}

/** Above the departments of a company whose CRM knows no order among them. */
const TOP = ' top';

/**
 * Not every CRM knows who stands above whom: there may be groups of people and nothing above them, or no heads at all.
 * Somebody has to hear of what is left undone all the same: above everybody stands the administrator who is there the
 * longest. Hosts number people in the order in which they come.
 */
export function withHeads(company: {
  readonly users: readonly Pick<HostUser, 'id' | 'departmentIds' | 'admin' | 'active'>[];
  readonly departments: Structure['departments'];
}): Structure {
  const { users, departments } = company;
  const isOrdered = departments.some(({ parentId }) => parentId !== null);
  if (isOrdered && departments.some(({ headId }) => headId !== null)) return company;
  const [first] = users
    .filter((user) => user.active && user.admin)
    .toSorted((one, other) => one.id.length - other.id.length || (one.id < other.id ? -1 : 1));
  if (!first) return company;
  const below = departments.map((one) => (one.parentId === null ? { ...one, parentId: TOP } : one));
  return { users, departments: [...below, { id: TOP, parentId: null, headId: first.id }] };
}

function departmentsLedBy(userId: string, departments: Structure['departments']): ReadonlySet<string> {
  const children = new Map<string, string[]>();
  for (const department of departments) {
    if (department.parentId === null) continue;
    children.set(department.parentId, [...(children.get(department.parentId) ?? []), department.id]);
  }
  const led = new Set<string>();
  const queue = departments.filter((each) => each.headId === userId).map((each) => each.id);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (led.has(id)) continue;
    led.add(id);
    queue.push(...(children.get(id) ?? []));
  }
  return led;
}
