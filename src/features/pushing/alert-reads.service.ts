import { Inject, Injectable } from '@nestjs/common';
import { COMPANY, type Company } from '../../contract/company.js';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import { reachOf, type Reach } from '../../domain/crm/rights.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { ApiError } from '../../infra/http/api-error.js';
import { CompanyStructures, type CompanyStructure } from '../../mirror/index.js';
import { readAlertCursor, writeAlertCursor, type AlertCursor } from './alert-cursor.js';
import {
  alertCounts,
  alertFacets,
  alertPage,
  type AlertRow,
  type AlertScope,
  type FacetRow,
  type Statement,
} from './alert-open.query.js';
import { alertView } from './alert-words.js';
import { ruleName } from './alert.texts.js';
import { nameOf } from './control-context.service.js';
import { PanelPushes } from './panel-pushes.service.js';
import type {
  AlertChoiceView,
  AlertFilter,
  AlertSort,
  AlertsCountView,
  AlertsView,
  AlertToldView,
} from './pushing.view.js';
import { RuleRepository, type Control } from './rule.repository.js';

const PAGE = 50;

interface ToldRow {
  readonly alert_id: string;
  readonly user_id: string;
  readonly sent_at: Date | null;
  readonly delivery: AlertToldView['how'];
  readonly level: number;
}

/** What reading alerts takes. */
@Injectable()
export class AlertSources {
  constructor(
    readonly database: Database,
    readonly structures: CompanyStructures,
    readonly rules: RuleRepository,
    readonly pushes: PanelPushes,
  ) {}
}

interface Asked {
  readonly structure: CompanyStructure;
  readonly reach: Reach;
  readonly control: Control;
  readonly scope: AlertScope;
}

