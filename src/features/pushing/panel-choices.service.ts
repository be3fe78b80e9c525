import { Inject, Injectable, Optional } from '@nestjs/common';
import { COMPANY, type Company } from '../../contract/company.js';
import { mayHandle, reachOf, type Reach } from '../../domain/crm/rights.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CompanyStructures, MirrorReads, type CompanyStructure } from '../../mirror/index.js';
import { PanelViewRepository } from './panel-view.repository.js';
import type { PanelChoicesView } from './panel.view.js';

/** What the panel's filters offer this person. */
@Injectable()
export class PanelChoices {
  constructor(
    private readonly structures: CompanyStructures,
    private readonly mirror: MirrorReads,
    private readonly saved: PanelViewRepository,
    @Optional() @Inject(COMPANY) private readonly company: Company | null,
  ) {}

  async of(person: SessionClaims): Promise<PanelChoicesView> {
    const { accountId, userId } = person;
    const structure = await this.structures.of(accountId);
    const [products, rules, views, last] = await Promise.all([
      this.mirror.products(accountId),
      this.company?.of(accountId),
      this.saved.list(accountId, userId),
      this.saved.last(accountId, userId),
    ]);
    const reach = reachOf(person, structure);
    const leads = reach.kind === 'all' || reach.userIds.size > 1;
    return {
      ...peopleOf(structure, reach),
      pipelines: structure.pipelines.map(({ id, name }) => ({
        id,
        name,
        stages: structure.stages
          .filter((stage) => stage.pipelineId === id)
          .map((stage) => ({ id: stage.id, name: stage.name, kind: stage.kind })),
      })),
      products: products.filter((product) => product.active).map(({ id, name }) => ({ id, name })),
      reasons: (rules?.reasons ?? []).map(({ key, name, uses }) => ({ key, name, uses })),
      views,
      last,
      can: { push: leads, reassign: leads, closeDeals: true },
    };
  }
}

/** People and departments within reach: the others' names are nobody's business here. */
function peopleOf(
  structure: CompanyStructure,
  reach: Reach,
): Pick<PanelChoicesView, 'sellers' | 'departments'> {
  const people = structure.users.filter((user) => user.active && mayHandle(reach, { ownerId: user.id }));
  const departmentIds = new Set(people.flatMap((user) => user.departmentIds));
  return {
    sellers: people.map(({ id, name }) => ({ id, name })),
    departments: structure.departments
      .filter((department) => departmentIds.has(department.id))
      .map(({ id, name }) => ({ id, name })),
  };
}
