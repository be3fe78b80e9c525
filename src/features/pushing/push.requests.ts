import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsIn,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  Length,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import type { PushAnswerRequest, PushTarget } from './pushing.view.js';

const KINDS = ['step', 'deal', 'seller'] as const;
const ANSWERS = ['done', 'willBeDone', 'notDone'] as const;

class PushTargetRequest {
  @ApiProperty({ enum: KINDS })
  @IsIn(KINDS)
  readonly kind!: PushTarget['kind'];

  @ApiPropertyOptional()
  @ValidateIf((target: PushTargetRequest) => target.kind !== 'seller')
  @IsString()
  @Length(1, 100)
  readonly dealId?: string;

  @ApiPropertyOptional({ description: '`stepKey~visitSeq`' })
  @ValidateIf((target: PushTargetRequest) => target.kind === 'step')
  @IsString()
  @Length(1, 200)
  readonly stepId?: string;

  @ApiPropertyOptional()
  @ValidateIf((target: PushTargetRequest) => target.kind === 'seller')
  @IsString()
  @Length(1, 100)
  readonly userId?: string;
}

/** `POST /api/pushes` */
export class PushRequest {
  @ApiProperty({ type: PushTargetRequest })
  @IsObject()
  @ValidateNested()
  @Type(() => PushTargetRequest)
  readonly target!: PushTargetRequest;

  @ApiPropertyOptional({ maxLength: 1000 })
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  readonly text?: string;
}

/** `POST /api/pushes/:pushId/answer` */
export class AnswerRequest {
  @ApiProperty({ enum: ANSWERS })
  @IsIn(ANSWERS)
  readonly kind!: PushAnswerRequest['kind'];

  @ApiPropertyOptional({ maxLength: 4000 })
  @IsOptional()
  @IsString()
  @MaxLength(4000)
  readonly result?: string;

  @ApiPropertyOptional({ description: 'An instant or a day, ISO 8601' })
  @ValidateIf((answer: AnswerRequest) => answer.kind === 'willBeDone')
  @IsISO8601({ strict: true })
  readonly until?: string;

  @ApiPropertyOptional()
  @ValidateIf((answer: AnswerRequest) => answer.kind === 'notDone')
  @IsString()
  @MaxLength(100)
  readonly reasonKey?: string;

  @ApiPropertyOptional({ maxLength: 4000 })
  @ValidateIf((answer: AnswerRequest) => answer.kind === 'notDone')
  @IsString()
  @MaxLength(4000)
  readonly reason?: string;
}

export function targetOf({ kind, dealId = '', stepId = '', userId = '' }: PushTargetRequest): PushTarget {
  if (kind === 'seller') return { kind, userId };
  return kind === 'deal' ? { kind, dealId } : { kind, dealId, stepId };
}

export function answerRequestOf(request: AnswerRequest): PushAnswerRequest {
  const { kind, result, until = '', reasonKey = '', reason = '' } = request;
  if (kind === 'done') return result === undefined ? { kind } : { kind, result };
  return kind === 'willBeDone' ? { kind, until } : { kind, reasonKey, reason };
}
