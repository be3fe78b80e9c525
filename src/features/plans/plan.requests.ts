import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';

/** `POST /api/plan/:dealId/launch` */
export class LaunchRequest {
  @ApiProperty({ description: 'An id of `launch.templates` of the plan view' })
  @IsString()
  @Length(1, 200)
  readonly templateId!: string;
}

/** `POST …/steps/:stepId/done` */
export class DoneRequest {
  @ApiPropertyOptional({ description: 'The result, as text, where the step demands one' })
  @IsOptional()
  @IsString()
  @MaxLength(4000)
  readonly result?: string;
}

/** `POST …/steps/:stepId/skip` */
export class SkipRequest {
  @ApiProperty({ minLength: 5 })
  @IsString()
  @MaxLength(4000)
  readonly reason!: string;
}

/** `POST …/steps/:stepId/fail` */
export class FailRequest {
  @ApiProperty({ enum: ['client', 'outer', 'omission'] })
  @IsIn(['client', 'outer', 'omission'])
  readonly cause!: 'client' | 'outer' | 'omission';

  @ApiProperty({ minLength: 5, description: 'Beside a `reasonKey` its name will do, however short' })
  @IsString()
  @MaxLength(4000)
  readonly reason!: string;

  @ApiPropertyOptional({ description: 'Key of one of the account’s reasons; see `GET …/choices`' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  readonly reasonKey?: string;
}

/** `POST /api/plan/:dealId/undo` */
export class UndoRequest {
  @ApiProperty({ description: 'The `undo` of the answer that is taken back' })
  @IsString()
  @Matches(/^[\w.-]{1,2000}$/)
  readonly undo!: string;
}
