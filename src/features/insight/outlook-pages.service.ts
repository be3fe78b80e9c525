import { Inject, Injectable, Optional } from '@nestjs/common';
import { COMPANY, type Company } from '../../contract/company.js';
import { localDay } from '../../domain/calendar/away.js';
import { MS_PER_DAY } from '../../domain/calendar/local-time.js';
import { workingMinutesBetween } from '../../domain/calendar/working-time.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { clientsPage } from './clients.page.js';
import { forecastPage } from './forecast.page.js';
import { InsightModel } from './insight-model.service.js';
import type { ClientsView, ForecastView, InsightFilter, LossesView, SellersView } from './insight.view.js';
import { lossesPage } from './losses.page.js';
import { OutlookRepository } from './outlook.repository.js';
import { PageMaker } from './page-maker.service.js';
import { sellersPage } from './sellers.page.js';
import { SellersRepository } from './sellers.repository.js';

const WEEK_MS = 7 * MS_PER_DAY;
/** Hand-over is spoken of so long before an absence. */
const ABSENCE_DAYS = 14;

/** Sellers, forecast, clients and losses. */
@Injectable()
export class OutlookPages {
  constructor(
    private readonly pages: PageMaker,
    private readonly model: InsightModel,
    private readonly outlook: OutlookRepository,
    private readonly people: SellersRepository,
    @Optional() @Inject(COMPANY) private readonly company: Company | null,
  ) {}

  sellers(person: SessionClaims, filter: InsightFilter): Promise<SellersView> {
    return this.pages.make('sellers', person, filter, async (context) => {
      const { scope } = context;
      const deals = await this.people.deals(scope);
      const ids = [...new Set(deals.map((one) => one.sellerId))];
      const until = scope.now + WEEK_MS;
      const rules = await this.company?.of(scope.accountId);
      const capacity = new Map(
        ids.map((id) => {
          const schedule = rules?.schedules.get(id) ?? rules?.fallback;
          return [id, schedule ? workingMinutesBetween(scope.now, until, schedule) : 0] as const;
        }),
      );
      const day = (ahead: number): string => localDay(scope.now + ahead * MS_PER_DAY, person.timeZone);
      return sellersPage(context, {
        deals,
        reasons: await this.people.reasons(scope),
        steps: await this.people.planned(scope, ids, until),
        absences: await this.people.absences(scope.accountId, day(0), day(ABSENCE_DAYS)),
        capacity,
      });
    });
  }

  forecast(person: SessionClaims, filter: InsightFilter, target: string | null): Promise<ForecastView> {
    return this.pages.make(`forecast ${target ?? ''}`, person, filter, async (context) => {
      const { scope, stages } = context;
      // What will come depends on how deals went, whoever had them: a seller's own history is too small to learn from.
      const whole = { ...scope, owners: null, productIds: [], sourceIds: [], from: null, to: null };
      return forecastPage(context, {
        history: await this.model.history(whole, stages),
        sums: await this.model.sums(scope),
        groups: await this.outlook.openGroups(scope),
        target,
      });
    });
  }

  clients(person: SessionClaims, filter: InsightFilter): Promise<ClientsView> {
    return this.pages.make('clients', person, filter, async (context) =>
      clientsPage(context, await this.outlook.clients(context.scope)),
    );
  }

  losses(person: SessionClaims, filter: InsightFilter): Promise<LossesView> {
    return this.pages.make('losses', person, filter, async (context) =>
      lossesPage(
        context,
        await this.outlook.losses(context.scope),
        await this.outlook.lossMoney(context.scope),
      ),
    );
  }
}
