import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { AbsenceRepository } from './absence.repository.js';
import { CompanyChanges } from './company-changes.service.js';
import type { StoredAbsence } from './company.facts.js';
import { changedMeanwhile, noAbsence, overlaps, ownDeputy, wrongDate, wrongPeriod } from './company.texts.js';
import type { AbsenceView } from './company.view.js';
import { daysBetween, isDate } from './dates.js';
import { PeopleSettings } from './people-settings.service.js';
import type { AbsenceRequest } from './people.requests.js';

const LONGEST_DAYS = 366;

/** Who is away, and who stands in. */
@Injectable()
export class Absences {
  constructor(
    private readonly changes: CompanyChanges,
    private readonly repository: AbsenceRepository,
    private readonly people: PeopleSettings,
  ) {}

  async add(person: SessionClaims, request: AbsenceRequest): Promise<AbsenceView> {
    await this.check(person, request);
    const absence = absenceOf(request, randomUUID(), 1);
    const note = { action: 'company.absenceAdded', detail: detailOf(absence), plans: true };
    return this.changes.change(person, note, async (tx) => {
      if (await this.repository.overlaps(tx, person.accountId, absence)) throw overlaps();
      await this.repository.save(tx, person.accountId, absence);
      return absence;
    });
  }

  async change(person: SessionClaims, id: string, request: AbsenceRequest): Promise<AbsenceView> {
    if (!UUID.test(id)) throw noAbsence();
    await this.check(person, request);
    const absence = absenceOf(request, id, (request.revision ?? 0) + 1);
    const note = { action: 'company.absenceChanged', detail: detailOf(absence), plans: true };
    return this.changes.change(person, note, async (tx) => {
      const stored = await this.repository.find(tx, person.accountId, id);
      if (!stored) throw noAbsence();
      if (stored.revision !== request.revision) throw changedMeanwhile();
      if (await this.repository.overlaps(tx, person.accountId, absence)) throw overlaps();
      await this.repository.save(tx, person.accountId, absence);
      return absence;
    });
  }

  async remove(person: SessionClaims, id: string): Promise<void> {
    if (!UUID.test(id)) throw noAbsence();
    const note = { action: 'company.absenceRemoved', detail: { id }, plans: true };
    await this.changes.change(person, note, async (tx) => {
      if (!(await this.repository.remove(tx, person.accountId, id))) throw noAbsence();
    });
  }

  private async check({ accountId }: SessionClaims, request: AbsenceRequest): Promise<void> {
    const { userId, from, to, deputyId } = request;
    if (!isDate(from) || !isDate(to)) throw wrongDate();
    const days = daysBetween(from, to);
    if (days < 1 || days > LONGEST_DAYS) throw wrongPeriod();
    if (deputyId === userId) throw ownDeputy();
    await this.people.demandPeople(accountId, deputyId === null ? [userId] : [userId, deputyId]);
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function absenceOf(request: AbsenceRequest, id: string, revision: number): StoredAbsence {
  const { userId, from, to, kind, deputyId } = request;
  return { id, userId, from, to, kind, deputyId, revision };
}

/** Without the kind: why somebody is away is nobody's business but the calendar's. */
function detailOf(absence: StoredAbsence): Readonly<Record<string, unknown>> {
  const { id, userId, from, to, deputyId } = absence;
  return { id, userId, from, to, deputyId };
}
