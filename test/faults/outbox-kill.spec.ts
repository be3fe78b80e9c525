import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ActionLookup, HostAction } from '../../src/contract/actions.js';
import type { TaskLookup, TaskWrite } from '../../src/contract/client.js';
import { openDatabase } from '../../src/infra/db/open.js';
import type { ActionWish } from '../../src/outbox/index.js';
import { createPostgresDatabase } from '../support/database.js';
import { MemoryActions } from '../support/memory-actions.js';
import { MemoryTasks } from '../support/memory-tasks.js';
import { OutboxWorld, wish } from '../support/outbox-world.js';
import { aDeal } from '../support/records.js';
import { until } from '../support/until.js';

const COUNT = 600;
const ACTIONS = 400;
/** Longer than a test. */
const TOO_LONG_MS = 600_000;

/** A host that creates whatever it is told to, over HTTP, and knows nothing of keys being unique. */
class Host {
  readonly tasks = new MemoryTasks(() => Date.now());
  readonly actions = new MemoryActions(() => Date.now(), [aDeal('1')]);
  /** How long it works on the next request that writes tasks, whoever is still there to hear of it. */
  nextTakesMs = 5;
  private readonly server: Server = createServer((request, response) => {
    void (async () => {
      const chunks = await Array.fromAsync<Buffer>(request);
      const takesMs = request.url === '/write' ? this.nextTakesMs : 5;
      if (request.url === '/write') this.nextTakesMs = 5;
      await sleep(takesMs);
      response.end(JSON.stringify(this.answer(request.url ?? '', Buffer.concat(chunks).toString())));
    })();
  });

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(path: string, body: string): unknown {
    if (path === '/find') return [...this.tasks.find(JSON.parse(body) as TaskLookup[])];
    if (path === '/act') return (JSON.parse(body) as HostAction[]).map((one) => this.actions.carryOut(one));
    if (path === '/find-actions') return [...this.actions.find(JSON.parse(body) as ActionLookup[])];
    return (JSON.parse(body) as TaskWrite[]).map((write) => this.tasks.carryOut(write));
  }
}

const PATH = 'test/faults/outbox-kill.spec.ts';

if (process.env['TEST_POSTGRES_URL']) describe(PATH, killing);
else describe(PATH, leftOut);

function leftOut(): void {
  it('is left out, because two processes need a PostgreSQL server and none is installed', () => {
    console.warn(`LEFT OUT: ${PATH}`);
    expect(process.env['TEST_POSTGRES_URL']).toBeUndefined();
  });
}

