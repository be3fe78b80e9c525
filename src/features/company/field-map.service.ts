import { Injectable } from '@nestjs/common';
import { fieldsChanged } from '../../contract/jobs.js';
import type { DealField } from '../../domain/crm/records.js';
import type { FieldRole } from '../../domain/plans/template.types.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import type { Sql } from '../../infra/db/sql.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { CompanyChanges } from './company-changes.service.js';
import { NO_FIELDS } from './company-defaults.js';
import { CompanyRulesCache } from './company-rules.cache.js';
import type { FieldsPart } from './company.facts.js';
import { noField } from './company.texts.js';
import type { FieldMapView } from './company.view.js';
import { FIELD_ROLES, fits, isFieldRole } from './field-roles.js';
import { HostFields } from './host-fields.service.js';
import type { FieldMapRequest } from './list.requests.js';

const KEY = /^[\w.:-]{1,100}$/;

/** Which of the host's fields says what: product, segment, account manager, … */
@Injectable()
export class FieldMaps {
  constructor(
    private readonly rules: CompanyRulesCache,
    private readonly changes: CompanyChanges,
    private readonly hostFields: HostFields,
    private readonly jobs: Jobs,
  ) {}

  async view(person: SessionClaims): Promise<FieldMapView> {
    const { parts } = await this.rules.facts(person.accountId);
    const { map } = parts.fields.body ?? NO_FIELDS;
    const fields = await this.hostFields.of(person.accountId);
    return {
      revision: parts.fields.revision,
      map: Object.fromEntries(FIELD_ROLES.map((role) => [role, map[role] ?? null])) as FieldMapView['map'],
      fields:
        fields?.map((field) => ({ ...field, fits: FIELD_ROLES.filter((role) => fits(field, role)) })) ?? null,
      problem: fields === null ? AWAY[person.language] : null,
      mayChange: person.admin,
    };
  }

  /** The mirror brings the values of mapped fields: what it watches changes in the same transaction. */
  async save(person: SessionClaims, { revision, map }: FieldMapRequest): Promise<FieldMapView> {
    const { accountId } = person;
    const before = (await this.rules.facts(accountId)).parts.fields.body ?? NO_FIELDS;
    const fields = await this.hostFields.of(accountId);
    const body = readMap(map, fields, before);
    const detail = { map: body.map };
    await this.jobs.prepare(fieldsChanged);
    await this.changes.savePart(person, 'fields', {
      revision,
      body,
      note: { plans: true, detail },
      also: async (tx) => {
        if (!(await watch(tx, accountId, before, body))) return;
        await this.jobs.enqueue(fieldsChanged, { accountId }, { tx });
      },
    });
    return this.view(person);
  }
}

const AWAY = {
  ru: 'CRM не назвала поля сделок. Подождите минуту и откройте страницу ещё раз.',
  en: 'The CRM did not name the fields of its deals. Wait a minute and open the page again.',
} as const;

/** Throws for a role or a field that there is not. While the host is silent, any key that looks like one is believed. */
function readMap(
  request: Readonly<Record<string, unknown>>,
  fields: readonly DealField[] | null,
  before: FieldsPart,
): FieldsPart {
  const map: Partial<Record<FieldRole, string>> = {};
  const choices: Partial<Record<FieldRole, Record<string, string>>> = {};
  for (const [role, key] of Object.entries(request)) {
    if (!isFieldRole(role)) throw noField();
    if (key === null) continue;
    if (typeof key !== 'string' || !KEY.test(key)) throw noField();
    const field = fields?.find((each) => each.key === key);
    // A field that was mapped and then deleted in the host must not keep the other ones from being saved.
    if (fields !== null && (!field || !fits(field, role)) && before.map[role] !== key) throw noField();
    map[role] = key;
    const names = field ? namesOf(field) : before.map[role] === key ? before.choices[role] : undefined;
    if (names) choices[role] = names;
  }
  return { map, choices };
}

function namesOf(field: DealField): Record<string, string> | undefined {
  if (field.choices.length === 0) return undefined;
  return Object.fromEntries(field.choices.map(({ id, name }) => [id, name]));
}

/** Only what this map brought is taken away: others may watch fields too. True when something changed. */
async function watch(tx: Sql, accountId: string, before: FieldsPart, after: FieldsPart): Promise<boolean> {
  const wanted = [...new Set(Object.values(after.map))];
  const unwanted = Object.values(before.map).filter((key) => !wanted.includes(key));
  const removed = await tx.query(
    'DELETE FROM watched_field WHERE account_id = $1::uuid AND field_key = ANY($2::text[]) RETURNING field_key',
    [accountId, unwanted],
  );
  const added = await tx.query(
    `INSERT INTO watched_field (account_id, field_key) SELECT $1::uuid, key FROM unnest($2::text[]) key
     ON CONFLICT DO NOTHING RETURNING field_key`,
    [accountId, wanted],
  );
  return removed.length + added.length > 0;
}
