import { Inject, Injectable, Optional } from '@nestjs/common';
import { COMPANY, type Company } from '../../contract/company.js';
import { localDay } from '../../domain/calendar/away.js';
import { MS_PER_DAY } from '../../domain/calendar/local-time.js';
import { workingMinutesBetween } from '../../domain/calendar/working-time.js';
import { PipelineHistory } from '../../domain/insight/pipeline-history.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { clientsPage } from './clients.page.js';
import { forecastPage } from './forecast.page.js';
import { HostNames } from './host-names.service.js';
import type { ClientsView, ForecastView, InsightFilter, LossesView, SellersView } from './insight.view.js';
import { lossesPage } from './losses.page.js';
import { PageFacts } from './page-facts.service.js';
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
    private readonly facts: PageFacts,
    private readonly people: SellersRepository,
    private readonly names: HostNames,
    @Optional() @Inject(COMPANY) private readonly company: Company | null,
  ) {}

  sellers(person: SessionClaims, filter: InsightFilter): Promise<SellersView> {
    const needs = { own: ['sellers', 'reasons', 'work'] } as const;
    return this.pages.make('sellers', person, filter, needs, async ({ context, asked, own }) => {
      const { scope } = context;
      const ids = own.sellers.map((one) => one.sellerId);
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
        deals: own.sellers,
        reasons: own.reasons,
        steps: own.work,
        habits: await this.facts.soon(asked, 'habits'),
        absences: await this.people.absences(scope.accountId, day(0), day(ABSENCE_DAYS)),
        capacity,
      });
    });
  }

  forecast(person: SessionClaims, filter: InsightFilter, target: string | null): Promise<ForecastView> {
    // What will come depends on how deals went, whoever had them: a seller's own history is too small to learn from.
    const needs = { own: ['sums', 'groups'], whole: ['history'] } as const;
    return this.pages.make(`forecast ${target ?? ''}`, person, filter, needs, ({ context, own, whole }) =>
      forecastPage(context, {
        history: new PipelineHistory(whole.history, context.stages),
        sums: own.sums,
        groups: own.groups,
        target,
      }),
    );
  }

  clients(person: SessionClaims, filter: InsightFilter): Promise<ClientsView> {
    return this.pages.make('clients', person, filter, { own: ['clients'] }, ({ context, own }) =>
      clientsPage(context, own.clients),
    );
  }

  losses(person: SessionClaims, filter: InsightFilter): Promise<LossesView> {
    const needs = { own: ['losses', 'lossParts'] } as const;
    return this.pages.make('losses', person, filter, needs, async ({ context, own }) => {
      const sources = own.lossParts.filter((part) => part.by === 'source').map((part) => part.id);
      await this.names.want(person.accountId, 'source', sources);
      return lossesPage(context, own.losses, own.lossParts);
    });
  }
}
