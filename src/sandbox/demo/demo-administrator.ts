import { randomUUID } from 'node:crypto';
import axios, { isAxiosError, type AxiosInstance } from 'axios';
import pRetry, { AbortError } from 'p-retry';
import { AdministratorDesk, DemoError, type FrameBoot } from './frame-visit.js';

export interface DemoOptions {
  /** Which application of the portal; the first one when absent. */
  readonly applicationId?: string;
  /** Plans to switch on, by pipeline id of the portal. */
  readonly plans: readonly DemoPlan[];
  /** Language of the templates. */
  readonly language: 'ru' | 'en';
  /** How long the application may take to answer at all, milliseconds. */
  readonly patienceMs?: number;
  /** How often the installation's progress is asked for, milliseconds. */
  readonly pollMs?: number;
  readonly log?: (text: string) => void;
}

export interface DemoPlan {
  readonly pipelineId: number;
  readonly templateKey: string;
}

export interface DemoInstallation {
  /** `kept`: it was installed before and was left alone. */
  readonly outcome: 'installed' | 'kept';
  /** Settles when the deals are copied and the plans are switched on; never rejects, failures go to the log. */
  readonly planned: Promise<void>;
}

/** Plans of the generated company: the long funnel and the short one. */
export const DEMO_PLANS: readonly DemoPlan[] = [
  { pipelineId: 0, templateKey: 'b2b-twelve-status' },
  { pipelineId: 1, templateKey: 'transactional' },
];

/** Plans of the imported data set, whose only pipeline is short. */
export const IMPORT_PLANS: readonly DemoPlan[] = [{ pipelineId: 0, templateKey: 'transactional' }];

const REQUEST_TIMEOUT_MS = 30_000;
const CALL_PATIENCE_MS = 60_000;
/** A copy of a large portal under request limits takes minutes, not hours. */
const COPY_PATIENCE_MS = 3_600_000;

/** What is needed of the application's `InstallView`; the rest of it is not looked at. */
interface InstallAnswer {
  readonly state: string;
  readonly account?: { readonly problem?: string | null };
  readonly pipelines: readonly { readonly id: string; readonly name: string; readonly plan: object | null }[];
}

/**
 * Does over HTTP what the administrator of the demo company would do in the browser: opens the installer in the
 * portal's page, runs the installation, finishes it in the portal, and switches plans on when the deals are copied.
 * May be repeated at any time: what is done is left alone, what was broken off is done again.
 *
 * @param portalUrl origin of the portal, @param appUrl origin of the application.
 * @throws DemoError when the application or the portal answers what cannot be understood, or refuses.
 */
export async function installDemo(
  portalUrl: string,
  appUrl: string,
  options: DemoOptions,
): Promise<DemoInstallation> {
  const desk = new AdministratorDesk(portalUrl, REQUEST_TIMEOUT_MS);
  const application = (await desk.applications()).find(
    (one) => options.applicationId === undefined || one.id === options.applicationId,
  );
  if (application === undefined) throw new DemoError('the portal has no such application');
  const visit = new Visit(desk, application.id, appUrl, options);
  if (application.state === 'installed') return { outcome: 'kept', planned: visit.plan() };
  const boot = await visit.open();
  if (boot.screen !== 'install') throw new DemoError(`the installer opened the screen "${boot.screen}"`);
  const answer = await visit.call<InstallAnswer>('POST', '/api/install', {});
  if (answer.state === 'failed') {
    throw new DemoError(`the installation failed: ${answer.account?.problem ?? 'no reason given'}`);
  }
  await desk.finish(application.id);
  await visit.call('POST', '/api/install/finished', {});
  options.log?.(`${application.title} is installed in the demo portal`);
  return { outcome: 'installed', planned: visit.plan() };
}

/** One stay of the administrator in the application's frame; renews the session by opening the frame again. */
class Visit {
  private readonly api: AxiosInstance;
  private session: string | null = null;

