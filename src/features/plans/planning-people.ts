import type { CompanyRules } from '../../contract/company.js';
import type { Deal } from '../../domain/crm/records.js';
import { headOf } from '../../domain/crm/rights.js';
import type { CommandPeople } from '../../domain/plans/step-commands.js';
import type { PlanPeople } from '../../domain/plans/types.js';
import type { CompanyStructure } from '../../mirror/index.js';

/** Working time, stand-ins, roles and heads of everybody in the account; the head is looked up once per responsible. */
export class PlanningPeople {
  private readonly heads = new Map<string, string | null>();
  private readonly inactive: ReadonlySet<string>;

  constructor(
    private readonly structure: CompanyStructure,
    private readonly company: CompanyRules,
  ) {
    this.inactive = new Set(structure.users.filter((user) => !user.active).map((user) => user.id));
  }

  /** As far as commands look at people. */
  get forCommands(): CommandPeople {
    return { groups: this.company.groups, inactive: this.inactive };
  }

  /** People as far as the deal's plan needs them. */
  of(deal: Deal): PlanPeople {
    const { schedules, fallback, deputies, groups } = this.company;
    return {
      departmentHeadId: deal.ownerId === null ? null : this.headOf(deal.ownerId),
      schedules,
      fallback,
      inactive: this.inactive,
      roles: this.company.rolesFor(deal),
      groups,
      deputies,
    };
  }

  private headOf(userId: string): string | null {
    const known = this.heads.get(userId);
    if (known !== undefined) return known;
    const head = headOf(userId, this.structure);
    this.heads.set(userId, head);
    return head;
  }
}
