import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import { InstantText } from '../../infra/http/instant-field.js';

/** `POST …/steps/:stepId/attempt` */
export class AttemptRequest {
  @ApiPropertyOptional({ description: 'What came of the try' })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  readonly note?: string;
}

/** `POST …/steps/:stepId/reschedule` */
export class RescheduleRequest {
  @ApiProperty({
    nullable: true,
    type: String,
    description: 'ISO 8601 with its offset; null: the plan’s own deadline again',
  })
  @ValidateIf((request: RescheduleRequest) => request.dueAt !== null)
  @InstantText()
  readonly dueAt!: string | null;

  @ApiPropertyOptional({ minLength: 5 })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  readonly reason?: string;
}

/** `POST …/steps/:stepId/reassign` */
export class ReassignRequest {
  @ApiProperty({ nullable: true, type: String, description: 'Null: the template’s rule again' })
  @ValidateIf((request: ReassignRequest) => request.userId !== null)
  @IsString()
  @Length(1, 100)
  readonly userId!: string | null;
}

/** `POST /api/plan/:dealId/pause` */
export class PauseRequest {
  @ApiPropertyOptional({
    nullable: true,
    type: String,
    description: 'ISO 8601 with its offset; null: until somebody resumes',
  })
  @IsOptional()
  @InstantText()
  readonly until?: string | null;

  @ApiPropertyOptional({
    enum: ['clientDate'],
    description: 'The end follows the date agreed with the client',
  })
  @IsOptional()
  @IsIn(['clientDate'])
  readonly follows?: 'clientDate';

  @ApiProperty({ minLength: 5 })
  @IsString()
  @Length(5, 2000)
  readonly reason!: string;
}

/** `POST /api/plan/:dealId/override` */
export class LetPassRequest {
  @ApiProperty({ description: '`stageKey` of the guard' })
  @IsString()
  @Length(1, 200)
  readonly stageKey!: string;

  @ApiProperty({ minLength: 5 })
  @IsString()
  @Length(5, 2000)
  readonly reason!: string;
}

/** `PUT /api/pipelines/:id/intake` */
export class IntakeRequest {
  @ApiProperty({ type: [String], description: 'Open stages where new leads wait to be accepted' })
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  readonly stageIds!: readonly string[];
}
