import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { MARKS } from './panel.query.js';
import type { PanelFilter, PanelSort } from './panel.view.js';

const SORTS: readonly PanelSort[] = ['pain', 'due', 'idle', 'amount', 'created'];
const MAX_VALUES = 200;
export const MAX_PAGE = 200;
/** A calendar's day: the service turns it into the person's own midnight. */
const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** One value of an address is a text, several are a list. */
const AsList = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? [value] : value));

/** Filter of the panel as the address carries it. */
export class PanelFilterQuery implements PanelFilter {
  @ApiPropertyOptional({ enum: MARKS, isArray: true })
  @IsOptional()
  @AsList()
  @IsIn(MARKS, { each: true })
  @ArrayMaxSize(MARKS.length)
  readonly marks?: NonNullable<PanelFilter['marks']>;

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
  readonly pipelineIds?: readonly string[];

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
  readonly stageIds?: readonly string[];

  @ApiPropertyOptional({ description: 'YYYY-MM-DD' })
  @IsOptional()
  @Matches(DAY)
  readonly from?: string;

  @ApiPropertyOptional({ description: 'YYYY-MM-DD' })
  @IsOptional()
  @Matches(DAY)
  readonly to?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @Type(() => Number)
  @IsNumber()
  readonly amountFrom?: number;

  @ApiPropertyOptional()
  @IsOptional()
  @Type(() => Number)
  @IsNumber()
  readonly amountTo?: number;

  @ApiPropertyOptional({ maxLength: 200 })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  readonly text?: string;
}

/** `GET /api/panel` */
export class PanelQuery extends PanelFilterQuery {
  @ApiPropertyOptional({ enum: SORTS })
  @IsOptional()
  @IsIn(SORTS)
  readonly sort?: PanelSort;

  @ApiPropertyOptional({ description: 'The `next` of the page before' })
  @IsOptional()
  @Matches(/^[\w-]{1,400}$/)
  readonly after?: string;

  @ApiPropertyOptional({ minimum: 1, maximum: MAX_PAGE })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  readonly limit?: number;
}

/** `GET /api/panel/board`: one pipeline at a time, the first one unless it is named. */
export class PanelBoardQuery extends PanelFilterQuery {
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @Length(1, 100)
  readonly pipelineId?: string;

  @ApiPropertyOptional({ enum: SORTS })
  @IsOptional()
  @IsIn(SORTS)
  readonly sort?: PanelSort;
}

/** `PUT /api/panel/views/:id` */
export class SavedViewRequest {
  @ApiProperty({ maxLength: 80 })
  @IsString()
  @Length(1, 80)
  readonly name!: string;

  @ApiProperty({ type: PanelFilterQuery })
  @IsObject()
  @ValidateNested()
  @Type(() => PanelFilterQuery)
  readonly filter!: PanelFilterQuery;

  @ApiProperty({ enum: SORTS })
  @IsIn(SORTS)
  readonly sort!: PanelSort;

  @ApiProperty()
  @IsBoolean()
  readonly shared!: boolean;
}

/** `PUT /api/panel/last` */
export class LastFilterRequest {
  @ApiProperty({ type: PanelFilterQuery })
  @IsObject()
  @ValidateNested()
  @Type(() => PanelFilterQuery)
  readonly filter!: PanelFilterQuery;
}

/** The filter without what the address adds to it, and without empty fields. */
export function filterOf(query: PanelFilter): PanelFilter {
  const { marks, sellerIds, departmentIds, pipelineIds, productIds, stageIds } = query;
  const { from, to, amountFrom, amountTo, text } = query;
  const all = {
    ...{ marks, sellerIds, departmentIds, pipelineIds, productIds, stageIds },
    ...{ from, to, amountFrom, amountTo, text },
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
