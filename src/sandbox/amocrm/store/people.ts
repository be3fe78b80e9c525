import type { CompanyDepartment, CompanyPerson } from '../../company/company.js';

/** How far a right reaches: all, the group's, own ones, none. */
export type Reach = 'A' | 'G' | 'M' | 'D';

export interface Person {
  readonly id: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly position: string;
  readonly timeZone: string;
  groupId: number;
  admin: boolean;
  active: boolean;
  free: boolean;
  /** What the person may see and change of leads and their tasks. */
  leads: Reach;
}

export interface Group {
  /** 0 is the sales department every account has. */
  readonly id: number;
  readonly name: string;
}

const FIRST_GROUP = 500_000;

/** Users and groups. The department at the top is group 0; a head reaches the group, a seller the own leads. */
export class People {
  readonly groups: readonly Group[];
  readonly all: Person[];
  private readonly byId = new Map<number, Person>();

  constructor(people: readonly CompanyPerson[], departments: readonly CompanyDepartment[]) {
    this.groups = departments.map((department) => ({ id: groupOf(department), name: department.name }));
    const heads = new Set(departments.map((department) => department.headId));
    this.all = people.map((person) => this.take(person, departments, heads));
    for (const person of this.all) this.byId.set(person.id, person);
  }

  get(id: number): Person | undefined {
    return this.byId.get(id);
  }

  firstAdmin(): Person {
    const admin = this.all.find((person) => person.admin && person.active) ?? this.all[0];
    if (admin === undefined) throw new Error('the company has no people');
    return admin;
  }

  add(person: Person): void {
    this.all.push(person);
    this.byId.set(person.id, person);
  }

  /** Whose leads the person sees; null for everybody's. */
  visibleOwners(person: Person): ReadonlySet<number> | null {
    if (person.admin || person.leads === 'A') return null;
    if (person.leads === 'D') return new Set();
    if (person.leads === 'M') return new Set([person.id]);
    return new Set(this.all.filter((one) => one.groupId === person.groupId).map((one) => one.id));
  }

  private take(
    person: CompanyPerson,
    departments: readonly CompanyDepartment[],
    heads: ReadonlySet<number | null>,
  ): Person {
    const department = departments.find((one) => one.id === person.departmentIds[0]);
    return {
      id: person.id,
      firstName: person.firstName,
      lastName: person.lastName,
      email: person.email,
      position: person.position,
      timeZone: person.timeZone,
      groupId: department === undefined ? 0 : groupOf(department),
      admin: person.admin,
      active: person.active,
      free: false,
      leads: person.admin ? 'A' : heads.has(person.id) ? 'G' : 'M',
    };
  }
}

function groupOf(department: CompanyDepartment): number {
  return department.parentId === null ? 0 : FIRST_GROUP + department.id;
}

export function fullName(person: Person): string {
  return `${person.firstName} ${person.lastName}`.trim();
}