/** Open alerts about deals and people in the reader's reach: everybody's own, the department's, all of them. */
@Injectable()
export class AlertReads {
  constructor(
    private readonly sources: AlertSources,
    @Inject(HOSTS) private readonly hosts: Hosts,
    @Inject(COMPANY) private readonly company: Company,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `after` is the `next` of the page before. */
  async page(
    person: SessionClaims,
    filter: AlertFilter,
    { sort, after }: { readonly sort: AlertSort; readonly after: string | null },
  ): Promise<AlertsView> {
    const asked = await this.ask(person);
    const cursor = after === null ? null : cursorOf(after, sort);
    const found = await this.run<AlertRow>(
      alertPage(asked.scope, filter, { sort, after: cursor, limit: PAGE + 1 }),
    );
    const shown = found.slice(0, PAGE);
    const last = found.length > PAGE ? shown.at(-1) : undefined;
    const { reasons } = await this.company.of(person.accountId);
    return {
      alerts: await this.views(person, asked, shown),
      next: last
        ? writeAlertCursor({ sort, key: last.key, at: last.at.getTime(), alertId: last.alert_id })
        : null,
      counts: cursor === null ? await this.counts(asked.scope, filter) : null,
      choices: cursor === null ? await this.choices(person, asked) : null,
      snoozeReasons: reasons
        .filter((reason) => reason.uses.includes('snooze'))
        .map(({ key, name }) => ({ key, name })),
      canPush: leads(asked.reach),
      now: asked.scope.now.toISOString(),
    };
  }

  /** How many there are, for a link that leads to them. */
  async count(person: SessionClaims): Promise<AlertsCountView> {
    const { all, unacted } = await this.counts((await this.ask(person)).scope, {});
    return { all, unacted };
  }

  private async ask(person: SessionClaims): Promise<Asked> {
    const { accountId, userId } = person;
    const structure = await this.sources.structures.of(accountId);
    const reach = reachOf(person, structure);
    const control = await this.sources.rules.of(accountId);
    const scope: AlertScope = {
      accountId,
      userId,
      ruleIds: control.rules.filter((rule) => rule.on).map((rule) => rule.ruleId),
      ownerIds: reach.kind === 'all' ? null : [...reach.userIds],
      now: new Date(this.clock.now()),
    };
    return { structure, reach, control, scope };
  }

  private run<Row>({ text, values }: Statement): Promise<readonly Row[]> {
    return this.sources.database.query<Row>(text, values);
  }

  private async counts(scope: AlertScope, filter: AlertFilter): Promise<NonNullable<AlertsView['counts']>> {
    const [row] = await this.run<NonNullable<AlertsView['counts']>>(alertCounts(scope, filter));
    if (!row) throw new Error('a count has no row');
    return row;
  }

  private async choices(
    { language }: SessionClaims,
    { structure, control, scope }: Asked,
  ): Promise<NonNullable<AlertsView['choices']>> {
    const rows = await this.run<FacetRow>(alertFacets(scope));
    const rules = new Map(control.rules.map((rule) => [rule.ruleId, rule]));
    const some = (of: FacetRow['of'], column: `${FacetRow['of']}_id`, name: (id: string) => string) =>
      rows
        .filter((row) => row.of === of)
        .flatMap((row): AlertChoiceView[] => {
          const id = row[column];
          return id === null ? [] : [{ id, name: name(id), count: row.n }];
        })
        .toSorted((one, other) => one.name.localeCompare(other.name, language));
    return {
      rules: some('rule', 'rule_id', (id) => {
        const rule = rules.get(id);
        return rule ? ruleName(rule.kind, language) : id;
      }),
      sellers: some('seller', 'seller_id', (id) => nameOf(structure, id) ?? id),
      pipelines: some(
        'pipeline',
        'pipeline_id',
        (id) => structure.pipelines.find((one) => one.id === id)?.name ?? id,
      ),
    };
  }

  private async views(
    person: SessionClaims,
    { structure, control, scope }: Asked,
    rows: readonly AlertRow[],
  ): Promise<AlertsView['alerts']> {
    const { accountId, language, timeZone } = person;
    const dealIds = [...new Set(rows.flatMap((row) => row.deal_id ?? []))];
    const [told, pushes] = await Promise.all([
      this.told(accountId, structure, rows),
      this.sources.pushes.lastOf(accountId, dealIds),
    ]);
    const host = this.hosts.get(person.host);
    const look = {
      structure,
      rules: new Map(control.rules.map((rule) => [rule.ruleId, rule])),
      told,
      pushes,
      dealPath: (dealId: string) => host?.dealPath?.(dealId) ?? null,
      reader: { language, timeZone, now: scope.now.getTime() },
    };
    return rows.map((row) => alertView(row, look));
  }

  private async told(
    accountId: string,
    structure: CompanyStructure,
    rows: readonly AlertRow[],
  ): Promise<ReadonlyMap<string, readonly AlertToldView[]>> {
    const found = await this.sources.database.query<ToldRow>(
      `SELECT alert_id, user_id, sent_at, delivery, level FROM alert_delivery
       WHERE account_id = $1::uuid AND alert_id = ANY($2::uuid[]) AND (sent_at IS NOT NULL OR due_at IS NOT NULL)
       ORDER BY level, sent_at NULLS LAST, user_id`,
      [accountId, rows.map((row) => row.alert_id)],
    );
    const views = found.map((row) => ({
      alertId: row.alert_id,
      told: {
        name: nameOf(structure, row.user_id) ?? row.user_id,
        at: row.sent_at?.toISOString() ?? null,
        how: row.delivery,
        level: row.level,
      },
    }));
    const byAlert = Map.groupBy(views, (one) => one.alertId);
    return new Map([...byAlert].map(([id, list]) => [id, list.map((one) => one.told)]));
  }
}

function leads(reach: Reach): boolean {
  return reach.kind === 'all' || reach.userIds.size > 1;
}

function cursorOf(text: string, sort: AlertSort): AlertCursor {
  const cursor = readAlertCursor(text, sort);
  if (cursor) return cursor;
  throw new ApiError(400, 'bad-cursor', {
    ru: 'Список изменился. Откройте его заново.',
    en: 'The list has changed. Open it again.',
  });
}
