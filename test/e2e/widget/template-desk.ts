import type { Frame, Locator } from 'playwright-core';
import type { TemplateBody, TemplateStep } from '../../../src/domain/plans/types.js';
import { until } from '../../support/until.js';
import { FIRST, mockTemplates, type MockTemplates } from './mock-templates.js';
import { sceneOf, type Look, type Shown, type StageSet } from './stage-set.js';

const PAGE = { placement: 'DEFAULT', fixedHeight: 1400 } as const;
const PATIENCE_MS = 15_000;

/** The page of templates in a browser, and the server behind it. */
export class TemplateDesk {
  mock: MockTemplates;
  shown!: Shown;
  frame!: Frame;
  /** Answers that the scene refuses on purpose: the browser itself notes each of them. */
  refusals = 0;

  constructor(
    readonly stage: StageSet,
    own = true,
  ) {
    this.mock = mockTemplates('en', Date.now(), own);
    Object.assign(stage.server.scene, sceneOf('en', 'templates'), { routes: this.mock.routes });
    stage.server.heard.length = 0;
  }

  async open(look: Look = {}): Promise<void> {
    this.shown = await this.stage.open({ height: 1500, ...look }, PAGE);
    this.frame = this.shown.frame;
    this.shown.page.setDefaultTimeout(PATIENCE_MS);
    await this.frame.getByRole('heading', { level: 1, name: 'Funnel templates' }).waitFor();
  }

  async openEditor(look: Look = {}): Promise<void> {
    await this.open(look);
    await this.button(/^Open.*Quick sale/).click();
    await this.frame.getByRole('heading', { level: 1, name: 'Quick sale' }).waitFor();
  }

  /** What went wrong that no test asked for. */
  async faults(): Promise<readonly string[]> {
    const noted = this.shown.faults.filter((fault) => fault.includes('Failed to load resource'));
    const hacked = await this.frame.evaluate('window.__hacked');
    return [
      ...this.shown.faults.filter((fault) => !noted.includes(fault)),
      ...noted.slice(this.refusals),
      ...(hacked === undefined ? [] : ['a text of somebody else was run']),
    ];
  }

  button(name: string | RegExp): Locator {
    return this.frame.getByRole('button', { name }).first();
  }

  card(title: string): Locator {
    return this.frame.locator('.tpl-step').filter({ has: this.frame.getByText(title, { exact: true }) });
  }

  get panel(): Locator {
    return this.frame.locator('.tpl-panel');
  }

  get dialog(): Locator {
    return this.frame.getByRole('dialog');
  }

  /** Opens a part of the settings of a step. */
  async part(title: string): Promise<void> {
    await this.panel.locator('summary').filter({ hasText: title }).click();
  }

  get kept(): TemplateBody {
    return this.mock.kept.get(FIRST)?.body ?? never();
  }

  stepsOf(stageKey: string): readonly string[] {
    const stage = this.kept.stages.find((one) => one.key === stageKey);
    return (stage?.steps ?? []).map((step) => step.title);
  }

  step(key: string): TemplateStep {
    const steps = this.kept.stages.flatMap((one) => one.steps);
    return steps.find((one) => one.key === key) ?? never();
  }

  async saved(): Promise<void> {
    await this.frame.locator('.tpl-save').getByText('All is saved').waitFor();
  }

  /** Waits until the server keeps what the editor shows. */
  async keptBy(done: () => boolean, what: string): Promise<void> {
    await until(done, { what, timeoutMs: PATIENCE_MS });
    await this.saved();
  }

  written(method: string, path: RegExp): readonly unknown[] {
    return this.stage.server.heard
      .filter((call) => call.method === method && path.test(call.path))
      .map((call) => call.body);
  }
}

export function never(): never {
  throw new Error('there is no such thing');
}
