import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
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
  Min,
  ValidateNested,
} from 'class-validator';
import { QueryChoices, QueryDay, QueryIds } from '../../infra/http/query-fields.js';
import { MARKS } from './panel.query.js';
import type { PanelFilter, PanelSort } from './panel.view.js';

const SORTS: readonly PanelSort[] = ['pain', 'due', 'idle', 'amount', 'created'];
export const MAX_PAGE = 200;

/** Filter of the panel as the address carries it. */
export class PanelFilterQuery implements PanelFilter {
  @QueryChoices(MARKS)
  readonly marks?: NonNullable<PanelFilter['marks']>;

  @QueryIds()
  readonly sellerIds?: readonly string[];

  @QueryIds()
  readonly departmentIds?: readonly string[];

  @QueryIds()
  readonly pipelineIds?: readonly string[];

  @QueryIds()
  readonly productIds?: readonly string[];

  @QueryIds()
  readonly stageIds?: readonly string[];

  @QueryDay()
  readonly from?: string;

  @QueryDay()
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
