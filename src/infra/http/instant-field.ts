import { applyDecorators } from '@nestjs/common';
import { IsISO8601, Matches, MaxLength } from 'class-validator';

/** Without its zone a time would be one of the server's own clock, hours away from what was meant. */
const WITH_ZONE = /T.*(Z|[+-]\d{2}:?\d{2})$/i;

/** A moment as an ISO 8601 text with its offset from UTC. */
export function InstantText(): PropertyDecorator {
  return applyDecorators(
    IsISO8601({ strict: true }),
    MaxLength(40),
    Matches(WITH_ZONE, { message: '$property must have an offset from UTC, such as Z or +03:00' }),
  );
}
