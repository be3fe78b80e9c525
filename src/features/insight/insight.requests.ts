import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsObject, IsOptional, IsString, Length, Matches, ValidateNested } from 'class-validator';
import { QueryChoices, QueryDay, QueryIds } from '../../infra/http/query-fields.js';
import type { InsightFilter, StuckKind } from './insight.view.js';

const KINDS: readonly StuckKind[] = ['noPlan', 'sellerIdle', 'waitingForClient', 'dead'];
export const EXPORTED = [
  'funnel',
  'stages',
  'stuck',
  'weakest',
  'sellers',
  'forecast',
  'clients',
  'losses',
] as const;

/** Filter of every page as the address carries it. */
export class InsightQuery implements InsightFilter {
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @Length(1, 100)
  readonly pipelineId?: string;

  @QueryDay()
  readonly from?: string;

  @QueryDay()
  readonly to?: string;

  @QueryIds()
  readonly productIds?: readonly string[];

  @QueryIds()
  readonly sellerIds?: readonly string[];

  @QueryIds()
  readonly departmentIds?: readonly string[];

  @QueryIds()
  readonly sourceIds?: readonly string[];
}

/** `GET /api/insight/stuck` */
export class StuckQuery extends InsightQuery {
  @QueryChoices(KINDS)
  readonly kinds?: readonly StuckKind[];

  @ApiPropertyOptional({ description: 'The `next` of the page before' })
  @IsOptional()
  @Matches(/^[\w-]{1,400}$/)
  readonly after?: string;
}

/** `GET /api/insight/forecast` */
export class ForecastQuery extends InsightQuery {
  @ApiPropertyOptional({ description: 'Money that next month is to bring' })
  @IsOptional()
  @Matches(/^\d{1,15}(\.\d{1,4})?$/)
  readonly target?: string;
}

/** `GET /api/insight/deals` */
export class DrillQuery {
  @ApiPropertyOptional({
    description: 'The `drill` of a number; without one the open deals of the main pipeline',
  })
  @IsOptional()
  @IsString()
  @Matches(/^[\w-]{1,40000}$/)
  readonly drill?: string;

  @ApiPropertyOptional({ description: 'The `next` of the page before' })
  @IsOptional()
  @Matches(/^[\w-]{1,600}$/)
  readonly after?: string;
}

/** `GET /api/insight/export/:page` */
export class ExportQuery extends ForecastQuery {
  @ApiPropertyOptional({ enum: ['xlsx', 'csv'], default: 'csv' })
  @IsOptional()
  @IsIn(['xlsx', 'csv'])
  readonly format?: 'xlsx' | 'csv';
}

/** `PUT /api/insight/last` */
export class LastInsightRequest {
  @ApiProperty({ type: InsightQuery })
  @IsObject()
  @ValidateNested()
  @Type(() => InsightQuery)
  readonly filter!: InsightQuery;
}

/** The filter without what the address adds to it, and without empty fields. */
export function filterOf(query: InsightFilter): InsightFilter {
  const { pipelineId, from, to, productIds, sellerIds, departmentIds, sourceIds } = query;
  const all = { pipelineId, from, to, productIds, sellerIds, departmentIds, sourceIds };
  const set = ([, value]: [string, unknown]): boolean =>
    value !== undefined && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(all).filter(set));
}
