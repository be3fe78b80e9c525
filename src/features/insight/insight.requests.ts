import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import type { InsightFilter, StuckKind } from './insight.view.js';

const MAX_VALUES = 200;
/** A calendar's day: the service turns it into the person's own midnight. */
const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
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

/** One value of an address is a text, several are a list. */
const AsList = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? [value] : value));

/** Filter of every page as the address carries it. */
export class InsightQuery implements InsightFilter {
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @Length(1, 100)
  readonly pipelineId?: string;

  @ApiPropertyOptional({ description: 'YYYY-MM-DD' })
  @IsOptional()
  @Matches(DAY)
  readonly from?: string;

  @ApiPropertyOptional({ description: 'YYYY-MM-DD' })
  @IsOptional()
  @Matches(DAY)
  readonly to?: string;

  @ApiPropertyOptional({ isArray: true, type: String })
  @IsOptional()
  @AsList()
  @IsArray()
  @ArrayMaxSize(MAX_VALUES)
  @MaxLength(100, { each: true })
  @IsString({ each: true })
  readonly productIds?: readonly string[];

  @ApiPropertyOptional({ isArray: true, type: String })
  @IsOptional()
  @AsList()
  @IsArray()
  @ArrayMaxSize(MAX_VALUES)
  @MaxLength(100, { each: true })
  @IsString({ each: true })
  readonly sellerIds?: readonly string[];

  @ApiPropertyOptional({ isArray: true, type: String })
  @IsOptional()
  @AsList()
  @IsArray()
  @ArrayMaxSize(MAX_VALUES)
  @MaxLength(100, { each: true })
  @IsString({ each: true })
  readonly departmentIds?: readonly string[];

  @ApiPropertyOptional({ isArray: true, type: String })
  @IsOptional()
  @AsList()
  @IsArray()
  @ArrayMaxSize(MAX_VALUES)
  @MaxLength(100, { each: true })
  @IsString({ each: true })
  readonly sourceIds?: readonly string[];
}

/** `GET /api/insight/stuck` */
export class StuckQuery extends InsightQuery {
  @ApiPropertyOptional({ enum: KINDS, isArray: true })
  @IsOptional()
  @AsList()
  @IsIn(KINDS, { each: true })
  @ArrayMaxSize(KINDS.length)
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
