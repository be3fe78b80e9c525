import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsISO8601,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import type { PanelAction } from './panel.view.js';

const KINDS: readonly PanelAction['kind'][] = ['push', 'reassign', 'replan', 'close', 'snooze', 'move'];
const MAX_DEALS = 500;

const For = (...kinds: readonly PanelAction['kind'][]): PropertyDecorator =>
  ValidateIf((request: PanelActionRequest) => kinds.includes(request.kind));

/** `POST /api/panel/actions`: which fields are needed depends on the kind. */
export class PanelActionRequest {
  @ApiProperty({ enum: KINDS })
  @IsIn(KINDS)
  readonly kind!: PanelAction['kind'];

  @ApiProperty({ isArray: true, type: String, maxItems: MAX_DEALS })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_DEALS)
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  readonly dealIds!: readonly string[];

  @ApiPropertyOptional({ description: 'push: instead of the ready text', maxLength: 1000 })
  @IsOptional()
  @IsString()
  @Length(1, 1000)
  readonly text?: string;

  @ApiPropertyOptional({ description: 'reassign: the new responsible' })
  @For('reassign')
  @IsString()
  @Length(1, 100)
  readonly userId?: string;

  @ApiPropertyOptional({ description: 'reassign: open steps go along' })
  @For('reassign')
  @IsBoolean()
  readonly openSteps?: boolean;

  @ApiPropertyOptional({ description: 'replan: ISO 8601; deadlines are counted from the moment of the call' })
  @IsOptional()
  @IsISO8601({ strict: true })
  readonly from?: string;

  @ApiPropertyOptional({ description: 'close, snooze: key of one of the account’s reasons' })
  @For('close', 'snooze')
  @IsString()
  @Length(1, 100)
  readonly reasonKey?: string;

  @ApiPropertyOptional({ maxLength: 500 })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  readonly comment?: string;

  @ApiPropertyOptional({ description: 'snooze: ISO 8601 instant' })
  @For('snooze')
  @IsISO8601({ strict: true, strictSeparator: true })
  readonly until?: string;

  @ApiPropertyOptional({ description: 'move: a stage of the deals’ pipeline' })
  @For('move')
  @IsString()
  @Length(1, 100)
  readonly stageId?: string;
}

/** `POST /api/panel/undo` */
export class PanelUndoRequest {
  @ApiProperty({ description: 'As an action’s answer gave it' })
  @IsUUID()
  readonly undo!: string;
}

/** What the kind needs, checked by the validation before; the rest is left out. */
export function actionOf(request: PanelActionRequest): PanelAction {
  const { kind, dealIds, reasonKey = '', text, comment } = request;
  const said = comment === undefined ? {} : { comment };
  switch (kind) {
    case 'push':
      return { kind, dealIds, ...(text !== undefined && { text }) };
    case 'reassign':
      return { kind, dealIds, userId: given(request.userId), openSteps: request.openSteps === true };
    case 'replan':
      return { kind, dealIds, from: given(request.from) };
    case 'close':
      return { kind, dealIds, reasonKey, ...said };
    case 'snooze':
      return { kind, dealIds, until: given(request.until), reasonKey, ...said };
    case 'move':
      return { kind, dealIds, stageId: given(request.stageId) };
  }
}

function given(text: string | undefined): string {
  return text ?? '';
}
