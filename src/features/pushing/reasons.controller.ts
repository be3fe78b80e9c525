import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { ReasonDeals } from './reason-deals.service.js';
import { ReasonsReport } from './reasons-report.service.js';
import { ReasonDealsQuery, ReasonsQuery } from './reasons.requests.js';
import type { ReasonDealsView, ReasonsReportView } from './reasons.view.js';

/** Why things are not done, lost and put off. */
@ApiTags('reasons')
@ApiBearerAuth()
@Controller('api/reasons')
export class ReasonsController {
  constructor(
    private readonly reports: ReasonsReport,
    private readonly lists: ReasonDeals,
  ) {}

  @Get()
  report(@CurrentSession() person: SessionClaims, @Query() query: ReasonsQuery): Promise<ReasonsReportView> {
    return this.reports.view(person, query);
  }

  @Get('deals')
  deals(@CurrentSession() person: SessionClaims, @Query() query: ReasonDealsQuery): Promise<ReasonDealsView> {
    return this.lists.page(person, query);
  }
}
