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
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import type { AbsenceKind } from './company.view.js';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
export const KEY = /^[A-Za-z][\w-]{0,39}$/;
const KINDS: readonly AbsenceKind[] = ['vacation', 'sick', 'trip', 'other'];

/** `POST /api/company/absences`, `PUT …/:id` */
export class AbsenceRequest {
  @ApiProperty()
  @IsString()
  @Length(1, 60)
  readonly userId!: string;

  @ApiProperty({ example: '2026-12-21' })
  @Matches(DATE)
  readonly from!: string;

  @ApiProperty({ example: '2026-12-31', description: 'Included' })
  @Matches(DATE)
  readonly to!: string;

  @ApiProperty({ enum: KINDS })
  @IsIn(KINDS)
  readonly kind!: AbsenceKind;

  @ApiProperty({ nullable: true, type: String })
  @ValidateIf((request: AbsenceRequest) => request.deputyId !== null)
  @IsString()
  @Length(1, 60)
  readonly deputyId!: string | null;

  @ApiPropertyOptional({ description: 'Of the absence that was edited; not for a new one' })
  @IsOptional()
  @IsInt()
  @Min(0)
  readonly revision?: number;
}

export class RoleRequest {
  @ApiPropertyOptional({ description: 'Absent: a new role' })
  @IsOptional()
  @Matches(KEY)
  readonly key?: string;

  @ApiProperty()
  @IsString()
  @Length(1, 80)
  readonly name!: string;

  @ApiProperty({ type: [String], description: 'Best first' })
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @Length(1, 60, { each: true })
  readonly holderIds!: readonly string[];
}

export class GroupRequest {
  @ApiPropertyOptional({ description: 'Absent: a new group' })
  @IsOptional()
  @Matches(KEY)
  readonly key?: string;

  @ApiProperty()
  @IsString()
  @Length(1, 80)
  readonly name!: string;

  @ApiProperty({ type: [String] })
  @IsArray()
  @ArrayMaxSize(200)
  @IsString({ each: true })
  @Length(1, 60, { each: true })
  readonly memberIds!: readonly string[];

  @ApiProperty({ nullable: true, type: String })
  @ValidateIf((request: GroupRequest) => request.keeperId !== null)
  @IsString()
  @Length(1, 60)
  readonly keeperId!: string | null;
}

/** `PUT /api/company/people` */
export class PeopleRequest {
  @ApiProperty()
  @IsInt()
  @Min(0)
  readonly revision!: number;

  @ApiProperty({ type: [RoleRequest] })
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => RoleRequest)
  readonly roles!: readonly RoleRequest[];

  @ApiProperty({ type: [GroupRequest] })
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => GroupRequest)
  readonly groups!: readonly GroupRequest[];
}