function killing(): void {
  let url: string;
  let world: OutboxWorld;
  let host: Host;
  let hostUrl: string;
  let folder: string;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    url = await createPostgresDatabase();
    world = new OutboxWorld(await openDatabase({ databaseUrl: url, dataDir: '' }));
    await world.account();
    host = new Host();
    hostUrl = await host.start();
    folder = mkdtempSync(path.join(tmpdir(), 'dozhim-books-'));
    await world.want(...Array.from({ length: COUNT }, (_, index) => wish(`s${index}`)));
  });

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    host.stop();
    await world.close();
  });

  function start(point = 'never', count = 1, waitMs = 500): ChildProcess {
    const child = spawn(
      process.execPath,
      [
        '--no-warnings',
        '--import',
        './test/support/typescript.mjs',
        './test/faults/outbox-child.ts',
        url,
        hostUrl,
        point,
        String(count),
        folder,
        String(waitMs),
      ],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    children.push(child);
    return child;
  }

  async function death(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode ?? child.signalCode;
  }

  async function expectEachOnce(): Promise<void> {
    const done = async (): Promise<boolean> =>
      Object.values(await world.states()).every((state) => state === 'created');
    await until(done, { timeoutMs: 45_000, what: 'every wish in the host' });
    const keys = host.tasks.list().map((task) => task.ourKey);
    expect(keys).toHaveLength(COUNT);
    expect(new Set(keys).size).toBe(COUNT);
  }

  it('doubles and loses nothing when workers are killed at every point of their way (row 4)', async () => {
    for (const [point, count] of [
      ['claimed', 2],
      ['marked', 2],
      ['answered', 2],
      ['lookedUp', 1],
      ['answered', 1],
    ] as const) {
      expect(await death(start(point, count))).toBe('SIGKILL');
    }
    expect(host.tasks.list().length).toBeLessThan(COUNT);
    start();
    await expectEachOnce();
  }, 90_000);

  it('goes on at once with what surely never left when its process was killed', async () => {
    expect(await death(start('unsent', 2, TOO_LONG_MS))).toBe('SIGKILL');
    expect(host.tasks.list()).toHaveLength(50);
    start('never', 1, TOO_LONG_MS);
    await expectEachOnce();
  }, 90_000);

  it('does not send again what may have left, while a host could still be working on it', async () => {
    expect(await death(start('marked', 1, TOO_LONG_MS))).toBe('SIGKILL');
    start('never', 1, TOO_LONG_MS);
    await until(async () => host.tasks.list().length === COUNT - 50, {
      timeoutMs: 45_000,
      what: 'the others',
    });
    await sleep(1_000);
    expect(host.tasks.list()).toHaveLength(COUNT - 50);
    const states = Object.values(await world.states());
    expect(states.filter((state) => state !== 'created')).toHaveLength(50);
  }, 90_000);

  it('doubles nothing when the host carries a request out long after its client died', async () => {
    host.nextTakesMs = 4_000;
    expect(await death(start('onItsWay', 1, 12_000))).toBe('SIGKILL');
    expect(host.tasks.list()).toHaveLength(0);
    start('never', 1, 12_000);
    await expectEachOnce();
  }, 90_000);

  it('doubles and loses no comment and no question when workers are killed at every point of their way', async () => {
    const wanted = Array.from({ length: ACTIONS }, (_, index) => actionWish(index));
    await world.wantActions(...wanted);
    for (const [point, count] of [
      ['actionsClaimed', 1],
      ['actionsMarked', 1],
      ['actionsAnswered', 1],
      ['actionsLookedUp', 1],
      ['actionsAnswered', 1],
    ] as const) {
      expect(await death(start(point, count))).toBe('SIGKILL');
    }
    start();
    const done = async (): Promise<boolean> =>
      Object.values(await world.actionStates()).every((state) => state === 'done');
    await until(done, { timeoutMs: 60_000, what: 'every action in the host' });
    expect(host.actions.doubled()).toEqual([]);
    expect(
      host.actions
        .list()
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual(wanted.map(({ key }) => key).toSorted());
  }, 120_000);

  it('lets the second worker finish what a frozen one left, and keeps the frozen one from doubling (row 34)', async () => {
    const frozen = start();
    await until(() => host.tasks.list().length > 0);
    frozen.kill('SIGSTOP');
    start();
    await expectEachOnce();
    frozen.kill('SIGCONT');
    await sleep(1_000);
    await expectEachOnce();
  }, 90_000);

  it('stops within ten seconds on SIGTERM in the middle, and the next process goes on (row 35)', async () => {
    const first = start();
    await until(() => host.tasks.list().length > 0);
    const asked = performance.now();
    first.kill('SIGTERM');
    expect(await death(first)).toBe(0);
    expect(performance.now() - asked).toBeLessThan(10_000);
    start();
    await expectEachOnce();
  }, 90_000);
}

/** A comment, and every fourth a question. */
function actionWish(index: number): ActionWish {
  const text = `action ${index}`;
  const asked = { userId: '7', title: text, text, dueAt: 0 };
  return {
    key: `action-${index}`,
    action: index % 4 === 0 ? { kind: 'ask', dealId: '1', ...asked } : { kind: 'comment', dealId: '1', text },
  };
}
