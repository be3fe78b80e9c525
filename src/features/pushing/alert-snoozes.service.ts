import { Injectable } from '@nestjs/common';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { notFound, type ApiError } from '../../infra/http/api-error.js';
import { midnight } from '../../infra/http/days.js';
import { goesUp } from './alert-words.js';
import { PanelActions } from './panel-actions.service.js';
import type { AlertSnoozeAnswer, AlertSnoozeBody } from './pushing.view.js';
import { RuleRepository } from './rule.repository.js';

/** Putting an alert off puts its deal off: the same rights, the same count, and the third time the head hears of it. */
@Injectable()
export class AlertSnoozes {
  constructor(
    private readonly database: Database,
    private readonly rules: RuleRepository,
    private readonly actions: PanelActions,
  ) {}

  async snooze(
    person: SessionClaims,
    alertId: string,
    { until, reasonKey, comment }: AlertSnoozeBody,
  ): Promise<AlertSnoozeAnswer> {
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
    return { ...answer, said: await this.said(person, alert.deal_id) };
  }

  private async said({ accountId, language }: SessionClaims, dealId: string): Promise<string | null> {
    const { rules } = await this.rules.of(accountId);
    const rule = rules.find((one) => one.kind === 'putOffAgain');
    const [row] = await this.database.query<{ times: number }>(
      `SELECT count(*)::int AS times FROM snooze s JOIN deal_pulse o ON o.account_id = s.account_id AND o.deal_id = s.deal_id
       WHERE s.account_id = $1::uuid AND s.deal_id = $2 AND s.undone_at IS NULL AND s.at >= o.stage_since`,
      [accountId, dealId],
    );
    const times = row?.times ?? 0;
    if (!goesUp(times, rule)) return null;
    return language === 'ru'
      ? `Сделка отложена в ${times}-й раз на этом этапе: об этом узнает руководитель.`
      : `Put off ${times} times in this stage: the head hears of it.`;
  }
}

function noAlert(): ApiError {
  return notFound({
    ru: 'Такого сигнала нет, или он уже не действует.',
    en: 'There is no such alert, or it is over.',
  });
}
