import axios, { isAxiosError, type AxiosInstance } from 'axios';
import type { DemoPlan, Desk } from './demo-visit.js';
import { bootOf, DemoError, type FrameBoot } from './frame-visit.js';

export interface DeskIntegration {
  readonly id: string;
  readonly title: string;
  readonly state: string;
  /** Where the uploaded widget's files are; null: nothing was uploaded. */
  readonly path: string | null;
}

/** The account was told of us and has not reached us yet; a moment later it has. */
export class NotYetError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotYetError';
  }
}

/** The account's page as its administrator's browser uses it, the widget's script included. */
export class AccountDesk implements Desk {
  private readonly account: AxiosInstance;
  private readonly application: AxiosInstance;
  private integrationId = '';

  /** @param accountUrl origin of the account, @param appUrl origin of the application. */
  constructor(
    private readonly accountUrl: string,
    appUrl: string,
    timeoutMs: number,
  ) {
    this.account = axios.create({ baseURL: accountUrl, timeout: timeoutMs, proxy: false });
    this.application = axios.create({ baseURL: appUrl, timeout: timeoutMs, proxy: false });
  }

  /** Chooses the integration that everything after is about. */
  async choose(integrationId: string | undefined): Promise<DeskIntegration> {
    const { data } = await this.account.get<{ integrations: readonly DeskIntegration[] }>(
      '/portal/integrations',
    );
    const found = data.integrations.find((one) => integrationId === undefined || one.id === integrationId);
    if (found === undefined) throw new DemoError('the account has no such integration');
    this.integrationId = found.id;
    return found;
  }

  /** Presses "Install" in the widget's settings: the account's server calls the application and says what it heard. */
  async install(): Promise<number> {
    const { data } = await this.account.post<{ callback: number }>(
      `/portal/integrations/${encodeURIComponent(this.integrationId)}/install`,
      {},
    );
    return data.callback;
  }

  /** Whether the application has heard of the account: another database of ours has not. */
  async isKnown(): Promise<boolean> {
    try {
      await this.open();
      return true;
    } catch (error) {
      if (error instanceof NotYetError) return false;
      throw error;
    }
  }

  /** @throws NotYetError while the application does not know the account, or does not know its people. */
  async open(): Promise<FrameBoot> {
    const { accountId, language } = await this.start();
    const { data: proof } = await this.account.get<{ token: string }>(
      `/ajax/v2/integrations/${encodeURIComponent(this.integrationId)}/disposable_token`,
      { headers: { 'x-requested-with': 'XMLHttpRequest' } },
    );
    try {
      const { data } = await this.application.post<unknown>(
        `/embed/amocrm/session?account=${accountId}`,
        { screen: 'install', dealId: '', language },
        { headers: { origin: this.accountUrl, 'x-auth-token': proof.token } },
      );
      return bootOf(data);
    } catch (error) {
      if (isAxiosError(error) && error.response?.status === 403) {
        throw new NotYetError('the application does not know the account');
      }
      throw error;
    }
  }

  /** The account numbers pipelines in its own way, but keeps the company's order. */
  async pipelineNames(): Promise<ReadonlyMap<DemoPlan['pipelineId'], string>> {
    const { pipelines } = await this.start();
    return new Map(pipelines.map(({ name }, index) => [index, name]));
  }

  private async start(): Promise<StartAnswer> {
    const { data } = await this.account.get<StartAnswer>('/portal/start');
    return data;
  }
}

interface StartAnswer {
  readonly accountId: number;
  readonly language: string;
  readonly pipelines: readonly { readonly name: string }[];
}
