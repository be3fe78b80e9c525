import { randomUUID } from 'node:crypto';
import axios, { type AxiosResponse } from 'axios';
import type { BootView } from '../../src/features/embed/boot.view.js';
import type { PlanView, StepView } from '../../src/features/plans/plan.view.js';
import type { Running } from './running.js';

/** A person of the portal with our frame open: the page's boot data, and calls with its session. */
export interface WidgetPerson {
  readonly boot: BootView;
  readonly page: AxiosResponse<string>;
  get<T>(path: string): Promise<AxiosResponse<T>>;
  post<T>(path: string, body?: object, key?: string): Promise<AxiosResponse<T>>;
  send<T>(method: string, path: string, body?: object): Promise<AxiosResponse<T>>;
}

interface Launch {
  readonly action: string;
  readonly fields: Record<string, string>;
}

/** What a browser does when the portal opens our frame; never throws for a status. */
export async function postFrame(
  running: Pick<Running, 'portal'>,
  launch: Launch,
): Promise<AxiosResponse<string>> {
  return axios.post<string>(launch.action, new URLSearchParams(launch.fields).toString(), {
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: running.portal.url,
      'sec-fetch-site': 'cross-site',
    },
    validateStatus: () => true,
    responseType: 'text',
  });
}

/** What the portal would post into a frame of ours for this employee. */
export function launchOf(running: Pick<Running, 'portal'>, userId: number, dealId: number | null): Launch {
  const { context } = running.portal;
  const applicationId = context.applications()[0]?.id ?? '';
  return dealId === null
    ? context.issueFrameAuth(applicationId, userId, 'DEFAULT', {})
    : context.issueFrameAuth(applicationId, userId, 'CRM_DEAL_DETAIL_TAB', { ID: String(dealId) });
}

/** Opens the deal's card, or the app's own page, as this employee. */
export async function openFrame(
  running: Pick<Running, 'portal' | 'url'>,
  userId: number,
  dealId: number | null = null,
): Promise<WidgetPerson> {
  const page = await postFrame(running, launchOf(running, userId, dealId));
  return personOf(running.url, page);
}

export function personOf(url: string, page: AxiosResponse<string>): WidgetPerson {
  const text = /<script[^>]*id="boot"[^>]*>([\s\S]*?)<\/script>/u.exec(page.data)?.[1];
  if (text === undefined) throw new Error(`no boot data, status ${page.status}`);
  const boot = JSON.parse(text) as BootView;
  const api = axios.create({
    baseURL: url,
    headers: { authorization: `Bearer ${boot.session}` },
    validateStatus: () => true,
  });
  return {
    boot,
    page,
    get: (path) => api.get(path),
    post: (path, body = {}, key = randomUUID()) =>
      api.post(path, body, { headers: { 'idempotency-key': key } }),
    send: (method, path, body) => api.request({ method, url: path, ...(body && { data: body }) }),
  };
}

/** All steps of a plan in the order of its stages. */
export function stepsOf(plan: PlanView): readonly StepView[] {
  return plan.stages.flatMap((stage) => stage.steps);
}
