import { Inject, Injectable } from '@nestjs/common';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import { COMPANY, type Company } from '../../contract/company.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { COOL_DOWN_MS } from '../../domain/pushing/push.js';
import { Database } from '../../infra/db/database.js';
import { CompanyStructures, type CompanyStructure } from '../../mirror/index.js';
import { nameOf } from './control-context.service.js';
import type { PushAnswerView, PushStateView } from './panel.view.js';
import { PushRepository } from './push.repository.js';
import { PushSending } from './push-sending.service.js';
import type { StoredAnswer, StoredPush } from './push.types.js';
import type { MyPushesView } from './pushing.view.js';

/** Pushes as people read them. Whoever asks was let through before: nothing here looks at rights. */
@Injectable()
export class PushViews {
  constructor(
    private readonly database: Database,
    private readonly repository: PushRepository,
    private readonly sending: PushSending,
    private readonly structures: CompanyStructures,
    @Inject(COMPANY) private readonly company: Company,
    @Inject(HOSTS) private readonly hosts: Hosts,
  ) {}

  async mine(person: SessionClaims): Promise<MyPushesView> {
    const [pushes, structure, rules] = await Promise.all([
      this.repository.waitingFor(person.accountId, person.userId),
      this.structures.of(person.accountId),
      this.company.of(person.accountId),
    ]);
    const titles = await this.sending.titlesOf(this.database, person.accountId, pushes);
    const host = this.hosts.get(person.host);
    return {
      pushes: pushes.map((push) => ({
        id: push.pushId,
        at: new Date(push.at).toISOString(),
        byName: nameOf(structure, push.byUser),
        text: push.text,
        dealId: push.dealId,
        dealTitle: titles.get(push.pushId)?.deal ?? null,
        dealPath: push.dealId === null ? null : (host?.dealPath?.(push.dealId) ?? null),
        stepId: push.stepId,
        stepTitle: titles.get(push.pushId)?.step ?? null,
        answerBy: new Date(push.answerBy).toISOString(),
        repeats: push.repeats,
      })),
      readyReasons: rules.reasons
        .filter((reason) => reason.uses.includes('step'))
        .map(({ key, name }) => ({ key, name })),
    };
  }

  async state(accountId: string, push: StoredPush): Promise<PushStateView> {
    return stateView(push, await this.structures.of(accountId));
  }

  async answer(accountId: string, answer: StoredAnswer): Promise<PushAnswerView> {
    return answerView(answer, await this.structures.of(accountId));
  }
}

function stateView(push: StoredPush, structure: CompanyStructure): PushStateView {
  return {
    id: push.pushId,
    at: new Date(push.at).toISOString(),
    byName: nameOf(structure, push.byUser),
    state: push.state,
    answer: push.answer && answerView(push.answer, structure),
    coolUntil: push.state === 'withdrawn' ? null : new Date(push.at + COOL_DOWN_MS).toISOString(),
  };
}

function answerView(answer: StoredAnswer, structure: CompanyStructure): PushAnswerView {
  return {
    kind: answer.kind,
    at: new Date(answer.at).toISOString(),
    byName: nameOf(structure, answer.by),
    until: answer.until === null ? null : new Date(answer.until).toISOString(),
    reason: answer.reason,
  };
}
