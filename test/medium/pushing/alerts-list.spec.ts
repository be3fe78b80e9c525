import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { AlertsView, AlertView } from '../../../src/features/pushing/pushing.view.js';
import { PulseRepository } from '../../../src/features/pushing/pulse.repository.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { startRulesWorld, type RulesWorld } from '../../support/rules-world.js';
import type { WidgetPerson } from '../../support/widget-person.js';

describeOnEveryDatabase('test/medium/pushing/alerts-list', (open) => {
  let world: RulesWorld;

  beforeAll(async () => {
    world = await startRulesWorld(await open());
  }, 180_000);

  afterAll(() => world?.stop());

  it('lists the department’s alerts for its head and the own ones for a seller, page by page, by every filter', async () => {
    const others = await world.database.query<{ owner_id: string; deal_id: string }>(
      `SELECT DISTINCT ON (owner_id) owner_id, deal_id FROM deal_pulse WHERE account_id = $1::uuid
         AND stage_kind = 'open' AND owner_id <> $2 ORDER BY owner_id, deal_id LIMIT 5`,
      [world.accountId, world.sellerId],
    );
    const owners = [{ owner_id: world.sellerId, deal_id: world.dealId }, ...others];
    await world.database.query(
      `INSERT INTO alert (account_id, alert_id, rule_id, kind, deal_id, subject, episode, at, facts, state, level)
       SELECT $1::uuid, gen_random_uuid(), 'putOffAgain', 'putOffAgain', o.deal, o.owner, 'page-' || n,
         now() - make_interval(mins => n), '{"times": 3}', 'open', n % 2
       FROM unnest($2::text[], $3::text[]) AS o(owner, deal), generate_series(1, 40) n`,
      [world.accountId, owners.map((one) => one.owner_id), owners.map((one) => one.deal_id)],
    );
    const all = async (person: WidgetPerson, query = ''): Promise<readonly AlertView[]> => {
      const found: AlertView[] = [];
      for (let next: string | null = ''; next !== null;) {
        const path: string = `/api/alerts?${query}${next === '' ? '' : `&after=${next}`}`;
        const { status, data }: { status: number; data: AlertsView } = await person.get<AlertsView>(path);
        expect([path, status]).toEqual([path, 200]);
        found.push(...data.alerts);
        next = data.next;
      }
      expect(new Set(found.map((one) => one.id)).size).toBe(found.length);
      return found;
    };
    const { data: first } = await world.admin.get<AlertsView>('/api/alerts?ruleKeys=putOffAgain');
    const everything = await all(world.admin, 'ruleKeys=putOffAgain');
    expect([everything.length, first.counts?.all]).toEqual([first.counts?.all, everything.length]);
    expect(everything.length).toBeGreaterThanOrEqual(owners.length * 40);
    expect(everything.map((one) => one.at)).toEqual(
      everything.map((one) => one.at).toSorted((one, other) => Date.parse(other) - Date.parse(one)),
    );
    const mine = await all(world.seller);
    expect(new Set(mine.map((one) => one.ownerId))).toEqual(new Set([world.sellerId]));
    const headsPeople = new Set((await all(world.head)).map((one) => one.ownerId));
    expect(headsPeople.has(world.sellerId)).toBe(true);
    expect(headsPeople.size).toBeLessThan(new Set(everything.map((one) => one.ownerId)).size + 1);
    expect(await all(world.seller, `sellerIds=${others[0]?.owner_id ?? ''}`)).toEqual([]);
    const dear = (await all(world.admin, 'sort=cost')).map((one) => Number(one.dealId ? one.cost.amount : 0));
    expect(dear).toEqual(dear.toSorted((one, other) => other - one));
    for (const state of ['unacted', 'acted', 'escalated'] as const) {
      const held = await all(world.admin, `ruleKeys=putOffAgain&state=${state}`);
      expect([state, held.length]).toEqual([state, first.counts?.[state]]);
    }
    expect(first.choices?.sellers.map((one) => one.id)).toEqual(
      expect.arrayContaining(owners.map((one) => one.owner_id)),
    );
    expect(everything[0]?.rule).toBe('Сделку отложили в 3-й раз на одном этапе.');
    const { data: count } = await world.seller.get<{ all: number }>('/api/alerts/count');
    expect(count.all).toBe(mine.length);
    expect([first.canPush, (await world.seller.get<AlertsView>('/api/alerts')).data.canPush]).toEqual([
      true,
      false,
    ]);
  });

  it('shows what is nobody’s to everybody, and nothing of a deal that is gone or of a rule that is off', async () => {
    const [spare] = await world.database.query<{ deal_id: string; owner_id: string }>(
      `SELECT deal_id, owner_id FROM deal WHERE account_id = $1::uuid AND stage_kind = 'open' AND owner_id <> $2
         AND deleted_at IS NULL ORDER BY deal_id LIMIT 1`,
      [world.accountId, world.sellerId],
    );
    const dealId = spare?.deal_id ?? '';
    await world.database.query(
      `INSERT INTO alert (account_id, alert_id, rule_id, kind, deal_id, subject, episode, at, facts, state)
       VALUES ($1::uuid, gen_random_uuid(), 'putOffAgain', 'putOffAgain', $2, '', 'nobody', now(), '{}', 'open')`,
      [world.accountId, dealId],
    );
    const seen = async (): Promise<boolean> =>
      (await world.seller.get<AlertsView>('/api/alerts')).data.alerts.some((one) => one.dealId === dealId);
    const write = (set: string): Promise<unknown> =>
      world.database.query(`UPDATE deal SET ${set} WHERE account_id = $1::uuid AND deal_id = $2`, [
        world.accountId,
        dealId,
      ]);
    expect(await seen()).toBe(false);
    await write('owner_id = NULL');
    expect(await seen()).toBe(true);
    await write('deleted_at = now()');
    expect(await seen()).toBe(false);
    await write('deleted_at = NULL');
    await world.changed('putOffAgain', { on: false });
    expect(await seen()).toBe(false);
    await world.changed('putOffAgain', { on: true });
    await write(`owner_id = '${spare?.owner_id ?? ''}'`);
    await world.database.query(
      `DELETE FROM alert WHERE account_id = $1::uuid AND (episode = 'nobody' OR episode LIKE 'page-%')`,
      [world.accountId],
    );
  });

  it('ends what was found of a deal when it is closed: acted on, moved, off the ladder and off the list', async () => {
    const at = `now() - interval '2 hours'`;
    const insert = (kind: string, state: string): Promise<unknown> =>
      world.database.query(
        `INSERT INTO alert (account_id, alert_id, rule_id, kind, deal_id, subject, episode, at, facts, state, next_at)
         VALUES ($1::uuid, gen_random_uuid(), 'putOffAgain', $4, $2, $3, 'closing', ${at}, '{}', $5, ${at})`,
        [world.accountId, world.dealId, world.sellerId, kind, state],
      );
    await insert('stuck', 'open');
    await insert('idle', 'heldOut');
    await insert('movedWithOpenSteps', 'open');
    await world.database.query(
      `UPDATE plan SET state = 'closed' WHERE account_id = $1::uuid AND deal_id = $2`,
      [world.accountId, world.dealId],
    );
    await world.database.query(
      `UPDATE deal SET stage_kind = 'won', stage_since = now() WHERE account_id = $1::uuid AND deal_id = $2`,
      [world.accountId, world.dealId],
    );
    const pulses = world.running.app.get(PulseRepository, { strict: false });
    await pulses.refresh(world.accountId, [world.dealId], null);
    const shown = async (): Promise<readonly string[]> =>
      (await world.admin.get<AlertsView>('/api/alerts')).data.alerts
        .filter((one) => one.dealId === world.dealId)
        .map((one) => one.ruleName);
    expect(await shown()).toEqual(['Этап пройден, шаги не сделаны']);
    await world.round();
    const rows = await world.database.query(
      `SELECT kind, state, acted_at IS NOT NULL AS acted, moved_at IS NOT NULL AS moved, over_at IS NOT NULL AS over,
         next_at > now() AS later FROM alert WHERE account_id = $1::uuid AND episode = 'closing' ORDER BY kind`,
      [world.accountId],
    );
    const both = { acted: true, moved: true };
    expect(rows).toEqual([
      { kind: 'idle', state: 'heldOut', ...both, over: true, later: null },
      { kind: 'movedWithOpenSteps', state: 'open', ...both, over: false, later: true },
      { kind: 'stuck', state: 'over', ...both, over: true, later: null },
    ]);
  });

  it.each<[string, number]>([
    ['after=nonsense', 400],
    [`after=${Buffer.from('["newest","0",1,"x"]').toString('base64url')}`, 400],
    [
      `after=${Buffer.from('["cost","0",1,"00000000-0000-4000-8000-000000000000"]').toString('base64url')}`,
      400,
    ],
    [
      `after=${Buffer.from('["newest","0",1e99,"00000000-0000-4000-8000-000000000000"]').toString('base64url')}`,
      400,
    ],
    ['after[]=x', 400],
    ['state=over', 400],
    ['sort=random', 400],
    [`ruleKeys=${'x'.repeat(200)}`, 400],
    ['ruleKeys=%27%3B+DROP+TABLE+alert', 200],
    ['sellerIds=%00', 400],
  ])('answers the hostile question %p with %i', async (query, status) => {
    expect((await world.seller.get(`/api/alerts?${query}`)).status).toBe(status);
  });
});
