import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { installDemoWidget } from './account-administrator.js';
import type { DemoOptions } from './demo-visit.js';

interface World {
  readonly calls: string[];
  readonly account: FastifyInstance;
  readonly app: FastifyInstance;
  accountUrl: string;
  appUrl: string;
  state: 'not_installed' | 'installed';
  path: string | null;
  /** What the account's server hears when it brings its code. */
  heard: number;
  /** How many openings are refused yet, as those of an account that is not known. */
  unknownFor: number;
  plans: Map<string, string>;
}

const OPTIONS: DemoOptions = {
  plans: [
    { pipelineId: 0, templateKey: 'long' },
    { pipelineId: 1, templateKey: 'short' },
  ],
  language: 'en',
  pollMs: 5,
};

describe('src/sandbox/demo/account-administrator.ts', () => {
  let world: World;

  beforeEach(async () => {
    world = await openWorld();
  });

  afterEach(async () => {
    await world.account.close();
    await world.app.close();
  });

  const install = () => installDemoWidget(world.accountUrl, world.appUrl, OPTIONS);

  it('installs the widget, waits until the application knows the account, and switches plans on by their order', async () => {
    world.unknownFor = 2;
    const { outcome, planned } = await install();
    await planned;
    expect(outcome).toBe('installed');
    expect(world.calls).toEqual(['install', 'refused', 'refused', 'opened', 'finished']);
    expect([...world.plans]).toEqual([
      ['7001', 'long'],
      ['7002', 'short'],
    ]);
  });

  it('leaves an installed widget and its plans alone', async () => {
    world.state = 'installed';
    world.plans.set('7002', 'own');
    const { outcome, planned } = await install();
    await planned;
    expect([outcome, [...world.plans]]).toEqual(['kept', [['7002', 'own']]]);
    expect(world.calls).not.toContain('install');
  });

  it('installs again what the account remembers and the application has forgotten', async () => {
    world.state = 'installed';
    world.unknownFor = 1;
    const { outcome, planned } = await install();
    await planned;
    expect([outcome, world.calls.includes('install')]).toEqual(['installed', true]);
  });

  it('says so when no widget was uploaded, or when the application did not take the code', async () => {
    world.path = null;
    await expect(install()).rejects.toThrow('no widget was uploaded');
    world.path = '/upl/x/widget';
    world.heard = 503;
    await expect(install()).rejects.toThrow('the account heard 503');
    Object.assign(world, { heard: 0, state: 'not_installed' });
    await expect(install()).rejects.toThrow('the account heard nothing');
  });
});

async function openWorld(): Promise<World> {
  const world: World = {
    calls: [],
    account: Fastify(),
    app: Fastify(),
    accountUrl: '',
    appUrl: '',
    state: 'not_installed',
    path: '/upl/x/widget',
    heard: 200,
    unknownFor: 0,
    plans: new Map(),
  };
  mountAccount(world);
  mountApplication(world);
  world.accountUrl = await world.account.listen({ port: 0, host: '127.0.0.1' });
  world.appUrl = await world.app.listen({ port: 0, host: '127.0.0.1' });
  return world;
}

function mountAccount(world: World): void {
  world.account.get('/portal/integrations', () => ({
    integrations: [{ id: 'i-1', title: 'Demo', state: world.state, path: world.path }],
  }));
  world.account.post('/portal/integrations/i-1/install', () => {
    world.calls.push('install');
    world.state = 'installed';
    return { callback: world.heard };
  });
  world.account.get('/portal/start', () => ({
    accountId: 31,
    language: 'en',
    pipelines: [{ name: 'One' }, { name: 'Two' }],
  }));
  world.account.get('/ajax/v2/integrations/i-1/disposable_token', (request, reply) =>
    request.headers['x-requested-with'] === 'XMLHttpRequest'
      ? { token: 'proof' }
      : reply.code(400).send({ message: 'not from the page' }),
  );
}

function mountApplication(world: World): void {
  world.app.post<{ Querystring: { account: string } }>('/embed/amocrm/session', (request, reply) => {
    const { origin, 'x-auth-token': token } = request.headers;
    const genuine = origin === world.accountUrl && token === 'proof' && request.query.account === '31';
    if (!genuine) return reply.code(400).send({ error: { code: 'bad-request' } });
    if (world.unknownFor > 0) {
      world.unknownFor -= 1;
      world.calls.push('refused');
      return reply.code(403).send({ error: { code: 'unknown-account' } });
    }
    world.calls.push('opened');
    return { session: 's1', screen: 'install', installing: false };
  });
  const view = (): object => ({
    state: 'ready',
    pipelines: [
      { id: '7001', name: 'One', plan: planOf(world, '7001') },
      { id: '7002', name: 'Two', plan: planOf(world, '7002') },
    ],
  });
  world.app.get('/api/install', view);
  world.app.post('/api/install/finished', () => {
    world.calls.push('finished');
    return view();
  });
  world.app.post<{ Params: { id: string }; Body: { templateKey: string } }>(
    '/api/pipelines/:id/template',
    (request) => {
      world.plans.set(request.params.id, request.body.templateKey);
      return view();
    },
  );
}

function planOf(world: World, id: string): object | null {
  const templateKey = world.plans.get(id);
  return templateKey === undefined ? null : { templateKey };
}