  constructor(
    private readonly desk: AdministratorDesk,
    private readonly applicationId: string,
    appUrl: string,
    private readonly options: DemoOptions,
  ) {
    this.api = axios.create({ baseURL: appUrl, timeout: REQUEST_TIMEOUT_MS, proxy: false });
  }

  async open(): Promise<FrameBoot> {
    const patience = this.options.patienceMs ?? CALL_PATIENCE_MS;
    const boot = await patiently(() => this.desk.open(this.applicationId), patience, 'opening the frame');
    this.session = boot.session;
    return boot;
  }

  /** Repeats what could not be delivered, with the same idempotency key; renews the session when it has run out. */
  call<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
    const key = randomUUID();
    const deliver = async (): Promise<T> => {
      if (this.session === null) await this.open();
      try {
        return await this.send<T>(method, path, body, key);
      } catch (error) {
        if (!isAxiosError(error) || error.response?.status !== 401) throw error;
        await this.open();
        return this.send<T>(method, path, body, key);
      }
    };
    return patiently(deliver, CALL_PATIENCE_MS, `${method} ${path}`);
  }

  /** Waits for the copy, then switches on the plans that are off while none is on: a choice made since is kept. */
  async plan(): Promise<void> {
    try {
      const ready = await this.copied();
      if (ready.pipelines.every((pipeline) => pipeline.plan === null)) await this.switchOn(ready);
    } catch (error) {
      this.options.log?.(
        `the demo's plans were not switched on: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  private async switchOn(ready: InstallAnswer): Promise<void> {
    const names = await this.desk.pipelineNames();
    for (const { pipelineId, templateKey } of this.options.plans) {
      // The application numbers pipelines in its own way; a person finds them by their names.
      const found = ready.pipelines.find((pipeline) => pipeline.name === names.get(pipelineId));
      if (found === undefined)
        throw new DemoError(`the application does not show the pipeline ${pipelineId}`);
      const path = `/api/pipelines/${encodeURIComponent(found.id)}/template`;
      await this.call('POST', path, { templateKey, language: this.options.language, existingDeals: true });
    }
    this.options.log?.('plans are switched on for the deals of the demo portal');
  }

  private async copied(): Promise<InstallAnswer> {
    const until = Date.now() + COPY_PATIENCE_MS;
    for (;;) {
      const answer = await this.call<InstallAnswer>('GET', '/api/install');
      if (answer.state === 'ready') return answer;
      if (answer.state === 'failed') throw new DemoError(answer.account?.problem ?? 'the copy failed');
      if (Date.now() > until) throw new DemoError('the deals were not copied in an hour');
      await new Promise((resolve) => setTimeout(resolve, this.options.pollMs ?? 500));
    }
  }

  private async send<T>(
    method: 'GET' | 'POST',
    path: string,
    body: object | undefined,
    key: string,
  ): Promise<T> {
    const headers = { authorization: `Bearer ${this.session ?? ''}`, 'idempotency-key': key };
    const { data } = await this.api.request<T>({ method, url: path, headers, ...(body && { data: body }) });
    return data;
  }
}

/** Tries again while the other side is not up yet or falters; what it refuses is final. */
function patiently<T>(action: () => Promise<T>, patienceMs: number, what: string): Promise<T> {
  const attempt = async (): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      const response = isAxiosError(error) ? error.response : undefined;
      if (response !== undefined && response.status < 500 && response.status !== 429) {
        throw new AbortError(refusal(what, response.status, response.data));
      }
      throw error instanceof DemoError ? new AbortError(error) : error;
    }
  };
  return pRetry(attempt, { retries: 1000, minTimeout: 100, maxTimeout: 2000, maxRetryTime: patienceMs });
}

function refusal(what: string, status: number, body: unknown): DemoError {
  const detail = typeof body === 'string' ? body.slice(0, 300) : JSON.stringify(body);
  return new DemoError(`${what} was refused with ${status}: ${detail}`);
}
