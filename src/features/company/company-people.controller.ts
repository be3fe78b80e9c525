import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { Absences } from './absences.service.js';
import { ScheduleRequest } from './calendar.requests.js';
import { CompanyAccess } from './company-access.service.js';
import type { AbsenceView, PeopleView, PersonView } from './company.view.js';
import { PeopleSettings } from './people-settings.service.js';
import { AbsenceRequest, PeopleRequest } from './people.requests.js';

/** Roles, groups, personal hours and absences. */
@ApiTags('company')
@ApiBearerAuth()
@Controller('api/company')
export class CompanyPeopleController {
  constructor(
    private readonly access: CompanyAccess,
    private readonly people: PeopleSettings,
    private readonly absences: Absences,
  ) {}

  @Get('people')
  async view(@CurrentSession() person: SessionClaims): Promise<PeopleView> {
    await this.access.mayRead(person);
    return this.people.view(person);
  }

  @Put('people')
  save(@CurrentSession() person: SessionClaims, @Body() body: PeopleRequest): Promise<PeopleView> {
    this.access.mayChange(person);
    return this.people.save(person, body);
  }

  @Put('people/:userId/schedule')
  schedule(
    @CurrentSession() person: SessionClaims,
    @Param('userId') userId: string,
    @Body() body: ScheduleRequest,
  ): Promise<PersonView> {
    this.access.mayChange(person);
    return this.people.saveSchedule(person, userId, body);
  }

  @Post('absences')
  add(@CurrentSession() person: SessionClaims, @Body() body: AbsenceRequest): Promise<AbsenceView> {
    this.access.mayChange(person);
    return this.absences.add(person, body);
  }

  @Put('absences/:absenceId')
  change(
    @CurrentSession() person: SessionClaims,
    @Param('absenceId') id: string,
    @Body() body: AbsenceRequest,
  ): Promise<AbsenceView> {
    this.access.mayChange(person);
    return this.absences.change(person, id, body);
  }

  @Delete('absences/:absenceId')
  @HttpCode(204)
  remove(@CurrentSession() person: SessionClaims, @Param('absenceId') id: string): Promise<void> {
    this.access.mayChange(person);
    return this.absences.remove(person, id);
  }
}
