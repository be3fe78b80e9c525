import { Injectable } from '@nestjs/common';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { notFound, type ApiError } from '../../infra/http/api-error.js';
import { midnight } from '../../infra/http/days.js';
import { PanelActions } from './panel-actions.service.js';
import type { PanelActionAnswer } from './panel.view.js';
import type { AlertSnoozeBody } from './pushing.view.js';

/** Putting an alert off puts its deal off: the same rights, the same count, and the third time the head hears of it. */
@Injectable()
export class AlertSnoozes {
  constructor(
    private readonly database: Database,
    private readonly actions: PanelActions,
  ) {}

  async snooze(
    person: SessionClaims,
    alertId: string,
    { until, reasonKey, comment }: AlertSnoozeBody,
  ): Promise<PanelActionAnswer> {
    const [alert] = await this.database.query<{ deal_id: string }>(
      `SELECT deal_id FROM alert WHERE account_id = $1::uuid AND alert_id = $2::uuid AND state = 'open'
         AND deal_id IS NOT NULL AND kind <> 'lostWithoutReason'`,
      [person.accountId, alertId],
    );
    if (!alert) throw noAlert();
    const answer = await this.actions.run(person, {
      kind: 'snooze',
      dealIds: [alert.deal_id],
      until: new Date(midnight(until, person.timeZone)).toISOString(),
      reasonKey,
      ...(comment !== undefined && { comment }),
    });
    // Somebody else's deal is as good as none.
    if (answer.done === 0) throw noAlert();
    return answer;
  }
}

function noAlert(): ApiError {
  return notFound({
    ru: 'Такого сигнала нет, или он уже не действует.',
    en: 'There is no such alert, or it is over.',
  });
}
