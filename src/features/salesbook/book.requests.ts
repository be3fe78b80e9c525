import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { InstantText } from '../../infra/http/instant-field.js';
import { QueryChoices, QueryDay, QueryIds } from '../../infra/http/query-fields.js';
import { BOOK_KINDS } from './book.types.js';
import type { BookKind, BookSubscriptionsView, PlannedEnd } from './salesbook.view.js';

const MAX_TEXT = 4_000;
export const MAX_SUBSCRIPTIONS = 100;
const WRITTEN = ['note', 'agreement', 'plannedEvent', 'correction'] as const;
const BY = ['deal', 'product', 'seller', 'all'] as const;
const CHANNELS = ['host', 'mail'] as const;
/** Two weeks, in minutes. */
const MAX_REMIND = 20_160;

/** `GET /api/book/export`, and the filter of `GET /api/book`. */
export class BookFilterQuery {
  @QueryChoices(BOOK_KINDS)
  readonly kinds?: readonly BookKind[];

  @QueryIds()
  readonly sellerIds?: readonly string[];

  @QueryIds()
  readonly productIds?: readonly string[];

  @ApiPropertyOptional({ maxLength: 100 })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  readonly dealId?: string;

  @QueryDay()
  readonly from?: string;

  /** Included. */
  @QueryDay()
  readonly to?: string;

  @ApiPropertyOptional({ maxLength: 200 })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  readonly q?: string;
}

/** `GET /api/book` */
export class BookQuery extends BookFilterQuery {
  @ApiPropertyOptional({ description: 'The `next` of the page before' })
  @IsOptional()
  @Matches(/^\d{1,16}-\d{1,18}$/)
  readonly after?: string;

  @ApiPropertyOptional({ minimum: 1, maximum: 200 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  readonly limit?: number;
}

/** `GET /api/book/deals` */
export class BookDealsQuery {
  @ApiPropertyOptional({ maxLength: 200 })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  readonly q?: string;
}

/** `POST /api/book` */
export class NewEntryRequest {
  @ApiProperty({ enum: WRITTEN })
  @IsIn(WRITTEN)
  readonly kind!: (typeof WRITTEN)[number];

  @ApiPropertyOptional({ description: 'Of everything but a correction' })
  @ValidateIf(({ kind }: NewEntryRequest) => kind !== 'correction')
  @IsString()
  @Length(1, 100)
  readonly dealId?: string;

  @ApiProperty({ maxLength: MAX_TEXT })
  @IsString()
  @Length(1, MAX_TEXT)
  @Matches(/\S/)
  readonly text!: string;

  @ApiPropertyOptional({ isArray: true, type: String, description: 'Host user ids who are told' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @MaxLength(100, { each: true })
  @IsString({ each: true })
  readonly tell?: readonly string[];

  @ApiPropertyOptional({ description: 'Of a planned event: when it takes place, ISO 8601 with its offset' })
  @ValidateIf(({ kind }: NewEntryRequest) => kind === 'plannedEvent')
  @InstantText()
  readonly at?: string;

  @ApiPropertyOptional({ minimum: 0, maximum: MAX_REMIND })
  @ValidateIf(({ kind }: NewEntryRequest) => kind === 'plannedEvent')
  @IsInt()
  @Min(0)
  @Max(MAX_REMIND)
  readonly remindMinutesBefore?: number;

  @ApiPropertyOptional({ description: 'Of a correction: the entry that it corrects' })
  @ValidateIf(({ kind }: NewEntryRequest) => kind === 'correction')
  @Matches(/^\d{1,18}$/)
  readonly entryId?: string;
}

/** `PUT /api/book/entries/:entryId/planned` */
export class PlannedEndRequest implements PlannedEnd {
  @ApiProperty({ enum: ['done', 'cancelled'] })
  @IsIn(['done', 'cancelled'])
  readonly state!: PlannedEnd['state'];
}

class SubscriptionRequest {
  @ApiProperty({ enum: BY })
  @IsIn(BY)
  readonly by!: (typeof BY)[number];

  @ApiPropertyOptional({ type: String, nullable: true })
  @ValidateIf(({ by }: SubscriptionRequest) => by !== 'all')
  @IsString()
  @Length(1, 100)
  readonly id?: string | null;

  @ApiProperty({ enum: BOOK_KINDS, isArray: true, description: 'Empty: every kind' })
  @IsIn(BOOK_KINDS, { each: true })
  @ArrayMaxSize(BOOK_KINDS.length)
  readonly kinds!: readonly BookKind[];

  @ApiProperty({ enum: CHANNELS, isArray: true })
  @IsIn(CHANNELS, { each: true })
  @ArrayMaxSize(CHANNELS.length)
  readonly channels!: readonly (typeof CHANNELS)[number][];
}

/** `PUT /api/book/subscriptions`: all of the person's. */
export class SubscriptionsRequest {
  @ApiProperty({ type: [SubscriptionRequest] })
  @IsArray()
  @ArrayMaxSize(MAX_SUBSCRIPTIONS)
  @ValidateNested({ each: true })
  @Type(() => SubscriptionRequest)
  readonly own!: readonly SubscriptionRequest[];
}

export type SubscriptionWish = Pick<BookSubscriptionsView['own'][number], 'by' | 'kinds' | 'channels'> & {
  readonly id?: string | null;
};
