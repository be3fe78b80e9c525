import { Injectable } from '@nestjs/common';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CompanyChanges } from './company-changes.service.js';
import { defaultReasons } from './company-defaults.js';
import { CompanyRulesCache } from './company-rules.cache.js';
import type { StoredReason } from './company.facts.js';
import type { ReasonsView } from './company.view.js';
import type { ReasonsRequest } from './list.requests.js';
import { demandDistinct, ownKey, PeopleSettings } from './people-settings.service.js';

/** Why steps fail, deals are lost and work is put off: the account's own list. */
@Injectable()
export class Reasons {
  constructor(
    private readonly rules: CompanyRulesCache,
    private readonly changes: CompanyChanges,
    private readonly people: PeopleSettings,
  ) {}

  async view(person: SessionClaims): Promise<ReasonsView> {
    const { parts } = await this.rules.facts(person.accountId);
    const reasons = await this.stored(person.accountId);
    return { revision: parts.reasons.revision, reasons, mayChange: person.admin };
  }

  /** A reason that is left out is retired: plans that name it keep its words. */
  async save(person: SessionClaims, { revision, reasons }: ReasonsRequest): Promise<ReasonsView> {
    const sent = reasons.map(({ key, name, cause, uses, retired }): StoredReason => ({
      key: key ?? ownKey(),
      name: name.trim(),
      cause,
      uses: [...new Set(uses)],
      retired: retired ?? false,
    }));
    demandDistinct(sent.filter((reason) => !reason.retired));
    const keys = new Set(sent.map((reason) => reason.key));
    const left = (await this.stored(person.accountId)).filter((reason) => !keys.has(reason.key));
    const body = { reasons: [...sent, ...left.map((reason) => ({ ...reason, retired: true }))] };
    const detail = { reasons: sent.length, retired: left.length };
    await this.changes.savePart(person, 'reasons', { revision, body, note: { plans: false, detail } });
    return this.view(person);
  }

  private async stored(accountId: string): Promise<readonly StoredReason[]> {
    const { parts } = await this.rules.facts(accountId);
    return parts.reasons.body?.reasons ?? defaultReasons(await this.people.languageOf(accountId));
  }
}
