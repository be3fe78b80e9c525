import type { CrmContext } from '../common/page/crm-context.js';
import type { StageTrigger } from './events/digital-pipeline.js';
import type { AccountChange } from './store/changes.js';

/** What the account's own page may see and do beyond what every host's page may. */
export interface AccountContext extends CrmContext<AccountChange> {
  /** Origin of the account, no slash at the end. */
  readonly url: string;
  readonly accountId: number;
  readonly subdomain: string;

  /** Newest first. */
  notes(dealId: number): readonly AccountNote[];
  addNote(dealId: number, text: string, asUserId: number): AccountNote;
  completeWithResult(taskId: number, result: string, asUserId: number): void;

  integrations(): readonly AccountIntegration[];
  /** Installs the widget as an admin's click does; resolves with the status its callback answered, 0 for none. */
  install(integrationId: string, asUserId: number): Promise<number>;
  uninstall(integrationId: string): Promise<number>;
  saveSettings(integrationId: string, settings: Readonly<Record<string, unknown>>): void;
  /** The token a widget gets for its own server. */
  disposableToken(integrationId: string, userId: number): Promise<string>;
  /** Actions of widgets that stand on stages. */
  triggers(): readonly StageTrigger[];
  /** Puts a widget's action on a stage, `pipeline:status`. */
  addTrigger(stageKey: string, url: string, settings: Readonly<Record<string, unknown>>): StageTrigger;
  removeTrigger(id: number): void;
  /** What `APP.constant` answers from. */
  constants(userId: number): Readonly<Record<string, unknown>>;
}

export interface AccountNote {
  readonly id: number;
  readonly type: string;
  readonly text: string;
  readonly authorId: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface AccountIntegration {
  /** The client id. */
  readonly id: string;
  readonly code: string;
  readonly title: string;
  readonly redirectUri: string;
  readonly kind: 'private' | 'public' | 'external';
  readonly state: 'not_installed' | 'not_configured' | 'installed';
  readonly settings: Readonly<Record<string, unknown>>;
}
