import { Inject, Injectable } from '@nestjs/common';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import { SYNC_STATUS, type SyncStatus } from '../../contract/sync-status.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { endOfToday } from '../../infra/http/days.js';
import type { HomeStepView, HomeView } from './home.view.js';
import { TemplateBodies } from './template-bodies.service.js';
import { rulesOf } from './template-rules.js';

const SHOWN = 100;

interface DayRow {
  readonly deal_id: string;
  readonly deal_title: string;
  readonly template_id: string;
  readonly version: number;
  readonly step_key: string;
  readonly visit_seq: number;
  readonly due_at: Date;
}

/** A person's own day: what is due until its end, over all own deals. */
@Injectable()
export class HomeService {
  constructor(
    private readonly database: Database,
    private readonly bodies: TemplateBodies,
    @Inject(SYNC_STATUS) private readonly syncs: SyncStatus,
    @Inject(HOSTS) private readonly hosts: Hosts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async of(person: SessionClaims): Promise<HomeView> {
    const now = this.clock.now();
    const endOfDay = endOfToday(person.timeZone, now);
    const rows = await this.database.query<DayRow>(
      `SELECT s.deal_id, d.title AS deal_title, p.template_id, p.version, s.step_key, s.visit_seq, s.due_at
       FROM plan_step s JOIN plan p ON p.account_id = s.account_id AND p.plan_id = s.plan_id
       JOIN deal d ON d.account_id = s.account_id AND d.deal_id = s.deal_id
       WHERE s.account_id = $1::uuid AND s.owner_id = $2 AND s.state = 'actionable' AND s.due_at < $3
       ORDER BY s.due_at, s.deal_id, s.step_key LIMIT ${SHOWN}`,
      [person.accountId, person.userId, new Date(endOfDay)],
    );
    const [counts] = await this.database.query<{ overdue: number; today: number }>(
      `SELECT (count(*) FILTER (WHERE due_at < $3))::int AS overdue, (count(*) FILTER (WHERE due_at >= $3))::int AS today
       FROM plan_step WHERE account_id = $1::uuid AND owner_id = $2 AND state = 'actionable' AND due_at < $4`,
      [person.accountId, person.userId, new Date(now), new Date(endOfDay)],
    );
    return {
      sync: await this.syncs.of(person.accountId, person.language),
      today: await Promise.all(rows.map((row) => this.step(person, row, now))),
      counts: counts ?? { overdue: 0, today: 0 },
      now: new Date(now).toISOString(),
    };
  }

  private async step(person: SessionClaims, row: DayRow, now: number): Promise<HomeStepView> {
    const body = await this.bodies.of(person.accountId, row.template_id, row.version);
    return {
      dealId: row.deal_id,
      dealTitle: row.deal_title,
      dealPath: this.hosts.get(person.host)?.dealPath?.(row.deal_id) ?? null,
      stepId: `${row.step_key}~${row.visit_seq}`,
      title: rulesOf(body).get(row.step_key)?.title ?? row.step_key,
      dueAt: row.due_at.toISOString(),
      overdue: row.due_at.getTime() < now,
    };
  }
}
