import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DealAction } from '../../../src/contract/actions.js';
import type { Database } from '../../../src/infra/db/database.js';
import type { ActionState } from '../../../src/outbox/action.types.js';
import { actionKey } from '../../../src/outbox/index.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { MemoryHost, type WriteAccident } from '../../support/memory-host.js';
import { ACCOUNT, OutboxWorld } from '../../support/outbox-world.js';
import { aDeal } from '../../support/records.js';

const DEALS = ['1', '2'] as const;
const STAGES = ['A', 'B', 'C'] as const;
const DAY_MS = 86_400_000;

type Deed =
  | { readonly kind: 'want'; readonly name: string; readonly action: DealAction }
  | { readonly kind: 'cancel'; readonly name: string }
  | { readonly kind: 'closeAsks'; readonly dealId: string }
  | { readonly kind: 'round'; readonly accident: WriteAccident | null; readonly wait: boolean };

const dealId = fc.constantFrom(...DEALS);
const name = fc.constantFrom('a', 'b', 'c', 'd');
const accident = fc.option(
  fc.constantFrom<WriteAccident>(
    { kind: 'answerLost' },
    { kind: 'requestLost' },
    { kind: 'killed', carriedOut: true },
    { kind: 'killed', carriedOut: false },
    { kind: 'killedBefore' },
    { kind: 'refused', each: 2, failure: { kind: 'unavailable', detail: '502' } },
    { kind: 'thrown', failure: { kind: 'unavailable', detail: 'reset' }, sent: true },
    { kind: 'thrown', failure: { kind: 'throttled', retryAt: 0 }, sent: false },
  ),
  { nil: null },
);
const action = fc.oneof(
  fc.record({ kind: fc.constant('comment'), dealId, text: fc.constant('text') }),
  fc.record({
    kind: fc.constant('ask'),
    dealId,
    userId: fc.constant('7'),
    title: fc.constant('?'),
    text: fc.constant(''),
    dueAt: fc.constant(0),
  }),
  fc.record({
    kind: fc.constant('moveStage'),
    dealId,
    pipelineId: fc.constant('P'),
    stageId: fc.constantFrom(...STAGES),
  }),
  fc.record({ kind: fc.constant('assign'), dealId, userId: fc.constantFrom('7', '8') }),
) as fc.Arbitrary<DealAction>;
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('want'), name, action }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel'), name }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('closeAsks'), dealId }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('round'), accident, wait: fc.boolean() }) },
);

interface Row {
  readonly key: string;
  readonly action: DealAction;
  readonly state: ActionState;
  readonly host_id: string | null;
  readonly close_text: string | null;
}

class Run {
  readonly world: OutboxWorld;

  constructor(database: Database) {
    const base = Date.now() - DAY_MS;
    let second = 0;
    this.world = new OutboxWorld(database, new MemoryHost(() => base + ++second * 1000));
    this.world.host.records.deals.push(...DEALS.map((id) => aDeal(id)));
  }

  async do(one: Deed): Promise<void> {
    const { world } = this;
    switch (one.kind) {
      case 'want':
        // The kind is part of the name, as features name what they want.
        return world.wantActions({ key: keyOf(one.name, one.action), action: one.action });
      case 'cancel':
        await world.database.transaction((tx) => world.actions.cancel(tx, ACCOUNT, allKeysOf(one.name)));
        return;
      case 'closeAsks':
        return world.database.transaction((tx) =>
          world.actions.closeAsks(tx, ACCOUNT, { dealIds: [one.dealId] }, 'over'),
        );
      case 'round':
        return this.round(one);
    }
  }

  async settle(): Promise<void> {
    this.world.host.calm();
    for (let turn = 0; turn < 8; turn++) {
      await this.world.leasesEnd();
      await this.world.wait();
      await this.world.deliver(this.world.actionCourier());
    }
  }

  rows(): Promise<Row[]> {
    return this.world.database.query<Row>(
      'SELECT key, action, state, host_id, close_text FROM outbox_action ORDER BY seq',
    );
  }

  private async round({ accident: met, wait }: Extract<Deed, { kind: 'round' }>): Promise<void> {
    const { host } = this.world;
    host.calm();
    if (met) host.meets(met);
    await this.world.leasesEnd();
    if (wait) await this.world.wait();
    const before = host.deaths;
    let returned = false;
    const round = this.world.actionCourier({ leaseMs: 600_000 }).round(ACCOUNT);
    void round.finally(() => (returned = true));
    // A killed process never comes back: what it left in the database is all there is.
    while (!returned && host.deaths === before) await new Promise((done) => setTimeout(done, 1));
    if (returned) await round;
  }
}

describeOnEveryDatabase(
  'test/medium/outbox/action-interleavings.spec.ts',
  (open: () => Promise<Database>) => {
    it('ends with every wish carried out once and in order, whatever happens on the way', async () => {
      const database = await open();
      try {
        await new OutboxWorld(database).account();
        await fc.assert(
          fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 25 }), async (deeds) => {
            await database.query('DELETE FROM outbox_action');
            const run = new Run(database);
            for (const one of deeds) await run.do(one);
            await run.settle();
            await expectInOrder(run);
          }),
          { numRuns: Number(process.env['FC_RUNS'] ?? 40) },
        );
      } finally {
        await database.close();
      }
    }, 240_000);
  },
);

async function expectInOrder(run: Run): Promise<void> {
  const { host } = run.world;
  const rows = await run.rows();
  expect(rows.filter(({ state }) => state !== 'done')).toEqual([]);
  // None twice: a key that was taken back may be wanted anew, but never what was once in the host.
  expect(host.actions.doubled()).toEqual([]);
  for (const row of rows) {
    const { kind } = row.action;
    if (kind !== 'comment' && kind !== 'ask') continue;
    const [made, ...others] = host.actions.withKey(row.key);
    expect(others).toEqual([]);
    // None lost, and nothing asks on that nobody wants to know.
    expect(made?.id).toBe(row.host_id);
    expect(made?.open).toBe(row.close_text === null);
  }
  const known = new Set(rows.map(({ key }) => key));
  expect(host.actions.list().filter(({ key }) => !known.has(key))).toEqual([]);
  for (const id of DEALS) expectLastWord(run, id, rows);
}

/** The last move and the last hand-over of a deal that were carried out stand. */
function expectLastWord(run: Run, id: string, rows: readonly Row[]): void {
  const deal = run.world.host.records.deals.find((one) => one.id === id);
  const own = rows.map(({ action: one }) => one).filter((one) => one.dealId === id);
  const move = own.findLast((one) => one.kind === 'moveStage');
  const assign = own.findLast((one) => one.kind === 'assign');
  expect(deal?.stageId).toBe(move?.stageId ?? 'A');
  expect(deal?.ownerId).toBe(assign?.userId ?? '7');
}

const KINDS = ['comment', 'ask', 'moveStage', 'assign'] as const;

function keyOf(of: string, one: DealAction): string {
  return actionKey(ACCOUNT, of, one.kind, one.dealId ?? '');
}

function allKeysOf(of: string): readonly string[] {
  return KINDS.flatMap((kind) => DEALS.map((id) => actionKey(ACCOUNT, of, kind, id)));
}
