import { Global, Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { HOSTS, type Hosts } from './contract/connections.js';
import { AccountsModule } from './features/accounts/accounts.module.js';
import { CompanyModule } from './features/company/company.module.js';
import { EmbedModule } from './features/embed/embed.module.js';
import { InsightModule } from './features/insight/insight.module.js';
import { MailModule } from './features/mail/mail.module.js';
import { PlansModule } from './features/plans/plans.module.js';
import { PushingModule } from './features/pushing/pushing.module.js';
import { SalesbookModule } from './features/salesbook/salesbook.module.js';
import { InfraModule, type InfraOptions } from './infra/infra.module.js';
import { MirrorModule } from './mirror/index.js';
import { OutboxModule } from './outbox/index.js';

export interface AppOptions extends InfraOptions {
  readonly hosts: Hosts;
}

/** The hosts that are switched on, for whoever asks by token. */
@Global()
@Module({})
class HostsModule {
  static with(hosts: Hosts): DynamicModule {
    return { module: HostsModule, providers: [{ provide: HOSTS, useValue: hosts }], exports: [HOSTS] };
  }
}

/** The composition root: the only file that knows every module. */
@Module({})
export class AppModule {
  static with(options: AppOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ScheduleModule.forRoot(),
        InfraModule.with(options),
        HostsModule.with(options.hosts),
        MirrorModule,
        OutboxModule,
        AccountsModule,
        MailModule,
        CompanyModule,
        PlansModule,
        PushingModule,
        InsightModule,
        SalesbookModule,
        EmbedModule,
      ],
    };
  }
}
