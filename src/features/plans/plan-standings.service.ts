import { Inject, Injectable } from '@nestjs/common';
import { COMPANY, type Company } from '../../contract/company.js';
import type { Deal } from '../../domain/crm/records.js';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CompanyStructures } from '../../mirror/index.js';
import { Intakes } from './intakes.service.js';
import { PlanAccess, type DealAccess } from './plan-access.service.js';
import type { PlanChoicesView } from './plan.view.js';
import { refusalError } from './refusal.texts.js';
import type { StepLook } from './step-view.js';

/** Where a person stands towards a deal's steps. */
export type Standing = Pick<StepLook, 'scope' | 'leads' | 'groups'>;

/** As far as any template may plan. */
const MAX_AHEAD_MS = 1_000 * 86_400_000;

/** Who somebody is to a plan, and what dialogs offer this person. */
@Injectable()
export class PlanStandings {
  constructor(
    private readonly access: PlanAccess,
    private readonly intakes: Intakes,
    private readonly structures: CompanyStructures,
    @Inject(COMPANY) private readonly company: Company,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async of(person: SessionClaims, { scope }: Pick<DealAccess, 'scope'>): Promise<Standing> {
    const { groups } = await this.company.of(person.accountId);
    const own = [...groups].filter(([, group]) => group.members.includes(person.userId)).map(([key]) => key);
    return { scope, leads: await this.access.leads(person), groups: new Set(own) };
  }

  /** Whether the deal waits for somebody to accept it. */
  async waits(accountId: string, { id, pipelineId, stageId }: Deal): Promise<boolean> {
    const stages = await this.intakes.stages(accountId, pipelineId);
    return stages.includes(stageId) && !(await this.intakes.isAccepted(accountId, id));
  }

  /** Throws for a moment that is over or too far ahead. */
  demandAhead(at: Instant): void {
    const ahead = at - this.clock.now();
    if (ahead <= 0) throw refusalError('dueInPast');
    if (ahead > MAX_AHEAD_MS) throw refusalError('dueTooFar');
  }

  async choices(person: SessionClaims): Promise<PlanChoicesView> {
    const { reasons } = await this.company.of(person.accountId);
    const { users } = await this.structures.of(person.accountId);
    const people = users
      .filter((user) => user.active)
      .map(({ id, name }) => ({ id, name }))
      .toSorted((a, b) => a.name.localeCompare(b.name, person.language));
    return {
      reasons: reasons
        .filter(({ uses }) => uses.includes('step'))
        .map(({ key, name, cause }) => ({ key, name, cause })),
      people: (await this.access.leads(person)) ? people : [],
    };
  }
}
