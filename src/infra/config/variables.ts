import { Expose, Transform } from 'class-transformer';
import { IsEmail, IsIn, IsInt, IsOptional, IsString, IsUrl, Max, Min, MinLength } from 'class-validator';

const ROLES = ['all', 'web', 'worker'] as const;
export type Role = (typeof ROLES)[number];

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

function toNumber({ value }: { value: unknown }): unknown {
  return typeof value === 'string' && /^\d+$/.test(value.trim()) ? Number(value) : value;
}

/** The public surface: one property a variable, named as it is. Hosts and the sandbox declare their own. */
export class Variables {
  @Expose()
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  @Max(65535)
  PORT = 3000;

  @Expose()
  @IsOptional()
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  PUBLIC_URL?: string;

  @Expose()
  @IsOptional()
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['postgres', 'postgresql'] })
  DATABASE_URL?: string;

  @Expose()
  @Transform(toNumber)
  @IsInt()
  @Min(2)
  @Max(200)
  DATABASE_POOL = 10;

  @Expose()
  @IsString()
  @MinLength(1)
  DATA_DIR = '.data';

  @Expose()
  @IsOptional()
  @IsString()
  @MinLength(32)
  APP_SECRET?: string;

  /** Secrets that were current earlier, comma separated: what they sealed still opens. */
  @Expose()
  @IsOptional()
  @IsString()
  APP_SECRET_OLD?: string;

  /** Where letters go out; with the user and the password in it. */
  @Expose()
  @IsOptional()
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['smtp', 'smtps'] })
  SMTP_URL?: string;

  @Expose()
  @IsOptional()
  @IsEmail({ allow_display_name: true, require_tld: false })
  MAIL_FROM?: string;

  @Expose()
  @IsIn(ROLES)
  ROLE: Role = 'all';

  @Expose()
  @IsIn(LOG_LEVELS)
  LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';

  @Expose()
  @IsOptional()
  @IsIn(['on', 'off', 'true', 'false', '1', '0'])
  SANDBOX?: string;

  @Expose()
  @IsOptional()
  @IsIn(['development', 'test', 'production'])
  NODE_ENV?: string;

  @Expose()
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  @Max(1440)
  SWEEP_MINUTES = 5;
}
