import { createHash } from 'node:crypto';

export interface IntegrationDraft {
  /** UUID; made from the number when absent. */
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly title?: string | undefined;
  readonly redirectUri: string;
  /** Where the uninstall hook goes; none when absent. */
  readonly uninstallUrl?: string | undefined;
  readonly kind?: 'private' | 'public' | 'external' | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly hidden?: boolean;
}

/** An integration with its widget. A widget's archive is kept by the page; this is what OAuth and hooks know. */
export interface Integration {
  readonly id: string;
  /** The widget's code, made by the account. */
  readonly code: string;
  secret: string;
  title: string;
  redirectUri: string;
  uninstallUrl: string | null;
  kind: 'private' | 'public' | 'external';
  scopes: readonly string[];
  /** Not in the account's list: what the sandbox's own all-rights token belongs to. */
  readonly hidden: boolean;
  /** `not_configured`: installed, its settings were never saved. */
  state: 'not_installed' | 'not_configured' | 'installed';
  installedBy: number;
  /** What the settings of the widget were saved with. */
  settings: Readonly<Record<string, unknown>>;
}

export class Integrations {
  private readonly byId = new Map<string, Integration>();

  /** Registering a known id again gives it the new addresses and keeps what it is. */
  register(draft: IntegrationDraft): Integration {
    const number = this.byId.size + 1;
    const id = draft.clientId ?? uuid(`integration ${number}`);
    const known = this.byId.get(id);
    const integration: Integration = {
      id,
      code: `amo_${digest(id).slice(0, 24)}`,
      secret: draft.clientSecret ?? digest(`secret ${id}`),
      title: draft.title ?? `Integration ${number}`,
      redirectUri: draft.redirectUri,
      uninstallUrl: draft.uninstallUrl ?? null,
      kind: draft.kind ?? 'private',
      scopes: draft.scopes ?? ['crm', 'notifications'],
      state: known?.state ?? 'not_installed',
      installedBy: known?.installedBy ?? 0,
      settings: known?.settings ?? {},
      hidden: draft.hidden ?? false,
    };
    this.byId.set(id, integration);
    return integration;
  }

  get(id: string): Integration | undefined {
    return this.byId.get(id);
  }

  byCode(code: string): Integration | undefined {
    return this.all().find((integration) => integration.code === code);
  }

  /** The hidden ones too. */
  everyone(): readonly Integration[] {
    return [...this.byId.values()];
  }

  all(): readonly Integration[] {
    return this.everyone().filter((integration) => !integration.hidden);
  }
}

/** A UUID that repeats with its text. */
export function uuid(text: string): string {
  const hex = digest(text);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join('-');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 64);
}
