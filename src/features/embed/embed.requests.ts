import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import type { FramePlace } from '../../contract/host.js';

/** `POST /api/session` */
export class SessionRequest {
  @ApiProperty({ description: 'Id of the host' })
  @IsString()
  @Matches(/^[a-z0-9-]{1,40}$/)
  readonly host!: string;

  @ApiProperty({ description: 'Fields that prove the person, as the host’s bridge gave them', type: Object })
  @IsObject()
  readonly form!: Readonly<Record<string, unknown>>;
}

/** `/embed/:host/session`: whose page asks, as the host numbers its accounts. */
export class EntryQuery {
  @IsString()
  @Matches(/^[\w.-]{1,100}$/)
  readonly account!: string;
}

/** `POST /embed/:host/session`: where the frame stands, as the host's page tells it. */
export class EntryRequest {
  @IsIn(['plan', 'home', 'install', 'panel', 'insight'])
  readonly screen!: FramePlace['screen'];

  /** The host's own id; empty outside a deal's card. */
  @IsString()
  @Matches(/^[\w-]{0,40}$/)
  readonly dealId!: string;

  @IsString()
  @Matches(/^[\w-]{0,20}$/)
  readonly language!: string;

  /** The address of ours that was followed, in the host's own form; archives of before do not know it. */
  @IsOptional()
  @IsString()
  @MaxLength(600)
  readonly link?: string;
}

/** `POST /api/links` */
export class LinkRequest {
  @ApiProperty({ enum: ['panel', 'insight'] })
  @IsIn(['panel', 'insight'])
  readonly screen!: 'panel' | 'insight';

  @ApiProperty({ description: 'Page, filter and order as the screen has them', type: Object })
  @IsObject()
  readonly state!: Readonly<Record<string, unknown>>;
}

/** `POST /api/pipelines/:id/template` */
export class SwitchOnRequest {
  @ApiPropertyOptional({ description: 'A key of the library; needed without `templateId`' })
  @ValidateIf((order: SwitchOnRequest) => order.templateId === undefined)
  @IsString()
  @Matches(/^[a-z0-9-]{1,60}$/)
  readonly templateKey?: string;

  @ApiPropertyOptional({ description: 'A published template of the account' })
  @IsOptional()
  @IsUUID()
  readonly templateId?: string;

  @ApiProperty({ enum: ['ru', 'en'] })
  @IsIn(['ru', 'en'])
  readonly language!: 'ru' | 'en';

  @ApiProperty({ description: 'Also plan the open deals that are there already' })
  @IsBoolean()
  readonly existingDeals!: boolean;
}

/** `PUT /api/preferences` */
export class PreferencesRequest {
  @ApiPropertyOptional({ enum: ['auto', 'light', 'dark'] })
  @IsOptional()
  @IsIn(['auto', 'light', 'dark'])
  readonly theme?: 'auto' | 'light' | 'dark';

  @ApiPropertyOptional({ enum: ['ru', 'en'] })
  @IsOptional()
  @IsIn(['ru', 'en'])
  readonly language?: 'ru' | 'en';
}
