import axios, { type AxiosInstance } from 'axios';

/** The part of the application's boot data the administrator needs. */
export interface FrameBoot {
  readonly session: string;
  readonly screen: string;
  readonly installing: boolean;
}

export interface DeskApplication {
  readonly id: string;
  readonly title: string;
  readonly state: 'new' | 'installing' | 'installed';
}

/** What was met over HTTP is not what was agreed; trying again would not help. */
export class DemoError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DemoError';
  }
}

/** The portal's page as its administrator's browser uses it: the page's own data address, and forms into frames. */
export class AdministratorDesk {
  private readonly portal: AxiosInstance;
  private readonly browser: AxiosInstance;

  /** @param portalUrl origin of the portal. */
  constructor(
    private readonly portalUrl: string,
    timeoutMs: number,
  ) {
    this.portal = axios.create({ baseURL: portalUrl, timeout: timeoutMs, proxy: false });
    this.browser = axios.create({ timeout: timeoutMs, maxRedirects: 0, responseType: 'text', proxy: false });
  }

  async applications(): Promise<readonly DeskApplication[]> {
    const { data } = await this.portal.get<{ applications: readonly DeskApplication[] }>(
      '/portal/applications',
    );
    return data.applications;
  }

  /** Names of the portal's pipelines, as a person reads them. */
  async pipelineNames(): Promise<ReadonlyMap<number, string>> {
    const { data } = await this.portal.get<{ pipelines: readonly { id: number; name: string }[] }>(
      '/portal/start',
    );
    return new Map(data.pipelines.map(({ id, name }) => [id, name]));
  }

  /** Opens the application's main page, which is its installer until it is installed, and reads its boot data. */
  async open(applicationId: string): Promise<FrameBoot> {
    const { data } = await this.portal.post<{ launch: Launch }>('/portal/frames', {
      applicationId,
      placement: 'DEFAULT',
    });
    const { action, fields } = data.launch;
    const form = new URLSearchParams(fields).toString();
    const page = await this.browser.post<string>(action, form, {
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: this.portalUrl,
        referer: `${this.portalUrl}/`,
        'sec-fetch-dest': 'iframe',
        'sec-fetch-site': 'cross-site',
      },
    });
    return readBoot(page.data);
  }

  /** What the page does when the frame says `setInstallFinish`. */
  async finish(applicationId: string): Promise<void> {
    await this.portal.post(`/portal/applications/${encodeURIComponent(applicationId)}/finish`, {});
  }
}

interface Launch {
  readonly action: string;
  readonly fields: Record<string, string>;
}

/** @throws DemoError when the page carries no boot data. */
export function readBoot(html: string): FrameBoot {
  const found = /<script[^>]*\bid="boot"[^>]*>([\s\S]*?)<\/script>/u.exec(html)?.[1];
  if (found === undefined) throw new DemoError('the frame of the application carries no boot data');
  return bootOf(parse(found));
}

/** @throws DemoError when these are no boot data. */
export function bootOf(boot: unknown): FrameBoot {
  if (typeof boot !== 'object' || boot === null || !('session' in boot) || typeof boot.session !== 'string') {
    throw new DemoError('the boot data of the application has no session');
  }
  return {
    session: boot.session,
    screen: 'screen' in boot && typeof boot.screen === 'string' ? boot.screen : '',
    installing: 'installing' in boot && boot.installing === true,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DemoError('the boot data of the application is not JSON');
  }
}
