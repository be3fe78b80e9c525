import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { CalendarImports } from './calendar-import.service.js';
import { CalendarImportRequest, CalendarRequest, YearQuery } from './calendar.requests.js';
import { CalendarSettings } from './calendar-settings.service.js';
import { CompanyAccess } from './company-access.service.js';
import { wrongYear } from './company.texts.js';
import type { CalendarImportView, CalendarView, CalendarYearView } from './company.view.js';

/** When the company works. */
@ApiTags('company')
@ApiBearerAuth()
@Controller('api/company/calendar')
export class CompanyCalendarController {
  constructor(
    private readonly access: CompanyAccess,
    private readonly settings: CalendarSettings,
    private readonly imports: CalendarImports,
  ) {}

  @Get()
  async view(@CurrentSession() person: SessionClaims): Promise<CalendarView> {
    await this.access.mayRead(person);
    return this.settings.view(person);
  }

  @Put()
  save(@CurrentSession() person: SessionClaims, @Body() body: CalendarRequest): Promise<CalendarView> {
    this.access.mayChange(person);
    return this.settings.save(person, body);
  }

  @Get('years/:year')
  async year(
    @CurrentSession() person: SessionClaims,
    @Param('year') year: string,
    @Query() { userId }: YearQuery,
  ): Promise<CalendarYearView> {
    await this.access.mayRead(person);
    return this.settings.year(person, readYear(year), userId ?? null);
  }

  @Post('import')
  @HttpCode(200)
  import(
    @CurrentSession() person: SessionClaims,
    @Body() body: CalendarImportRequest,
  ): Promise<CalendarImportView> {
    this.access.mayChange(person);
    return this.imports.read(person, body);
  }

  @Delete('years/:year')
  @HttpCode(204)
  drop(@CurrentSession() person: SessionClaims, @Param('year') year: string): Promise<void> {
    this.access.mayChange(person);
    return this.imports.drop(person, readYear(year));
  }
}

function readYear(text: string): number {
  const year = /^\d{4}$/.test(text) ? Number(text) : 0;
  if (year < 1990 || year > 2100) throw wrongYear();
  return year;
}
