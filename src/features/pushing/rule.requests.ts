import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
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
  Min,
} from 'class-validator';
import { QueryIds } from '../../infra/http/query-fields.js';
import type {
  AlertFilter,
  AlertSort,
  AlertStanding,
  RuleChannel,
  RuleDelivery,
  RuleHours,
} from './pushing.view.js';

const STANDINGS: readonly AlertStanding[] = ['unacted', 'acted', 'escalated'];
const SORTS: readonly AlertSort[] = ['newest', 'cost'];

const LONGEST_LIST = 50;
const LONGEST_COMMENT = 1_000;

/** `PUT /api/rules/:ruleKey`; what is left out stays. Recipients and rungs are looked at one by one by the service. */
export class RuleChangeRequest {
  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  readonly on?: boolean;

  @ApiPropertyOptional({ description: 'Numbers by key' })
  @IsOptional()
  @IsObject()
  readonly parameters?: Readonly<Record<string, number>>;

  @ApiPropertyOptional({
    description: '`seller`, `head`, `productManager`, or `{ userId }`',
    type: 'array',
    items: {},
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(LONGEST_LIST)
  readonly recipients?: readonly unknown[];

  @ApiPropertyOptional({ enum: ['host', 'mail'], isArray: true })
  @IsOptional()
  @IsArray()
  @IsIn(['host', 'mail'], { each: true })
  readonly channels?: readonly RuleChannel[];

  @ApiPropertyOptional({ enum: ['instant', 'digest'] })
  @IsOptional()
  @IsIn(['instant', 'digest'])
  readonly delivery?: RuleDelivery;

  @ApiPropertyOptional({ enum: ['working', 'always'] })
  @IsOptional()
  @IsIn(['working', 'always'])
  readonly hours?: RuleHours;

  @ApiPropertyOptional({ description: '`{ after, unit, to }`, lowest rung first', type: 'array', items: {} })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(LONGEST_LIST)
  readonly escalation?: readonly unknown[];
}

/** `PUT /api/rules`: what holds for all rules. */
export class RuleSettingsRequest {
  @ApiPropertyOptional({ description: 'Instant alerts a person a day; the rest goes into the digest' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(50)
  readonly budgetPerDay?: number;

  @ApiPropertyOptional({ description: 'Share of the deals about which nobody is told' })
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(0.5)
  readonly heldOutShare?: number;
}

/** `GET /api/alerts` */
export class AlertsQuery implements AlertFilter {
  @QueryIds()
  readonly ruleKeys?: readonly string[];

  @QueryIds()
  readonly sellerIds?: readonly string[];

  @QueryIds()
  readonly pipelineIds?: readonly string[];

  @ApiPropertyOptional({ enum: STANDINGS })
  @IsOptional()
  @IsIn(STANDINGS)
  readonly state?: AlertStanding;

  @ApiPropertyOptional({ enum: SORTS })
  @IsOptional()
  @IsIn(SORTS)
  readonly sort?: AlertSort;

  @ApiPropertyOptional({ description: 'The `next` of the page before' })
  @IsOptional()
  @Matches(/^[\w-]{1,400}$/)
  readonly after?: string;
}

/** `POST /api/alerts/:id/snooze` */
export class AlertSnoozeRequest {
  @ApiProperty({ description: 'YYYY-MM-DD' })
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  readonly until!: string;

  @ApiProperty()
  @IsString()
  @Length(1, 100)
  readonly reasonKey!: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @Length(1, LONGEST_COMMENT)
  readonly comment?: string;
}
