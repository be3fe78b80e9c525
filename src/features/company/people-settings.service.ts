import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ACCOUNTS, type AccountLanguage, type Accounts } from '../../contract/accounts.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { MirrorReads } from '../../mirror/index.js';
import type { ScheduleRequest } from './calendar.requests.js';
import { readWeek, weekView } from './calendar-settings.service.js';
import { CompanyChanges } from './company-changes.service.js';
import { completeRoles, defaultPeople, isBuiltInRole } from './company-defaults.js';
import { CompanyRulesCache } from './company-rules.cache.js';
import type { CompanyFacts, PeoplePart } from './company.facts.js';
import { CompanyRepository } from './company.repository.js';
import { changedMeanwhile, doubleName, noPerson, noSuchPerson, wrongZone } from './company.texts.js';
import type { PeopleView, PersonView } from './company.view.js';
import type { PeopleRequest } from './people.requests.js';
import { knownZone } from './zones.js';

/** Who does what in the company, when each works, and who shares work with whom. */
@Injectable()
export class PeopleSettings {
  constructor(
    private readonly rules: CompanyRulesCache,
    private readonly changes: CompanyChanges,
    private readonly companies: CompanyRepository,
    private readonly mirror: MirrorReads,
    @Inject(ACCOUNTS) private readonly accounts: Accounts,
  ) {}

  async view(person: SessionClaims): Promise<PeopleView> {
    const { accountId } = person;
    const facts = await this.rules.facts(accountId);
    const language = await this.languageOf(accountId);
    const part = facts.parts.people.body ?? defaultPeople(language);
    return {
      revision: facts.parts.people.revision,
      people: await this.people(accountId, facts),
      absences: facts.absences,
      roles: completeRoles(part.roles, language).map((role) => ({
        ...role,
        builtIn: isBuiltInRole(role.key),
      })),
      groups: part.groups,
      mayChange: person.admin,
    };
  }

  async save(person: SessionClaims, { revision, roles, groups }: PeopleRequest): Promise<PeopleView> {
    await this.demandPeople(person.accountId, [
      ...roles.flatMap((role) => role.holderIds),
      ...groups.flatMap((group) => [
        ...group.memberIds,
        ...(group.keeperId === null ? [] : [group.keeperId]),
      ]),
    ]);
    const body: PeoplePart = {
      roles: roles.map(({ key, name, holderIds }) => ({
        key: key ?? ownKey(),
        name: name.trim(),
        holderIds: [...new Set(holderIds)],
      })),
      groups: groups.map(({ key, name, memberIds, keeperId }) => ({
        key: key ?? ownKey(),
        name: name.trim(),
        memberIds: [...new Set(memberIds)],
        keeperId,
      })),
    };
    demandDistinct(body.roles);
    demandDistinct(body.groups);
    const note = { plans: true, detail: { roles: roles.length, groups: groups.length } };
    await this.changes.savePart(person, 'people', { revision, body, note });
    return this.view(person);
  }

  async saveSchedule(person: SessionClaims, userId: string, request: ScheduleRequest): Promise<PersonView> {
    const { accountId } = person;
    if (!(await this.areKnown(accountId, [userId]))) throw noSuchPerson();
    if (request.timeZone !== null && knownZone(request.timeZone) === null) throw wrongZone();
    const schedule = {
      userId,
      revision: request.revision,
      week: request.week === null ? null : readWeek(request.week),
      timeZone: request.timeZone,
    };
    const note = { action: 'company.scheduleSaved', detail: { userId }, plans: true };
    await this.changes.change(person, note, async (tx) => {
      if (!(await this.companies.saveSchedule(tx, accountId, schedule))) throw changedMeanwhile();
    });
    const people = await this.people(accountId, await this.rules.facts(accountId));
    const saved = people.find((each) => each.id === userId);
    if (!saved) throw noSuchPerson();
    return saved;
  }

  /** Throws unless the CRM knows all of them; dismissed ones may stay where they were. */
  async demandPeople(accountId: string, userIds: readonly string[]): Promise<void> {
    if (!(await this.areKnown(accountId, userIds))) throw noPerson();
  }

  async languageOf(accountId: string): Promise<AccountLanguage> {
    return (await this.accounts.find(accountId))?.settings.language ?? 'ru';
  }

  private async areKnown(accountId: string, userIds: readonly string[]): Promise<boolean> {
    const known = new Set((await this.mirror.users(accountId)).map((user) => user.id));
    return userIds.every((userId) => known.has(userId));
  }

  private async people(accountId: string, facts: CompanyFacts): Promise<readonly PersonView[]> {
    const { schedules, fallback } = await this.rules.of(accountId);
    const own = new Map(facts.schedules.map((schedule) => [schedule.userId, schedule]));
    const users = await this.mirror.users(accountId);
    return users.map(({ id, name, position, active }) => ({
      id,
      name,
      position,
      active,
      timeZone: (schedules.get(id) ?? fallback).timeZone,
      own: {
        revision: own.get(id)?.revision ?? 0,
        week: own.get(id)?.week ? weekView(own.get(id)?.week ?? fallback.calendar.week) : null,
        timeZone: own.get(id)?.timeZone ?? null,
      },
    }));
  }
}

/** Of something that the administrator adds; short, because templates name it. */
export function ownKey(): string {
  return `own-${randomUUID().slice(0, 8)}`;
}

/** Keys and names each once; names without regard to case. */
export function demandDistinct(items: readonly { readonly key: string; readonly name: string }[]): void {
  const keys = new Set(items.map((item) => item.key));
  const names = new Set(items.map((item) => item.name.trim().toLowerCase()));
  if (keys.size < items.length || names.size < items.length || names.has('')) throw doubleName();
}
