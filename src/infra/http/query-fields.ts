import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';

const MAX_VALUES = 200;
const MAX_ID = 100;
/** No database keeps this character in a text. */
const NO_NUL = /^[^\u0000]*$/;
const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** One value of an address is a text, several are a list. */
function asList(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? [value] : value));
}

/** An optional list of a host's ids in an address: the name once or repeated. */
export function QueryIds(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ isArray: true, type: String }),
    IsOptional(),
    asList(),
    IsArray(),
    ArrayMaxSize(MAX_VALUES),
    MaxLength(MAX_ID, { each: true }),
    IsString({ each: true }),
    Matches(NO_NUL, { each: true }),
  );
}

/** An optional list of some of these words. */
export function QueryChoices(choices: readonly string[]): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ enum: choices, isArray: true }),
    IsOptional(),
    asList(),
    IsIn(choices, { each: true }),
    ArrayMaxSize(choices.length),
  );
}

/** An optional calendar's day, `YYYY-MM-DD`: the service turns it into the person's own midnight. */
export function QueryDay(): PropertyDecorator {
  return applyDecorators(ApiPropertyOptional({ description: 'YYYY-MM-DD' }), IsOptional(), Matches(DAY));
}
