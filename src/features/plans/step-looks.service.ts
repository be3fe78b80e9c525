import { Inject, Injectable } from '@nestjs/common';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import type { Clock } from '../../domain/crm/time.js';
import type { TemplateBody } from '../../domain/plans/types.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import type { CompanyStructure } from '../../mirror/index.js';
import type { StepLook } from './step-view.js';

/** How steps look to one person: names, language, zone, the moment, and where the host shows tasks. */
@Injectable()
export class StepLooks {
  constructor(
    @Inject(HOSTS) private readonly hosts: Hosts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  of(
    person: SessionClaims,
    structure: CompanyStructure,
    template: TemplateBody | null,
    standing: Pick<StepLook, 'scope' | 'leads' | 'groups'>,
  ): StepLook {
    const names = new Map(structure.users.map((user) => [user.id, user.name]));
    const stages = new Map(template?.stages.map((stage) => [stage.key, stage.name]));
    const steps = new Map(
      template?.stages.flatMap((stage) => stage.steps.map((step) => [step.key, step.title] as const)),
    );
    const host = this.hosts.get(person.host);
    return {
      ...standing,
      reader: {
        language: person.language,
        timeZone: person.timeZone,
        stageName: (key) => stages.get(key) ?? key,
        stepTitle: (key) => steps.get(key) ?? key,
      },
      userId: person.userId,
      now: this.clock.now(),
      userName: (id) => names.get(id) ?? (id === person.userId ? person.userName : null),
      taskPath: (taskId, ownerId) => host?.taskPath?.(taskId, ownerId) ?? null,
    };
  }
}
