import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axios, { type AxiosResponse } from 'axios';
import { bodyFor, documentedRoutes, withIds, type DocumentedRoute } from '../support/documented-routes.js';
import { MARK, startTwoAccounts, type TwoAccounts } from '../support/neighbour.js';
import { settled } from '../support/running.js';
import { openFrame, stepsOf, type WidgetPerson } from '../support/widget-person.js';
import type { PlanView, StepCommandAnswer } from '../../src/features/plans/plan.view.js';

describe('test/security/other-accounts', () => {
  let world: TwoAccounts;
  let own: WidgetPerson;
  let theirs: WidgetPerson;
  let routes: readonly DocumentedRoute[];
  let foreignIds: Readonly<Record<string, string>>;
  let undo: string;
  let foreignTemplate: string;
  let foreignMigration: string;

  beforeAll(async () => {
    world = await startTwoAccounts();
    await settled(world.running);
    own = await openFrame(world.running, adminOf(world.running.portal));
    theirs = await openFrame({ portal: world.neighbour, url: world.running.url }, adminOf(world.neighbour));
    routes = await documentedRoutes(world.running.url);
    await prepareForeignIds();
  }, 120_000);

  afterAll(async () => {
    await world?.stop();
  });

  it('row 38: answers every documented route with an id of another account as if it were not there', async () => {
    const before = await rowsOfNeighbour();
    // A year and a page are nobody's ids, and a view's is made by whoever saves it.
    const withParameters = routes.filter((route) =>
      route.parameters.some((name) => !['year', 'page', 'viewId'].includes(name)),
    );
    expect(withParameters.length).toBeGreaterThan(8);
    for (const route of withParameters) {
      const path = withIds(route, foreignIds);
      const answer = await own.send<unknown>(route.method, path, bodyOf(route));
      expect([route.method, route.path, [403, 404].includes(answer.status)]).toEqual([
        route.method,
        route.path,
        true,
      ]);
      expect(JSON.stringify(answer.data)).not.toContain(MARK);
    }
    expect(await rowsOfNeighbour()).toEqual(before);
  });

  it('row 38: finds the same ids when their own account asks, so that the refusals mean something', async () => {
    const plan = await theirs.get<PlanView>(`/api/plan/${foreignIds['dealId'] ?? ''}`);
    expect([plan.status, plan.data.deal.title.startsWith(MARK)]).toEqual([200, true]);
    const template = await theirs.get<{ id: string }>(`/api/templates/${foreignTemplate}`);
    expect([template.status, template.data.id]).toEqual([200, foreignTemplate]);
    expect((await theirs.get(`/api/migrations/${foreignMigration}`)).status).toBe(200);
    const letters = await theirs.get<{ id: string }[]>('/api/dead-letters');
    expect(letters.data.map((letter) => letter.id)).toContain(foreignIds['id']);
  });

  it('row 38: shows nothing of another account where a route takes no id', async () => {
    for (const route of routes.filter((one) => one.method === 'get' && one.parameters.length === 0)) {
      const [mine, other] = await Promise.all([
        own.get<unknown>(route.path),
        theirs.get<unknown>(route.path),
      ]);
      expect([route.path, mine.status, other.status]).toEqual([route.path, 200, 200]);
      expect([route.path, JSON.stringify(mine.data).includes(MARK)]).toEqual([route.path, false]);
    }
  });

  it('row 38: takes an undo of another account, and one of another deal, for none', async () => {
    const ownDeal = world.running.portal.context.deals({ open: true, limit: 1 }).deals[0];
    const answer = await own.post(`/api/plan/D_${ownDeal?.id ?? 0}/undo`, { undo });
    expect([400, 403, 404, 409]).toContain(answer.status);
  });

  it('row 38: launches no template of another account', async () => {
    const ownDeal = world.running.portal.context.deals({ open: true, limit: 1 }).deals[0];
    const answer = await own.post(`/api/plan/D_${ownDeal?.id ?? 0}/launch`, { templateId: foreignTemplate });
    expect([403, 404, 409]).toContain(answer.status);
    expect(
      await world.running.database.query(
        'SELECT 1 FROM plan WHERE account_id = $1 AND template_id = $2::uuid',
        [world.ownId, foreignTemplate],
      ),
    ).toEqual([]);
  });

  it('row 38: keeps the answer of an idempotency key inside its account', async () => {
    const key = randomUUID();
    const first = await theirs.post('/api/install/finished', {}, key);
    expect(first.status).toBe(200);
    const second = await own.post<unknown>('/api/install/finished', {}, key);
    expect([second.status, JSON.stringify(second.data).includes(MARK)]).toEqual([200, false]);
  });

  it('row 38: keeps a live stream of another account’s deal closed', async () => {
    const answer: AxiosResponse<string> = await axios.get(
      `${world.running.url}/api/plan/${foreignIds['dealId'] ?? ''}/events`,
      {
        headers: { authorization: `Bearer ${own.boot.session}` },
        validateStatus: () => true,
        timeout: 5_000,
      },
    );
    expect(answer.status).toBe(404);
  });

  it('shows a deal of the own account only to its responsible, that person’s heads and administrators', async () => {
    const { context } = world.running.portal;
    const sellers = context.users().filter((user) => !user.admin && user.active);
    const deal = context.deals({ open: true, limit: 1 }).deals[0];
    const seen = await Promise.all(
      sellers.map(async (user) => {
        const person = await openFrame(world.running, user.id);
        return [user.id, (await person.get(`/api/plan/D_${deal?.id ?? 0}`)).status] as const;
      }),
    );
    expect(seen.filter(([id]) => id === deal?.ownerId).map(([, status]) => status)).toEqual([200]);
    expect(seen.some(([, status]) => status === 403)).toBe(true);
    expect(seen.every(([, status]) => status === 200 || status === 403)).toBe(true);
  });

  it('lets nobody but an administrator near installation, settings and dead letters', async () => {
    const seller = world.running.portal.context.users().find((user) => !user.admin && user.active);
    const person = await openFrame(world.running, seller?.id ?? 0);
    // Heads may look at stage maps, and the person may be one.
    const closed = routes.filter((route) =>
      /install|pipelines(?!.*stage-map)|progress|dead-letters/.test(route.path),
    );
    expect(closed.length).toBeGreaterThan(6);
    for (const route of closed) {
      const path = withIds(route, { ...foreignIds, id: route.path.includes('pipelines') ? 'D_0' : '1' });
      const answer = await person.send(route.method, path, bodyOf(route));
      expect([route.method, route.path, answer.status]).toEqual([route.method, route.path, 403]);
    }
  });

  function bodyOf(route: DocumentedRoute): object | undefined {
    if (route.method === 'get' || route.method === 'delete') return undefined;
    if (route.path.endsWith('/undo')) return { undo };
    if (route.path.endsWith('/launch')) return { templateId: foreignTemplate };
    return bodyFor(route.path);
  }

  /** Ids that exist over there and not here. */
  async function prepareForeignIds(): Promise<void> {
    const { database } = world.running;
    const [step] = await database.query<{ deal_id: string; template_id: string }>(
      `SELECT p.deal_id, p.template_id FROM plan p JOIN plan_step s USING (account_id, plan_id)
       WHERE p.account_id = $1 AND s.state = 'actionable' AND NOT EXISTS
         (SELECT FROM deal d WHERE d.account_id = $2 AND d.deal_id = p.deal_id) LIMIT 1`,
      [world.neighbourId, world.ownId],
    );
    const dealId = step?.deal_id ?? '';
    foreignTemplate = step?.template_id ?? '';
    const { data: view } = await theirs.get<PlanView>(`/api/plan/${dealId}`);
    const stepId = stepsOf(view).find((one) => one.state === 'actionable')?.id ?? '';
    const skipped = await theirs.post<StepCommandAnswer>(`/api/plan/${dealId}/steps/${stepId}/skip`, {
      reason: 'причина для проверки',
    });
    undo = skipped.data.undo ?? '';
    const [letter] = await database.query<{ id: string }>(
      `INSERT INTO dead_letter (account_id, source, subject, payload, reason, attempts)
       VALUES ($1, 'job', 'plans.none', '{}', 'для проверки', 1) RETURNING dead_letter_id::text AS id`,
      [world.neighbourId],
    );
    const [progress] = await database.query<{ id: string }>(
      'SELECT progress_id AS id FROM progress WHERE account_id = $1 LIMIT 1',
      [world.neighbourId],
    );
    foreignMigration = await addForeignMigration();
    expect([dealId, stepId, undo, progress?.id].every((id) => id !== undefined && id !== '')).toBe(true);
    const [person] = await database.query<{ id: string }>(
      `INSERT INTO host_user (account_id, user_id, name, active, admin, department_ids)
       VALUES ($1, '77777', '${MARK}', true, false, '{}') RETURNING user_id AS id`,
      [world.neighbourId],
    );
    const absence = { userId: '77777', from: '2027-01-11', to: '2027-01-12', kind: 'trip', deputyId: null };
    const away = await theirs.post<{ id: string }>('/api/company/absences', absence);
    const event = {
      kind: 'plannedEvent',
      dealId,
      text: MARK,
      at: '2030-01-11T09:00:00Z',
      remindMinutesBefore: 15,
    };
    const planned = await theirs.post<{ id: string }>('/api/book', event);
    expect(planned.status).toBe(201);
    foreignIds = {
      dealId,
      stepId,
      id: letter?.id ?? '',
      userId: person?.id ?? '',
      absenceId: away.data.id,
      entryId: planned.data.id,
      itemId: `${dealId}~${stepId}`,
      alertId: await addForeignAlert(dealId),
      runId: await addForeignDryRun(),
      pushId: await addForeignPush(dealId),
      ruleKey: 'rule-of-another-account',
      presetKey: 'preset-of-another-account',
    };
    routes = routes.map((route) => ({ ...route, path: named(route.path, progress?.id ?? '') }));
  }

  async function addForeignPush(dealId: string): Promise<string> {
    const pushId = randomUUID();
    await world.running.database.query(
      `INSERT INTO push (account_id, push_id, target, deal_id, user_id, text, at, deliver_at, answer_by, state)
       VALUES ($1, $2, 'deal', $3, '77777', '${MARK}', now(), now(), now(), 'waiting')`,
      [world.neighbourId, pushId, dealId],
    );
    return pushId;
  }

  async function addForeignAlert(dealId: string): Promise<string> {
    const alertId = randomUUID();
    await world.running.database.query(
      `INSERT INTO alert (account_id, alert_id, rule_id, kind, deal_id, subject, episode, at, facts, state)
       VALUES ($1, $2, 'idle', 'idle', $3, '77777', '1', now(), '{}', 'open')`,
      [world.neighbourId, alertId, dealId],
    );
    return alertId;
  }

  async function addForeignDryRun(): Promise<string> {
    const runId = randomUUID();
    await world.running.database.query(
      `INSERT INTO progress (account_id, progress_id, kind, state, detail, started_by)
       VALUES ($1, $2, 'ruleDryRun', 'running', '{}', '77777')`,
      [world.neighbourId, runId],
    );
    return runId;
  }

  async function addForeignMigration(): Promise<string> {
    const [migration] = await world.running.database.query<{ id: string }>(
      `INSERT INTO plan_migration (account_id, migration_id, template_id, to_version, deal_ids, state, started_by,
         started_at, finished_at) VALUES ($1, gen_random_uuid(), $2::uuid, 1, '{}', 'done', 'nobody', now(), now())
       RETURNING migration_id AS id`,
      [world.neighbourId, foreignTemplate],
    );
    return migration?.id ?? '';
  }

  /** `{id}` means another thing in every route; a dead letter's stays. */
  function named(path: string, progressId: string): string {
    if (path.includes('/pipelines/')) return path.replace('{id}', 'D_77');
    if (path.includes('/templates/')) return path.replace('{id}', foreignTemplate).replace('{version}', '1');
    if (path.includes('/migrations/')) return path.replace('{id}', foreignMigration);
    return path.includes('/progress/') ? path.replace('{id}', progressId) : path;
  }

  /** What a person's call could change; the mirror and the limits move by themselves. */
  async function rowsOfNeighbour(): Promise<readonly string[]> {
    const tables = [
      'plan',
      'plan_step',
      'pipeline_plan',
      'plan_template',
      'plan_template_version',
      'plan_migration',
      'stage_map',
      'progress',
      'dead_letter',
      'preference',
      'company',
      'user_schedule',
      'absence',
      'panel_view',
      'deal_deed',
      'snooze',
      'book_plan',
      'book_subscription',
    ];
    const rows = await Promise.all(
      tables.map((table) =>
        world.running.database.query<{ line: string }>(
          `SELECT '${table} ' || t::text AS line FROM ${table} t WHERE account_id = $1`,
          [world.neighbourId],
        ),
      ),
    );
    return rows.flatMap((some) => some.map(({ line }) => line)).toSorted();
  }
});

function adminOf(portal: TwoAccounts['neighbour']): number {
  return portal.context.users().find((user) => user.admin && user.active)?.id ?? 0;
}
