import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import type { DayItemRequest, DaySettingsRequest } from './day.view.js';

const KINDS = ['done', 'notDone', 'moved'] as const;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** `POST /api/day/items/:itemId` */
export class ItemRequest {
  @ApiProperty({ enum: KINDS })
  @IsIn(KINDS)
  readonly kind!: DayItemRequest['kind'];

  @ApiPropertyOptional({ maxLength: 4000 })
  @IsOptional()
  @IsString()
  @MaxLength(4000)
  readonly result?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(100)
  readonly reasonKey?: string;

  @ApiPropertyOptional({ maxLength: 1000 })
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  readonly reason?: string;

  @ApiPropertyOptional({ description: 'The step ends with this negative result' })
  @IsOptional()
  @IsBoolean()
  readonly final?: boolean;

  @ApiPropertyOptional({ description: 'An instant or a day, ISO 8601' })
  @ValidateIf((item: ItemRequest) => item.kind === 'moved')
  @IsISO8601({ strict: true })
  readonly until?: string;
}

/** `POST /api/day/prompts/:dealId` */
export class PromptRequest {
  @ApiProperty({ enum: ['lowerPriority', 'raisePriority'] })
  @IsIn(['lowerPriority', 'raisePriority'])
  readonly action!: 'lowerPriority' | 'raisePriority';
}

/** `PUT /api/day/reminders` */
export class RemindersRequest {
  @ApiProperty()
  @IsBoolean()
  readonly on!: boolean;
}

/** `GET /api/day/exceptions` */
export class ExceptionsQuery {
  @ApiPropertyOptional({ description: '`YYYY-MM-DD`; today without it' })
  @IsOptional()
  @Matches(DAY)
  readonly date?: string;
}

/** `GET /api/day/off-days` */
export class OffDaysQuery {
  @ApiPropertyOptional({ description: 'Whose; the asker without it' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  readonly userId?: string;

  @ApiPropertyOptional({ enum: ['true'] })
  @IsOptional()
  @IsIn(['true'])
  readonly everybody?: 'true';
}

/** `GET /api/day/review` */
export class ReviewQuery {
  @ApiPropertyOptional({ description: 'Any day of the week, `YYYY-MM-DD`; the last whole week without it' })
  @IsOptional()
  @Matches(DAY)
  readonly week?: string;
}

/** `PUT /api/day/settings` */
export class SettingsRequest implements DaySettingsRequest {
  @ApiProperty()
  @IsBoolean()
  readonly cycleOn!: boolean;

  @ApiProperty({ example: '09:00' })
  @Matches(TIME)
  readonly listAt!: string;

  @ApiProperty({ example: '18:00' })
  @Matches(TIME)
  readonly closingAt!: string;

  @ApiProperty({ example: '19:00' })
  @Matches(TIME)
  readonly exceptionsAt!: string;

  @ApiProperty({ example: '10:00' })
  @Matches(TIME)
  readonly reviewAt!: string;

  @ApiProperty({ minimum: 0, maximum: 240 })
  @IsInt()
  @Min(0)
  @Max(240)
  readonly remindMinutes!: number;

  @ApiProperty()
  @IsBoolean()
  readonly mail!: boolean;
}

export function itemRequestOf(request: ItemRequest): DayItemRequest {
  const { kind, result, reasonKey, reason, final, until = '' } = request;
  const said = {
    ...(reasonKey === undefined ? {} : { reasonKey }),
    ...(reason === undefined ? {} : { reason }),
  };
  if (kind === 'done') return result === undefined ? { kind } : { kind, result };
  return kind === 'moved' ? { kind, until, ...said } : { kind, final: final === true, ...said };
}
