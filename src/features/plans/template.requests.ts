import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

const SOURCES = ['blank', 'library', 'copy', 'suggested', 'file'] as const;
/** Ids as hosts give them. */
const HOST_ID = /^[\w:-]{1,64}$/;
const MAX_VERSION = 1_000_000;
const IMPORT_CHARACTERS = 600_000;

/** `POST /api/templates` */
export class NewTemplateRequest {
  @ApiProperty({ enum: SOURCES })
  @IsIn(SOURCES)
  readonly from!: (typeof SOURCES)[number];

  @ApiPropertyOptional({ description: 'Of a blank one' })
  @ValidateIf((order: NewTemplateRequest) => order.from === 'blank')
  @IsString()
  @Length(1, 200)
  readonly name?: string;

  @ApiPropertyOptional({ enum: ['ru', 'en'], description: 'Of a blank one and of one from the library' })
  @ValidateIf((order: NewTemplateRequest) => order.from === 'blank' || order.from === 'library')
  @IsIn(['ru', 'en'])
  readonly language?: 'ru' | 'en';

  @ApiPropertyOptional({ description: 'Whose history, or whose stages a blank one begins with' })
  @ValidateIf((order: NewTemplateRequest) => order.from === 'suggested' || order.pipelineId !== undefined)
  @IsString()
  @Matches(HOST_ID)
  readonly pipelineId?: string;

  @ApiPropertyOptional({ description: 'Of the library' })
  @ValidateIf((order: NewTemplateRequest) => order.from === 'library')
  @IsString()
  @Matches(/^[a-z][a-zA-Z0-9-]{0,63}$/)
  readonly key?: string;

  @ApiPropertyOptional({ description: 'Of which a copy is made' })
  @ValidateIf((order: NewTemplateRequest) => order.from === 'copy')
  @IsUUID()
  readonly templateId?: string;

  @ApiPropertyOptional({ description: 'Text of an exported file' })
  @ValidateIf((order: NewTemplateRequest) => order.from === 'file')
  @IsString()
  @MaxLength(IMPORT_CHARACTERS)
  readonly text?: string;
}

/** `PUT /api/templates/:id/draft` */
export class DraftRequest {
  @ApiProperty({ type: Object, description: 'TemplateBody' })
  @IsObject()
  readonly body!: object;

  @ApiProperty({ description: 'Of the draft that was changed; 0: there was none' })
  @IsInt()
  @Min(0)
  readonly revision!: number;
}

/** `POST …/publish` */
export class PublishRequest {
  @ApiProperty({ description: 'Of the draft that was looked at' })
  @IsInt()
  @Min(1)
  readonly revision!: number;
}

/** `POST …/preview` */
export class PreviewRequest {
  @ApiProperty()
  @IsString()
  @Matches(HOST_ID)
  readonly dealId!: string;

  @ApiPropertyOptional({
    type: Object,
    description: 'TemplateBody; absent: the draft, else the newest version',
  })
  @IsOptional()
  @IsObject()
  readonly body?: object;
}

/** `POST …/dry-run` */
export class DryRunRequest {
  @ApiProperty()
  @IsString()
  @Matches(HOST_ID)
  readonly pipelineId!: string;

  @ApiPropertyOptional({
    type: Object,
    description: 'TemplateBody; absent: the draft, else the newest version',
  })
  @IsOptional()
  @IsObject()
  readonly body?: object;
}

/** `GET /api/templates/deals` */
export class DealsQuery {
  @ApiPropertyOptional({ description: 'Part of the title, or the id' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  readonly q?: string;
}

/** `POST …/migration/preview` and `POST …/migration` */
export class MigrationRequest {
  @ApiProperty()
  @IsInt()
  @Min(1)
  @Max(MAX_VERSION)
  readonly toVersion!: number;

  @ApiPropertyOptional({
    type: [String],
    description: 'Only these deals; absent: all of the template’s plans',
  })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(5_000)
  @Matches(HOST_ID, { each: true })
  readonly dealIds?: string[];
}

/** `?templateId=` */
export class StageMapQuery {
  @ApiPropertyOptional({ description: 'Absent: the template that plans the pipeline' })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value))
  @IsUUID()
  readonly templateId?: string;

  @ApiPropertyOptional({ description: 'With `language`, instead of `templateId`: a template of the library' })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value))
  @Matches(/^[a-z0-9-]{1,60}$/)
  readonly templateKey?: string;

  @ApiPropertyOptional({ enum: ['ru', 'en'] })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value))
  @IsIn(['ru', 'en'])
  readonly language?: 'ru' | 'en';
}

class StageMapEntryRequest {
  @ApiProperty()
  @IsString()
  @Matches(HOST_ID)
  readonly pipelineStageId!: string;

  @ApiProperty({ type: [String], description: 'Template stages that it covers, in order; none: nothing' })
  @IsArray()
  @ArrayMaxSize(50)
  @Matches(/^[a-z][a-zA-Z0-9-]{0,63}$/, { each: true })
  readonly stageKeys!: string[];

  @ApiPropertyOptional({ description: 'Not read: what a person sends is chosen by a person' })
  @IsOptional()
  @IsString()
  @MaxLength(20)
  readonly match?: string;

  @ApiPropertyOptional({ description: 'Not read' })
  @IsOptional()
  @IsNumber()
  readonly confidence?: number;
}

class StageMapBody {
  @ApiProperty({ type: [StageMapEntryRequest] })
  @IsArray()
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => StageMapEntryRequest)
  readonly entries!: StageMapEntryRequest[];
}

/** `PUT /api/pipelines/:id/stage-map` */
export class StageMapRequest {
  @ApiProperty({ description: 'Entries that differ from the stored map are what the person chose' })
  @ValidateNested()
  @IsObject()
  @Type(() => StageMapBody)
  readonly map!: StageMapBody;
}
