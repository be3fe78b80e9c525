import type { CompanyDepartment, CompanyPerson } from '../../company/company.js';

export interface Person {
  readonly id: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly position: string;
  readonly departmentIds: readonly number[];
  readonly timeZone: string;
  admin: boolean;
  /** False once dismissed: tokens of a local application die with the employee. */
  active: boolean;
}

/** Employees, departments and the one rule of visibility: an employee sees what belongs to the own department. */
export class People {
  readonly departments: readonly CompanyDepartment[];
  readonly all: Person[];
  private readonly byId = new Map<number, Person>();
  private readonly hiddenPipelines = new Map<number, ReadonlySet<number>>();

  constructor(people: readonly CompanyPerson[], departments: readonly CompanyDepartment[]) {
    this.departments = departments;
    this.all = people.map((person) => ({ ...person }));
    for (const person of this.all) {
      this.byId.set(person.id, person);
    }
  }

  get(id: number): Person | undefined {
    return this.byId.get(id);
  }

  firstAdmin(): Person {
    const admin = this.all.find((person) => person.admin && person.active) ?? this.all[0];
    if (admin === undefined) {
      throw new Error('the company has no people');
    }
    return admin;
  }

  add(person: Person): void {
    this.all.push(person);
    this.byId.set(person.id, person);
  }

  /** Pipelines an employee has no rights for; admins see all. */
  hidePipelines(userId: number, pipelineIds: readonly number[]): void {
    this.hiddenPipelines.set(userId, new Set(pipelineIds));
  }

  seesPipeline(person: Person, pipelineId: number): boolean {
    return person.admin || !(this.hiddenPipelines.get(person.id)?.has(pipelineId) ?? false);
  }

  /** Ids of the people whose records the person may see; nothing when all. */
  visibleOwners(person: Person): ReadonlySet<number> | null {
    if (person.admin) {
      return null;
    }
    const departments = new Set<number>(person.departmentIds);
    let grown = true;
    while (grown) {
      grown = false;
      for (const department of this.departments) {
        const parent = department.parentId;
        if (parent !== null && departments.has(parent) && !departments.has(department.id)) {
          departments.add(department.id);
          grown = true;
        }
      }
    }
    const owners = this.all.filter((other) => other.departmentIds.some((id) => departments.has(id)));
    return new Set([person.id, ...owners.map((owner) => owner.id)]);
  }
}
