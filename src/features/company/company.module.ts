import { Global, Module } from '@nestjs/common';
import { COMPANY } from '../../contract/company.js';
import { MirrorModule } from '../../mirror/index.js';
import { AbsenceRepository } from './absence.repository.js';
import { Absences } from './absences.service.js';
import { CalendarImports } from './calendar-import.service.js';
import { CalendarSettings } from './calendar-settings.service.js';
import { Catalogue } from './catalogue.service.js';
import { CompanyAccess } from './company-access.service.js';
import { CompanyCalendarController } from './company-calendar.controller.js';
import { CompanyChanges } from './company-changes.service.js';
import { CompanyListsController } from './company-lists.controller.js';
import { CompanyPeopleController } from './company-people.controller.js';
import { CompanyRulesCache } from './company-rules.cache.js';
import { CompanyRepository } from './company.repository.js';
import { FieldMaps } from './field-map.service.js';
import { HostFields } from './host-fields.service.js';
import { PeopleSettings } from './people-settings.service.js';
import { Reasons } from './reasons.service.js';

/**
 * How the company works: calendars, people, fields, catalogue, reasons. Global, because every feature asks `COMPANY` and
 * none imports another.
 */
@Global()
@Module({
  imports: [MirrorModule],
  controllers: [CompanyCalendarController, CompanyListsController, CompanyPeopleController],
  providers: [
    AbsenceRepository,
    Absences,
    CalendarImports,
    CalendarSettings,
    Catalogue,
    CompanyAccess,
    CompanyChanges,
    CompanyRepository,
    CompanyRulesCache,
    FieldMaps,
    HostFields,
    PeopleSettings,
    Reasons,
    { provide: COMPANY, useExisting: CompanyRulesCache },
  ],
  exports: [COMPANY],
})
export class CompanyModule {}
