import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
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
import { MAX_CALENDAR_CHARACTERS } from '../../domain/calendar/import/read-calendar-file.js';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{2}:\d{2}$/;

export class IntervalRequest {
  @ApiProperty({ example: '09:00' })
  @Matches(TIME)
  readonly from!: string;

  @ApiProperty({ example: '18:00', description: 'Up to 24:00' })
  @Matches(TIME)
  readonly to!: string;
}

/** Working intervals of a day; none: a day off. */
export class DayHoursRequest {
  @ApiProperty({ type: [IntervalRequest] })
  @IsArray()
  @ArrayMaxSize(6)
  @ValidateNested({ each: true })
  @Type(() => IntervalRequest)
  readonly hours!: readonly IntervalRequest[];
}

export class OverrideRequest extends DayHoursRequest {
  @ApiProperty({ example: '2026-12-31' })
  @Matches(DATE)
  readonly date!: string;

  @ApiProperty()
  @IsString()
  @MaxLength(200)
  readonly note!: string;
}

/** `PUT /api/company/calendar` */
export class CalendarRequest {
  @ApiProperty({ description: 'Of the view that was edited' })
  @IsInt()
  @Min(0)
  readonly revision!: number;

  @ApiProperty({
    nullable: true,
    type: String,
    description: 'ISO 3166-1 alpha-2, or null: no public holidays',
  })
  @ValidateIf((request: CalendarRequest) => request.country !== null)
  @Matches(/^[A-Z]{2}$/)
  readonly country!: string | null;

  @ApiProperty({ description: 'IANA zone' })
  @IsString()
  @Length(1, 60)
  readonly timeZone!: string;

  @ApiProperty({ type: [DayHoursRequest], description: 'Seven days, Monday first' })
  @IsArray()
  @ArrayMinSize(7)
  @ArrayMaxSize(7)
  @ValidateNested({ each: true })
  @Type(() => DayHoursRequest)
  readonly week!: readonly DayHoursRequest[];

  @ApiProperty({ type: [OverrideRequest] })
  @IsArray()
  @ArrayMaxSize(400)
  @ValidateNested({ each: true })
  @Type(() => OverrideRequest)
  readonly overrides!: readonly OverrideRequest[];
}

/** `POST /api/company/calendar/import` */
export class CalendarImportRequest {
  @ApiProperty({ description: 'The whole text of the file' })
  @IsString()
  @Length(1, MAX_CALENDAR_CHARACTERS)
  readonly text!: string;

  @ApiProperty({ description: 'Named as the source of the year' })
  @IsString()
  @Length(1, 200)
  readonly fileName!: string;

  @ApiPropertyOptional({ description: 'One of the years in the file; absent: all from last year on' })
  @IsOptional()
  @IsInt()
  @Min(1990)
  @Max(2100)
  readonly year?: number;

  @ApiProperty({ description: 'False: only look' })
  @IsBoolean()
  readonly save!: boolean;
}

/** `GET /api/company/calendar/years/:year` */
export class YearQuery {
  @ApiPropertyOptional({ description: 'Whose calendar; absent: the company’s' })
  @IsOptional()
  @IsString()
  @Length(1, 60)
  readonly userId?: string;
}

/** `PUT /api/company/people/:userId/schedule` */
export class ScheduleRequest {
  @ApiProperty()
  @IsInt()
  @Min(0)
  readonly revision!: number;

  @ApiProperty({ nullable: true, type: [DayHoursRequest], description: 'Null: as the company' })
  @ValidateIf((request: ScheduleRequest) => request.week !== null)
  @IsArray()
  @ArrayMinSize(7)
  @ArrayMaxSize(7)
  @ValidateNested({ each: true })
  @Type(() => DayHoursRequest)
  readonly week!: readonly DayHoursRequest[] | null;

  @ApiProperty({ nullable: true, type: String, description: 'Null: as the CRM says, else the company’s' })
  @ValidateIf((request: ScheduleRequest) => request.timeZone !== null)
  @IsString()
  @Length(1, 60)
  readonly timeZone!: string | null;
}
