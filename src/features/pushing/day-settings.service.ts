import { Inject, Injectable } from '@nestjs/common';
import { reachOf } from '../../domain/crm/rights.js';
import type { Clock } from '../../domain/crm/time.js';
import { audit } from '../../infra/audit.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { ApiError } from '../../infra/http/api-error.js';
import { CompanyStructures } from '../../mirror/index.js';
import { DayMessages } from './day-messages.service.js';
import { DayRepository } from './day.repository.js';
import { headsOnlyDay } from './day.texts.js';
import type { DaySettingsRequest, DaySettingsView } from './day.view.js';

/** How the account's days go. Heads read it, administrators change it. */
@Injectable()
export class DaySettings {
  constructor(
    private readonly database: Database,
    private readonly days: DayRepository,
    private readonly structures: CompanyStructures,
    private readonly messages: DayMessages,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async view(person: SessionClaims): Promise<DaySettingsView> {
    const reach = reachOf(person, await this.structures.of(person.accountId));
    if (reach.kind === 'people' && reach.userIds.size < 2) throw headsOnlyDay();
    const settings = await this.days.settings(person.accountId);
    const { mailConfigured } = this.messages;
    return { ...settings, mailConfigured, canEdit: person.admin };
  }

  async save(person: SessionClaims, request: DaySettingsRequest): Promise<DaySettingsView> {
    if (!person.admin) throw adminOnly();
    const { cycleOn, listAt, closingAt, exceptionsAt, reviewAt, remindMinutes, mail } = request;
    if (!(listAt < closingAt && closingAt <= exceptionsAt && listAt <= reviewAt && reviewAt < closingAt))
      throw badTimes();
    const settings = { cycleOn, listAt, closingAt, exceptionsAt, reviewAt, remindMinutes, mail };
    const { accountId, userId } = person;
    await this.database.transaction(async (tx) => {
      await this.days.saveSettings(tx, accountId, settings, userId, this.clock.now());
      await audit(tx, { accountId, actor: userId, action: 'cycle.changed', detail: { cycleOn } });
    });
    return this.view(person);
  }
}

function adminOnly(): ApiError {
  return new ApiError(403, 'admin-only', {
    ru: 'Распорядок дня меняет администратор CRM.',
    en: 'The times of the day are changed by an administrator of the CRM.',
  });
}

function badTimes(): ApiError {
  return new ApiError(422, 'bad-times', {
    ru: 'Список дня идёт раньше закрытия, отклонения не раньше закрытия, обзор недели между списком и закрытием.',
    en: 'The list comes before the closing, exceptions not before it, the review between the list and the closing.',
  });
}
