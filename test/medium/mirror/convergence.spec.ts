import { afterAll, beforeAll, it } from '@jest/globals';
import fc from 'fast-check';
import type { Database } from '../../../src/infra/db/database.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { MemoryHost } from '../../support/memory-host.js';
import { MirrorWorld } from '../../support/mirror-world.js';
import { MONDAY, aDeal, aFunnel, aUser } from '../../support/records.js';

type Action =
  | {
      readonly kind: 'rename' | 'move' | 'delete' | 'restore' | 'add';
      readonly deal: number;
      readonly told: 'once' | 'thrice' | 'late' | 'never';
    }
  | { readonly kind: 'drain' | 'sweep' | 'replayOldPage' | 'rememberPage' | 'sameSecond' };

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('rename', 'move', 'delete', 'restore', 'add'),
    deal: fc.integer({ min: 1, max: 12 }),
    told: fc.constantFrom('once', 'thrice', 'late', 'never'),
  }),
  fc.record({ kind: fc.constantFrom('drain', 'sweep', 'replayOldPage', 'rememberPage', 'sameSecond') }),
);

const STAGES = ['A', 'B', 'C'];

/** Plays actions against a host, at every page of the first copy and after it. */
class Play {
  now = MONDAY;
  private readonly late: string[] = [];
  private readonly removed: ReturnType<typeof aDeal>[] = [];
  private oldPage: { rows: ReturnType<typeof aDeal>[]; readAt: number } | null = null;
  private serial = 1_000;
  /** The next change falls into the second of the one before. */
  private standsStill = false;

  constructor(readonly world: () => MirrorWorld) {}

  async run(action: Action): Promise<void> {
    const world = this.world();
    if ('deal' in action) return this.change(action);
    if (action.kind === 'drain') return world.drained();
    if (action.kind === 'sweep') return world.swept();
    if (action.kind === 'sameSecond') {
      this.standsStill = true;
      return;
    }
    if (action.kind === 'rememberPage') {
      const readAt = await world.parts.writer.readingStarts();
      this.oldPage = { rows: [...world.host.records.deals], readAt };
      return;
    }
    const page = this.oldPage;
    if (!page) return;
    await world.parts.writer.transaction(world.accountId, async (tx) => {
      const reading = { asked: [], rows: page.rows, readAt: page.readAt };
      const written = await world.parts.writer.saveDeals(tx, world.accountId, reading);
      await world.parts.writer.settle(tx, world.accountId, written, 'sweep');
    });
  }

  async tellLate(): Promise<void> {
    await this.world().hooked(...this.late);
  }

  private async change(action: Extract<Action, { deal: number }>): Promise<void> {
    const { deals, stageHistory } = this.world().host.records;
    if (!this.standsStill) this.now += 1_000;
    this.standsStill = false;
    const id = action.kind === 'add' ? `D_${this.serial++}` : `D_${action.deal}`;
    const index = deals.findIndex((deal) => deal.id === id);
    const deal = deals[index];
    if (action.kind === 'add') deals.push(aDeal(id, 0, { createdAt: this.now, modifiedAt: this.now }));
    if (action.kind === 'restore') {
      const back = this.removed.findIndex((one) => one.id === id);
      if (back >= 0)
        deals.push(...this.removed.splice(back, 1).map((one) => ({ ...one, modifiedAt: this.now })));
    }
    if (deal && action.kind === 'delete') this.removed.push(...deals.splice(index, 1));
    if (deal && action.kind === 'rename') {
      deals[index] = { ...deal, title: `${deal.title}+`, modifiedAt: this.now };
    }
    if (deal && action.kind === 'move') {
      const stageId = STAGES[(STAGES.indexOf(deal.stageId) + 1) % STAGES.length] ?? 'A';
      deals[index] = { ...deal, stageId, stageSince: this.now, modifiedAt: this.now };
      stageHistory.push({
        dealId: id,
        at: this.now,
        pipelineId: 'P',
        stageId,
        stageKind: 'open',
        hostId: String(this.serial++),
      });
    }
    await this.tell(id, action.told);
  }

  private async tell(id: string, told: 'once' | 'thrice' | 'late' | 'never'): Promise<void> {
    if (told === 'once') await this.world().hooked(id);
    if (told === 'thrice') await this.world().hooked(id, id, id);
    if (told === 'late') this.late.push(id);
  }
}

describeOnEveryDatabase('the mirror', (open) => {
  let database: Database;

  beforeAll(async () => {
    database = await open();
  });

  afterAll(() => database.close());

  it('comes to equal the host under any interleaving of copy, webhooks, repeats, delays, losses and old pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 12 }),
        fc.array(action, { maxLength: 25 }),
        async (during, after) => {
          const play: Play = new Play(() => world);
          const host = new MemoryHost(() => play.now);
          const world: MirrorWorld = await MirrorWorld.open(database, host);
          host.pageSize = 4;
          host.records.pipelines.push(aFunnel('P', STAGES));
          host.records.users.push(aUser('7'));
          for (let n = 1; n <= 12; n++) host.records.deals.push(aDeal(`D_${n}`));
          interleave(host, during, play);
          await world.copied();
          for (const one of after) await play.run(one);
          await play.tellLate();
          await world.drained();
          play.now += 60_000;
          await world.swept();
          await world.reconciled();
          // A walk that finds most deals gone wants a second one to say so.
          await world.reconciled();
          await world.expectMirrorEqualsHost();
        },
      ),
      { numRuns: 20 },
    );
  }, 120_000);
});

/** Between any two pages of the first copy, something happens. */
function interleave(host: MemoryHost, actions: readonly Action[], play: Play): void {
  const waiting = [...actions];
  const read = host.read.bind(host);
  host.read = async function* (stream, request) {
    for await (const page of read(stream, request)) {
      const next = waiting.shift();
      // What belongs to the copy itself cannot run inside it.
      if (next && next.kind !== 'sweep' && next.kind !== 'drain' && next.kind !== 'replayOldPage')
        await play.run(next);
      yield page;
    }
  } as typeof host.read;
}
