import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { DEMO_PLANS, installDemo, type DemoOptions } from './demo-administrator.js';

interface World {
  readonly calls: string[];
  readonly portal: FastifyInstance;
  readonly app: FastifyInstance;
  portalUrl: string;
  appUrl: string;
  state: 'new' | 'installed';
  plans: Map<string, object>;
  refuseNext: number[];
  boot: string;
  polls: number;
  form: Record<string, string>;
}

const OPTIONS: DemoOptions = { plans: DEMO_PLANS, language: 'ru', pollMs: 5 };

describe('src/sandbox/demo/demo-administrator.ts', () => {
  let world: World;

  beforeEach(async () => {
    world = await openWorld();
  });

  afterEach(async () => {
    await world.portal.close();
    await world.app.close();
  });

  it('installs, finishes in the portal, and switches both plans on when the copy is ready', async () => {
    const { outcome, planned } = await installDemo(world.portalUrl, world.appUrl, OPTIONS);
    expect(outcome).toBe('installed');
    expect(world.state).toBe('installed');
    await planned;
    expect(world.form).toMatchObject({ PLACEMENT: 'DEFAULT', AUTH_ID: 'a' });
    expect(world.calls.filter((call) => call !== 'GET /api/install')).toEqual([
      'open',
      'POST /api/install',
      'finish',
      'POST /api/install/finished',
      'POST /api/pipelines/D_0/template b2b-twelve-status ru true',
      'POST /api/pipelines/D_1/template transactional ru true',
    ]);
  });

  it('waits for an application that is not up yet and renews a session that has run out', async () => {
    world.refuseNext = [503, 502, 200, 401];
    const { outcome, planned } = await installDemo(world.portalUrl, world.appUrl, OPTIONS);
    await planned;
    expect(outcome).toBe('installed');
    expect(world.refuseNext).toEqual([]);
    expect(world.calls.filter((call) => call === 'open')).toHaveLength(2);
  });

  it('leaves an installed application and its plans alone', async () => {
    world.state = 'installed';
    world.plans.set('D_0', { templateId: 'own' });
    const { outcome, planned } = await installDemo(world.portalUrl, world.appUrl, OPTIONS);
    await planned;
    expect(outcome).toBe('kept');
    expect(world.calls.some((call) => call.includes('template') || call === 'finish')).toBe(false);
  });

  it('takes up plans that were broken off before any was switched on', async () => {
    world.state = 'installed';
    const { planned } = await installDemo(world.portalUrl, world.appUrl, OPTIONS);
    await planned;
    expect([...world.plans.keys()]).toEqual(['D_0', 'D_1']);
  });

  it('says what was refused, and does not finish the installation', async () => {
    world.refuseNext = [403];
    await expect(installDemo(world.portalUrl, world.appUrl, OPTIONS)).rejects.toThrow(
      'opening the frame was refused with 403',
    );
    expect(world.state).toBe('new');
  });

  it('says so when the page carries no boot data, or another screen', async () => {
    world.boot = '<p>hello</p>';
    await expect(installDemo(world.portalUrl, world.appUrl, OPTIONS)).rejects.toThrow('carries no boot data');
    world.boot = bootPage('home');
    await expect(installDemo(world.portalUrl, world.appUrl, OPTIONS)).rejects.toThrow(
      'opened the screen "home"',
    );
  });
});

function bootPage(screen: string): string {
  const boot = { session: 's1', screen, installing: true };
  return `<!doctype html><script type="application/json" id="boot">${JSON.stringify(boot)}</script>`;
}

async function openWorld(): Promise<World> {
  const world: World = {
    calls: [],
    portal: Fastify(),
    app: Fastify(),
    portalUrl: '',
    appUrl: '',
    state: 'new',
    plans: new Map(),
    refuseNext: [],
    boot: bootPage('install'),
    polls: 0,
    form: {},
  };
  mountPortal(world);
  mountApplication(world);
  world.portalUrl = await world.portal.listen({ port: 0, host: '127.0.0.1' });
  world.appUrl = await world.app.listen({ port: 0, host: '127.0.0.1' });
  return world;
}

function mountPortal(world: World): void {
  world.portal.get('/portal/applications', () => ({
    applications: [{ id: 'local.1', title: 'Demo', state: world.state }],
  }));
  world.portal.get('/portal/start', () => ({
    pipelines: [0, 1].map((id) => ({ id, name: `Pipeline ${id}` })),
  }));
  world.portal.post('/portal/frames', () => ({
    launch: {
      action: `${world.appUrl}/embed?DOMAIN=localhost`,
      fields: { AUTH_ID: 'a', PLACEMENT: 'DEFAULT' },
    },
  }));
  world.portal.post('/portal/applications/local.1/finish', () => {
    world.calls.push('finish');
    world.state = 'installed';
    return {};
  });
}

function mountApplication(world: World): void {
  world.app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  world.app.addHook('onRequest', async (_request, reply) => {
    const status = world.refuseNext.shift() ?? 200;
    if (status !== 200) await reply.code(status).send({ error: { code: 'no' } });
  });
  world.app.post<{ Body: Record<string, string> }>('/embed', (request, reply) => {
    world.calls.push('open');
    world.form = request.body;
    return reply.type('text/html').send(world.boot);
  });
  const view = (): object => {
    world.polls += 1;
    const pipelines = ['0', '1'].map((id) => ({
      id: `D_${id}`,
      name: `Pipeline ${id}`,
      plan: world.plans.get(`D_${id}`) ?? null,
    }));
    return { state: world.polls < 3 ? 'copying' : 'ready', pipelines };
  };
  world.app.get('/api/install', () => {
    world.calls.push('GET /api/install');
    return view();
  });
  world.app.post('/api/install', () => {
    world.calls.push('POST /api/install');
    return view();
  });
  world.app.post('/api/install/finished', () => {
    world.calls.push('POST /api/install/finished');
    return view();
  });
  world.app.post<{ Params: { id: string }; Body: Record<string, unknown> }>(
    '/api/pipelines/:id/template',
    (request) => {
      const { templateKey, language, existingDeals } = request.body;
      world.calls.push(
        `POST /api/pipelines/${request.params.id}/template ${String(templateKey)} ${String(language)} ${String(existingDeals)}`,
      );
      world.plans.set(request.params.id, { templateKey });
      return view();
    },
  );
}
