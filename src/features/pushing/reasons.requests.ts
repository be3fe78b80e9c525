import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { QueryDay } from '../../infra/http/query-fields.js';
import type { ReasonsBy } from './reasons.view.js';

const MAX_ID = 300;

/** `GET /api/reasons` */
export class ReasonsQuery {
  @QueryDay()
  readonly from?: string;

  @QueryDay()
  readonly to?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(MAX_ID)
  readonly pipelineId?: string;

  @ApiPropertyOptional({ enum: ['stage', 'seller', 'product'] })
  @IsOptional()
  @IsIn(['stage', 'seller', 'product'])
  readonly by?: ReasonsBy;
}

/** `GET /api/reasons/deals` */
export class ReasonDealsQuery extends ReasonsQuery {
  @ApiPropertyOptional({ description: 'Id of a reason' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_ID)
  readonly reason?: string;

  @ApiPropertyOptional({ description: 'Id of a row' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_ID)
  readonly group?: string;

  @ApiPropertyOptional({ enum: ['step', 'loss', 'snooze'] })
  @IsOptional()
  @IsIn(['step', 'loss', 'snooze'])
  readonly use?: 'step' | 'loss' | 'snooze';

  @ApiPropertyOptional({ enum: ['all', 'lost'], description: 'Closed deals that met the reason before' })
  @IsOptional()
  @IsIn(['all', 'lost'])
  readonly closed?: 'all' | 'lost';

  @ApiPropertyOptional({ description: 'The `next` of the page before' })
  @IsOptional()
  @IsString()
  @MaxLength(2 * MAX_ID)
  readonly after?: string;
}
