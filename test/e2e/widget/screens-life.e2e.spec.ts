import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CDPSession, Frame, Route } from 'playwright-core';
import { until } from '../../support/until.js';
import type { PortalOptions } from './fake-portal.js';
import { sceneIn, screenStates, type ScreenState } from './screens.js';
import { buildStage, sceneOf, type Shown, type StageSet } from './stage-set.js';
import type { Stand } from './stand.js';

/** Every screen as it is when all is well. */
const SCREENS = [
  'plan',
  'home',
  'exceptions',
  'reasons',
  'rules',
  'panel',
  'alerts',
  'book',
  'company',
  'insight',
  'diagnosis',
  'templates',
  'settings',
] as const;
/** What keeps itself fresh says how fresh it is. */
const LIVING = ['plan', 'home', 'panel', 'alerts', 'book', 'insight', 'settings'] as const;
const ROUNDS = 5;

describe('test/e2e/widget/screens-life', () => {
  let stage: StageSet;
  let stand: Stand<PortalOptions>;
  let waiting: Route[] | null = null;
  beforeAll(async () => {
    stage = await buildStage(sceneOf('en'));
    stand = await stage.stand({ width: 1200, height: 1500 });
    // Answers wait only where a test wants to see what is shown meanwhile.
    await stage.browser
      .contexts()[0]
      ?.route('**/api/**', (route) => (waiting ? void waiting.push(route) : route.continue()));
  }, 120_000);
  afterAll(() => stage?.close());

  it.each(SCREENS)(
    'says that %s is on its way, then what went wrong with a code and a number to quote, and brings it when asked again',
    async (name) => {
      const state = stateOf(name);
      const answers = hold();
      const shown = await show(state, { readError: { status: 503, code: 'database-unavailable' } });
      const { frame } = shown;
      await frame.locator('.skeleton, .skeleton-row, .skeleton-card, [aria-busy="true"]').first().waitFor();
      answers.release();
      const alert = frame.getByRole('alert').filter({ hasText: 'database-unavailable' }).first();
      await alert.waitFor();
      expect(await alert.textContent()).toContain('req-0042');
      stage.server.scene.readError = null;
      await alert.getByRole('button', { name: 'Try again' }).click();
      await signOf(frame, state).waitFor();
      expect(shown.faults.filter((fault) => !fault.includes('Failed to load resource'))).toEqual([]);
    },
    60_000,
  );

  it.each(SCREENS)(
    'says who may see %s to whom it is closed, and offers no second try',
    async (name) => {
      const { frame } = await show(stateOf(name), { readError: { status: 403, code: 'not-yours' } });
      const alert = frame.getByRole('alert').first();
      await alert.waitFor();
      expect((await alert.textContent())?.length ?? 0).toBeGreaterThan(60);
      expect(await frame.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    },
    60_000,
  );

  it.each(LIVING)(
    'says in %s that the connection is gone, and that it is back',
    async (name) => {
      const state = stateOf(name);
      const { frame } = await show(state);
      await signOf(frame, state).waitFor();
      await frame.locator('.fresh').waitFor();
      await connect(frame, false);
      await frame.locator('.fresh-bad').getByText('You are offline').waitFor();
      await connect(frame, true);
      await frame.locator('.fresh:not(.fresh-bad)').waitFor();
    },
    60_000,
  );

  it('paints the outline of a page from the page itself and its sheet, before any script has come', async () => {
    Object.assign(stage.server.scene, sceneIn(stateOf('plan'), 'en'));
    const page = await stage.browser.newPage();
    const held: Route[] = [];
    const asked: string[] = [];
    let released = false;
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.route('**/widgets/assets/*.js', (route) =>
      released ? route.continue() : void held.push(route),
    );
    await page.goto(stage.portal.page({}), { waitUntil: 'commit' });
    const handle = await page.waitForSelector('#app', { state: 'attached' });
    const frame = await handle.contentFrame();
    if (!frame) throw new Error('the page around has no frame');
    await frame.waitForSelector('.skeleton-card');
    await until(
      () =>
        frame.evaluate<boolean>(
          `performance.getEntriesByType('paint').some((one) => one.name === 'first-contentful-paint')`,
        ),
      { what: 'the first paint' },
    );
    expect(await frame.locator('main').count()).toBe(0);
    expect(asked.filter((path) => path.endsWith('.css'))).toHaveLength(1);
    released = true;
    held.forEach((route) => void route.continue());
    await signOf(frame, stateOf('plan')).waitFor();
    await page.close();
  }, 60_000);

  it('leaves nothing behind when screens come and go, and keeps nothing in the browser', async () => {
    const shown = await show(everything());
    const { frame, page } = shown;
    const session = await page.context().newCDPSession(frame);
    await session.send('Performance.enable');
    const openings = await goRound(frame, 2);
    const before = await measured(session);
    const rounds = ROUNDS;
    const more = await goRound(frame, rounds);
    expect(openings + more).toBeGreaterThan(50);
    const after = await measured(session);
    expect(after.listeners - before.listeners).toBeLessThanOrEqual(10);
    expect(after.nodes / before.nodes).toBeLessThan(1.15);
    expect(after.heap / before.heap).toBeLessThan(1.25);
    expect(await page.context().cookies()).toEqual([]);
    expect(
      await frame.evaluate(`(async () => {
        const size = (read) => { try { return read(); } catch { return 0; } };
        const bases = await indexedDB.databases().catch(() => []);
        return size(() => localStorage.length) + size(() => sessionStorage.length) + bases.length;
      })()`),
    ).toBe(0);
    expect([...shown.hosts].sort()).toEqual(['app.localhost', 'portal.localhost']);
    expect(shown.faults).toEqual([]);
  }, 120_000);

  it('closes its line to the server with its tab, however often the tab is opened', async () => {
    const state = stateOf('plan');
    const { page, frame } = await show(state);
    await signOf(frame, state).waitFor();
    for (let opening = 0; opening < 15; opening += 1) {
      await page.reload();
      const handle = await page.waitForSelector('#app');
      await (await handle.contentFrame())?.waitForSelector('.now');
    }
    await until(() => stage.server.openStreams() === 1, { what: 'one line for the one tab that is open' });
    await page.goto('about:blank');
    await until(() => stage.server.openStreams() === 0, { what: 'no line without a tab' });
  }, 90_000);

  function hold(): { release(): void } {
    const held: Route[] = [];
    waiting = held;
    return {
      release: () => {
        waiting = null;
        held.forEach((route) => void route.continue());
      },
    };
  }

  async function show(state: ScreenState, change: object = {}): Promise<Shown> {
    Object.assign(stage.server.scene, sceneIn(state, 'en'), change);
    return stand.show({ ...state.portal, fixedHeight: 1400 });
  }

  /** The pages of the menu, each once a round, the way a person goes. */
  async function goRound(frame: Frame, rounds: number): Promise<number> {
    const items = frame.locator('.app-nav-item');
    await items.first().waitFor();
    const count = await items.count();
    for (let round = 0; round < rounds; round += 1) {
      for (let place = 0; place < count; place += 1) {
        await items.nth(place).click();
        await frame.locator(`.app-nav-item:nth-of-type(${place + 1})[aria-current="page"]`).waitFor();
        await frame.locator('main h1').first().waitFor();
      }
    }
    return rounds * count;
  }
});

function stateOf(name: string): ScreenState {
  const state = screenStates.find((one) => one.name === name);
  if (!state) throw new Error(`there is no state ${name}`);
  return state;
}

const signOf = (frame: Frame, state: ScreenState) =>
  frame.getByText(state.sign.en).filter({ visible: true }).first();

/** The own day over a server that answers the questions of all screens. */
function everything(): ScreenState {
  return {
    ...stateOf('home'),
    change: (scene, language, now) => {
      const routes = SCREENS.map((name) => sceneIn(stateOf(name), language, now).routes);
      stateOf('home').change?.(scene, language, now);
      const settings = sceneIn(stateOf('settings'), language, now);
      Object.assign(scene, {
        routes: Object.assign({}, ...routes, sceneIn(stateOf('panel'), language, now).routes),
      });
      Object.assign(scene, { install: settings.install, letters: settings.letters });
    },
  };
}

async function connect(frame: Frame, on: boolean): Promise<void> {
  await frame.evaluate(`{
    Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => ${on} });
    window.dispatchEvent(new Event('${on ? 'online' : 'offline'}'));
  }`);
}

interface Held {
  readonly nodes: number;
  readonly listeners: number;
  readonly heap: number;
}

/** What the page holds after everything that it has let go of was swept away. */
async function measured(session: CDPSession): Promise<Held> {
  for (let sweep = 0; sweep < 3; sweep += 1) await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string): number => metrics.find((one) => one.name === name)?.value ?? 0;
  return { nodes: of('Nodes'), listeners: of('JSEventListeners'), heap: of('JSHeapUsedSize') };
}
