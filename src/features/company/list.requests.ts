import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import type { FailureCause } from '../../domain/plans/plan.types.js';
import type { ReasonUse } from './company.view.js';
import { KEY } from './people.requests.js';

const CAUSES: readonly FailureCause[] = ['client', 'outer', 'omission'];
const USES: readonly ReasonUse[] = ['step', 'loss', 'snooze'];

/** `PUT /api/company/fields` */
export class FieldMapRequest {
  @ApiProperty()
  @IsInt()
  @Min(0)
  readonly revision!: number;

  @ApiProperty({
    type: Object,
    description: 'Role → key of a host’s field, or null; roles left out are not mapped',
  })
  @IsObject()
  readonly map!: Readonly<Record<string, unknown>>;
}

export class ProductRequest {
  @ApiPropertyOptional({
    description: 'Of the CRM’s catalogue, or `own:…`; absent: a new product of our own',
  })
  @IsOptional()
  @Matches(/^[\w:.-]{1,80}$/)
  readonly id?: string;

  @ApiProperty()
  @IsString()
  @Length(1, 200)
  readonly name!: string;

  @ApiProperty()
  @IsString()
  @MaxLength(2000)
  readonly description!: string;

  @ApiProperty({ nullable: true, type: String })
  @ValidateIf((request: ProductRequest) => request.managerId !== null)
  @IsString()
  @Length(1, 60)
  readonly managerId!: string | null;

  @ApiProperty({ nullable: true, type: String, description: 'One of `audiences`' })
  @ValidateIf((request: ProductRequest) => request.audience !== null)
  @IsString()
  @Length(1, 100)
  readonly audience!: string | null;

  @ApiProperty({ nullable: true, type: String, description: 'A published template: the product’s funnel' })
  @ValidateIf((request: ProductRequest) => request.templateId !== null)
  @Matches(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  readonly templateId!: string | null;
}

/** `PUT /api/company/catalogue` */
export class CatalogueRequest {
  @ApiProperty()
  @IsInt()
  @Min(0)
  readonly revision!: number;

  @ApiProperty({ type: [ProductRequest] })
  @IsArray()
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => ProductRequest)
  readonly products!: readonly ProductRequest[];

  @ApiProperty({ type: [String] })
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  readonly audiences!: readonly string[];

  @ApiProperty({ type: [String] })
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  readonly segments!: readonly string[];
}

export class ReasonRequest {
  @ApiPropertyOptional({ description: 'Absent: a new reason' })
  @IsOptional()
  @Matches(KEY)
  readonly key?: string;

  @ApiProperty()
  @IsString()
  @Length(1, 120)
  readonly name!: string;

  @ApiProperty({ enum: CAUSES })
  @IsIn(CAUSES)
  readonly cause!: FailureCause;

  @ApiProperty({ enum: USES, isArray: true })
  @IsArray()
  @ArrayMaxSize(3)
  @IsIn(USES, { each: true })
  readonly uses!: readonly ReasonUse[];

  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  readonly retired?: boolean;
}

/** `PUT /api/company/reasons` */
export class ReasonsRequest {
  @ApiProperty()
  @IsInt()
  @Min(0)
  readonly revision!: number;

  @ApiProperty({ type: [ReasonRequest] })
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => ReasonRequest)
  readonly reasons!: readonly ReasonRequest[];
}
