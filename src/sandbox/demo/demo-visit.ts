import { randomUUID } from 'node:crypto';
import axios, { isAxiosError, type AxiosInstance } from 'axios';
import pRetry, { AbortError } from 'p-retry';
import { DemoError, type FrameBoot } from './frame-visit.js';

export interface DemoOptions {
  /** Which application of the portal; the first one when absent. */
  readonly applicationId?: string;
  /** Plans to switch on, by the company's own numbers of pipelines. */
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

/** Where the administrator sits: what differs between the pages of the hosts. */
export interface Desk {
  /** Opens the application's main page and reads what it begins with. */
  open(): Promise<FrameBoot>;
  /** Names of the pipelines, as a person reads them, by the company's own numbers. */
  pipelineNames(): Promise<ReadonlyMap<number, string>>;
}

export const REQUEST_TIMEOUT_MS = 30_000;
export const CALL_PATIENCE_MS = 60_000;
/** A copy of a large portal under request limits takes minutes, not hours. */
const COPY_PATIENCE_MS = 3_600_000;

/** What is needed of the application's `InstallView`; the rest of it is not looked at. */
export interface InstallAnswer {
  readonly state: string;
  readonly account?: { readonly problem?: string | null };
  readonly pipelines: readonly { readonly id: string; readonly name: string; readonly plan: object | null }[];
}

/** One stay of the administrator in the application's frame; renews the session by opening the frame again. */
export class Visit {
  private readonly api: AxiosInstance;
  private session: string | null = null;

  constructor(
    private readonly desk: Desk,
    appUrl: string,
    private readonly options: DemoOptions,
    /** How messages call the place. */
    private readonly where: string,
  ) {
    this.api = axios.create({ baseURL: appUrl, timeout: REQUEST_TIMEOUT_MS, proxy: false });
  }

  async open(): Promise<FrameBoot> {
    const patience = this.options.patienceMs ?? CALL_PATIENCE_MS;
    const boot = await patiently(() => this.desk.open(), patience, 'opening the frame');
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
        `plans were not switched on for the deals of ${this.where}: ${error instanceof Error ? error.message : String(error)}`,
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
    this.options.log?.(`plans are switched on for the deals of ${this.where}`);
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
export function patiently<T>(action: () => Promise<T>, patienceMs: number, what: string): Promise<T> {
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
