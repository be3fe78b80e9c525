import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { filterOf, ForecastQuery, InsightQuery } from './insight.requests.js';
import type { ClientsView, ForecastView, LossesView, SellersView } from './insight.view.js';
import { OutlookPages } from './outlook-pages.service.js';

/** People, money to come, clients and losses. */
@ApiTags('insight')
@ApiBearerAuth()
@Controller('api/insight')
export class OutlookController {
  constructor(private readonly pages: OutlookPages) {}

  @Get('sellers')
  sellers(@CurrentSession() person: SessionClaims, @Query() query: InsightQuery): Promise<SellersView> {
    return this.pages.sellers(person, filterOf(query));
  }

  @Get('forecast')
  forecast(@CurrentSession() person: SessionClaims, @Query() query: ForecastQuery): Promise<ForecastView> {
    return this.pages.forecast(person, filterOf(query), query.target ?? null);
  }

  @Get('clients')
  clients(@CurrentSession() person: SessionClaims, @Query() query: InsightQuery): Promise<ClientsView> {
    return this.pages.clients(person, filterOf(query));
  }

  @Get('losses')
  losses(@CurrentSession() person: SessionClaims, @Query() query: InsightQuery): Promise<LossesView> {
    return this.pages.losses(person, filterOf(query));
  }
}
