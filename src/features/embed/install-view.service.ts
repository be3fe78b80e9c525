import { Inject, Injectable } from '@nestjs/common';
import { ACCOUNTS, type AccountFacts, type Accounts } from '../../contract/accounts.js';
import { PLAN_SWITCH, type PlanSwitch } from '../../contract/plan-switch.js';
import { SYNC_STATUS, type SyncFacts, type SyncStatus } from '../../contract/sync-status.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { ApiError } from '../../infra/http/api-error.js';
import type { InstallStepView, InstallView } from './boot.view.js';
import { copyText, embedText, failureText } from './install.texts.js';

/** What the installer's page shows: the same page is the settings page later. */
@Injectable()
export class InstallViews {
  constructor(
    @Inject(ACCOUNTS) private readonly accounts: Accounts,
    @Inject(PLAN_SWITCH) private readonly plans: PlanSwitch,
    @Inject(SYNC_STATUS) private readonly syncs: SyncStatus,
  ) {}

  async of({ accountId, language }: Pick<SessionClaims, 'accountId' | 'language'>): Promise<InstallView> {
    const account = await this.accounts.find(accountId);
    if (!account) throw gone();
    const sync = await this.syncs.of(accountId, language);
    return {
      state: stateOf(account, sync),
      account: {
        name: new URL(account.endpoint).host,
        health: account.health,
        problem: failureText(account.settings.embedding?.problem ?? null, language) ?? sync.problem,
      },
      steps: stepsOf(account, sync, language),
      sync,
      pipelines: await this.plans.pipelines(accountId),
      templates: this.plans.library(),
      progress: await this.plans.progress(accountId),
    };
  }
}

function stateOf({ settings }: AccountFacts, sync: SyncFacts): InstallView['state'] {
  if (!settings.embedding) return 'new';
  if (settings.embedding.problem !== null || sync.state === 'failed') return 'failed';
  return sync.state === 'done' ? 'ready' : 'copying';
}

function stepsOf(account: AccountFacts, sync: SyncFacts, language: 'ru' | 'en'): readonly InstallStepView[] {
  const { embedding } = account.settings;
  const embedded = embedding !== null && embedding.problem === null;
  const copy = { running: 'doing', done: 'done', failed: 'failed' } as const;
  return [
    { key: 'verify', state: 'done', detail: new URL(account.endpoint).host },
    {
      key: 'embed',
      state: embedding === null ? 'todo' : embedded ? 'done' : 'failed',
      detail: embedText(embedding, language),
    },
    {
      key: 'copy',
      state: embedded ? copy[sync.state] : 'todo',
      detail: embedded ? copyText(sync, language) : null,
    },
    { key: 'finish', state: account.finishedAt === null ? 'todo' : 'done', detail: null },
  ];
}

function gone(): ApiError {
  return new ApiError(409, 'not-connected', {
    ru: 'Приложение отключено от CRM. Установите его заново.',
    en: 'The app is disconnected from the CRM. Install it again.',
  });
}
