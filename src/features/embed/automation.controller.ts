import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { ACCOUNTS, type Accounts } from '../../contract/accounts.js';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import { Config } from '../../infra/config/config.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { demandAdmin } from './admin.js';

/** `GET /api/automation`: what the settings of the host's automation are filled with. */
export interface AutomationView {
  /** Address that the automation calls. */
  readonly address: string;
  /** Sent along by every call; null where the host proves its calls by itself. */
  readonly key: string | null;
}

/** For whoever puts our action into the host's automation: administrators only, since the key lets calls in. */
@ApiTags('install')
@ApiBearerAuth()
@Controller('api/automation')
export class AutomationController {
  constructor(
    @Inject(ACCOUNTS) private readonly accounts: Accounts,
    @Inject(HOSTS) private readonly hosts: Hosts,
    private readonly config: Config,
  ) {}

  @Get()
  async settings(@CurrentSession() person: SessionClaims): Promise<AutomationView> {
    demandAdmin(person);
    const account = await this.accounts.find(person.accountId);
    const host = this.hosts.get(person.host);
    return {
      address: `${this.config.publicUrl}/hooks/${person.host}/robot`,
      key: (account && host?.automationKey?.(account.hostKey)) ?? null,
    };
  }
}
