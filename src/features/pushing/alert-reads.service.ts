import { Inject, Injectable } from '@nestjs/common';
import { COMPANY, type Company } from '../../contract/company.js';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import { reachOf } from '../../domain/crm/rights.js';
import type { Clock } from '../../domain/crm/time.js';
import type { RuleKind } from '../../domain/pushing/rule.types.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { CompanyStructures } from '../../mirror/index.js';
import { aboutOf, alertText, ruleName } from './alert.texts.js';
import { nameOf } from './control-context.service.js';
import type { AlertsView } from './pushing.view.js';

const PAGE = 100;

interface AlertRow {
  readonly alert_id: string;
  readonly at: Date;
  readonly kind: RuleKind;
  readonly facts: Readonly<Record<string, number>>;
  readonly deal_id: string | null;
  readonly title: string | null;
  readonly user_id: string | null;
  readonly subject: string;
  readonly episode: string;
  readonly level: number;
  readonly snoozes: number;
}

/** Open alerts about deals and people in the reader's reach, newest first. */
@Injectable()
export class AlertReads {
  constructor(
    private readonly database: Database,
    private readonly structures: CompanyStructures,
    @Inject(HOSTS) private readonly hosts: Hosts,
    @Inject(COMPANY) private readonly company: Company,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `after` is the `next` of the page before: the last alert's id. */
  async page(person: SessionClaims, after: string | null): Promise<AlertsView> {
    const structure = await this.structures.of(person.accountId);
    const reach = reachOf(person, structure);
    const rows = await this.database.query<AlertRow>(
      `SELECT a.alert_id, a.at, a.kind, a.facts, a.deal_id, d.title, a.subject, a.episode, a.level,
         (SELECT count(*)::int FROM snooze s WHERE s.account_id = a.account_id AND s.deal_id = a.deal_id
           AND s.undone_at IS NULL) AS snoozes,
         (SELECT v.user_id FROM alert_delivery v WHERE v.account_id = a.account_id AND v.alert_id = a.alert_id
           ORDER BY v.level DESC, v.user_id LIMIT 1) AS user_id
       FROM alert a LEFT JOIN deal d ON d.account_id = a.account_id AND d.deal_id = a.deal_id
       WHERE a.account_id = $1::uuid AND a.state = 'open'
         AND ($2::text[] IS NULL OR CASE WHEN a.deal_id IS NULL THEN a.subject <> $4 AND a.subject = ANY($2::text[])
           ELSE d.owner_id = ANY($2::text[]) END)
         AND ($3::uuid IS NULL OR (a.at, a.alert_id) < (SELECT b.at, b.alert_id FROM alert b
           WHERE b.account_id = $1::uuid AND b.alert_id = $3::uuid))
       ORDER BY a.at DESC, a.alert_id DESC LIMIT ${PAGE + 1}`,
      [person.accountId, reach.kind === 'all' ? null : [...reach.userIds], after, person.userId],
    );
    const company = await this.company.of(person.accountId);
    const host = this.hosts.get(person.host);
    const reader = { ...person, now: this.clock.now() };
    const shown = rows.slice(0, PAGE);
    return {
      alerts: shown.map((row) => ({
        id: row.alert_id,
        at: row.at.toISOString(),
        ruleName: ruleName(row.kind, person.language),
        text: alertText(row.kind, row.facts, reader),
        dealId: row.deal_id,
        dealTitle: aboutOf(row, structure),
        dealPath: row.deal_id === null ? null : (host?.dealPath?.(row.deal_id) ?? null),
        toName: nameOf(structure, row.user_id),
        level: row.level,
        snoozes: row.snoozes,
        canSnooze: row.deal_id !== null && row.kind !== 'lostWithoutReason',
      })),
      next: rows.length > PAGE ? (shown.at(-1)?.alert_id ?? null) : null,
      snoozeReasons: company.reasons
        .filter((reason) => reason.uses.includes('snooze'))
        .map(({ key, name }) => ({ key, name })),
    };
  }
}
