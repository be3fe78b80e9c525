import { Inject, Injectable } from '@nestjs/common';
import { COMPANY, type Company } from '../../contract/company.js';
import { localDay, withoutAbsences } from '../../domain/calendar/away.js';
import { offDaysBetween } from '../../domain/calendar/off-days.js';
import { mayHandle, reachOf } from '../../domain/crm/rights.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CompanyStructures } from '../../mirror/index.js';
import type { OffDaysView } from './day.view.js';

const DAY_MS = 86_400_000;
/** As far as a date may be moved. */
const AHEAD_DAYS = 366;

/** Whose days: a person's, or what everybody of the company has in common. */
export type OffDaysOf = { readonly userId: string } | { readonly everybody: true };

/** On which days somebody does not work, and why: what a date is chosen by. */
@Injectable()
export class DayOff {
  constructor(
    private readonly structures: CompanyStructures,
    @Inject(COMPANY) private readonly company: Company,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Somebody else's absences are shown to whoever leads that person; others see the person's week and holidays. */
  async view(person: SessionClaims, of: OffDaysOf): Promise<OffDaysView> {
    const rules = await this.company.of(person.accountId);
    const known = 'userId' in of ? rules.schedules.get(of.userId) : undefined;
    const schedule = known ?? rules.fallback;
    const maySee = 'userId' in of && (await this.reaches(person, of.userId));
    const { calendar } = maySee ? schedule : withoutAbsences(schedule);
    const now = this.clock.now();
    const from = localDay(now, schedule.timeZone);
    const to = localDay(now + AHEAD_DAYS * DAY_MS, schedule.timeZone);
    return { from, to, off: offDaysBetween(calendar, from, to) };
  }

  private async reaches(person: SessionClaims, userId: string): Promise<boolean> {
    const reach = reachOf(person, await this.structures.of(person.accountId));
    return mayHandle(reach, { ownerId: userId });
  }
}
