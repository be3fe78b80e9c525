import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { Catalogue } from './catalogue.service.js';
import { CompanyAccess } from './company-access.service.js';
import type { CatalogueView, FieldMapView, ReasonsView } from './company.view.js';
import { FieldMaps } from './field-map.service.js';
import { CatalogueRequest, FieldMapRequest, ReasonsRequest } from './list.requests.js';
import { Reasons } from './reasons.service.js';

/** Field mapping, catalogue and reasons. */
@ApiTags('company')
@ApiBearerAuth()
@Controller('api/company')
export class CompanyListsController {
  constructor(
    private readonly access: CompanyAccess,
    private readonly fieldMaps: FieldMaps,
    private readonly catalogue: Catalogue,
    private readonly reasons: Reasons,
  ) {}

  @Get('fields')
  async fields(@CurrentSession() person: SessionClaims): Promise<FieldMapView> {
    await this.access.mayRead(person);
    return this.fieldMaps.view(person);
  }

  @Put('fields')
  saveFields(@CurrentSession() person: SessionClaims, @Body() body: FieldMapRequest): Promise<FieldMapView> {
    this.access.mayChange(person);
    return this.fieldMaps.save(person, body);
  }

  @Get('catalogue')
  async products(@CurrentSession() person: SessionClaims): Promise<CatalogueView> {
    await this.access.mayRead(person);
    return this.catalogue.view(person);
  }

  @Put('catalogue')
  saveProducts(
    @CurrentSession() person: SessionClaims,
    @Body() body: CatalogueRequest,
  ): Promise<CatalogueView> {
    this.access.mayChange(person);
    return this.catalogue.save(person, body);
  }

  @Get('reasons')
  async listReasons(@CurrentSession() person: SessionClaims): Promise<ReasonsView> {
    await this.access.mayRead(person);
    return this.reasons.view(person);
  }

  @Put('reasons')
  saveReasons(@CurrentSession() person: SessionClaims, @Body() body: ReasonsRequest): Promise<ReasonsView> {
    this.access.mayChange(person);
    return this.reasons.save(person, body);
  }
}
