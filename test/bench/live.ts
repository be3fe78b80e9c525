import { setTimeout as sleep } from 'node:timers/promises';
import axios from 'axios';
import { DEMO_PLANS, installDemo } from '../../src/sandbox/demo/demo-administrator.js';
import type { PlanView } from '../../src/features/plans/plan.view.js';
import { readEvents } from '../support/event-stream.js';
import { personOf, type WidgetPerson } from '../support/widget-person.js';
import { endProduct, startPortal, startProduct, waitFor, type Portal, type Product } from './product.js';
import type { Report } from './report.js';
import type { BenchOptions } from './run.js';

interface TaskLine {
  readonly id: number;
  readonly completed: boolean;
  readonly responsibleId: number;
  readonly dealIds: readonly number[];
}

/** A pause between samples: the figure is about an idle system, so nothing of the last one may be on its way. */
const IDLE_MS = 1_500;
/** The launch fills the portal's request bucket; at two a second its 50 drain in this time. */
const BUCKET_EMPTY_MS = 26_000;
const PATIENCE_MS = 15_000;

/**
 * From a task completed in the portal's own list to the open widget holding the plan that says so: hook, intake,
 * mirror, planner, event stream and the widget's second read, on an otherwise idle system.
 */
export async function live(options: BenchOptions): Promise<Report> {
  const samples = options.quick ? 10 : 60;
  const portal = await startPortal({ deals: 240, tls: false, limits: true });
  const product = await startProduct(portal);
  const { planned } = await installDemo(portal.url, product.url, {
    applicationId: product.applicationId,
    plans: DEMO_PLANS,
    language: 'ru',
  });
  await planned;
  const times: number[] = [];
  for (const task of await quietTasks(portal, samples))
    times.push(await oneCompletion(portal, product, task));
  await endProduct(portal, product);
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return {
    name: 'live',
    figures: { samples: times.length, event_to_widget_p50_ms: at(0.5), event_to_widget_p95_ms: at(0.95) },
    targets: { event_to_widget_p95_ms: { atMost: 1_500 } },
    notes: ['PostgreSQL, limits on, one process of the service, one completion at a time'],
  };
}

/** One open task a deal, when the launch has been written out. */
async function quietTasks(portal: Portal, samples: number): Promise<readonly TaskLine[]> {
  let before = -1;
  await waitFor('the launch', 120_000, async () => {
    const { tasks } = await portal.state();
    const quiet = tasks > 0 && tasks === before;
    before = tasks;
    await sleep(1_500);
    return quiet;
  });
  await sleep(BUCKET_EMPTY_MS);
  const open = (await portal.lines<TaskLine>('/tasks')).filter((task) => !task.completed);
  const byDeal = new Map(open.map((task) => [task.dealIds[0], task]));
  return [...byDeal.values()].slice(0, samples);
}

async function oneCompletion(portal: Portal, product: Product, task: TaskLine): Promise<number> {
  const dealId = task.dealIds[0] ?? 0;
  const person = await openCard(portal, product, task.responsibleId, dealId);
  const stream = await readEvents(`${product.url}/api/plan/D_${dealId}/events`, person.boot.session);
  await stream.next('sync', PATIENCE_MS);
  const before = await doneCount(person, dealId);
  const startedAt = performance.now();
  await portal.post(`/tasks/${task.id}/complete`, {});
  do await stream.next('plan', PATIENCE_MS);
  while ((await doneCount(person, dealId)) === before);
  const ms = performance.now() - startedAt;
  stream.close();
  await sleep(IDLE_MS);
  return ms;
}

async function doneCount(person: WidgetPerson, dealId: number): Promise<number> {
  const { data } = await person.get<PlanView>(`/api/plan/D_${dealId}`);
  return data.plan?.doneCount ?? 0;
}

async function openCard(
  portal: Portal,
  product: Product,
  userId: number,
  dealId: number,
): Promise<WidgetPerson> {
  const { data } = await axios.post<{ launch: { action: string; fields: Record<string, string> } }>(
    `${portal.url}/portal/frames?user=${userId}`,
    {
      applicationId: product.applicationId,
      placement: 'CRM_DEAL_DETAIL_TAB',
      options: { ID: String(dealId) },
    },
  );
  const page = await axios.post<string>(
    data.launch.action,
    new URLSearchParams(data.launch.fields).toString(),
    {
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: portal.url },
      responseType: 'text',
    },
  );
  return personOf(product.url, page);
}
