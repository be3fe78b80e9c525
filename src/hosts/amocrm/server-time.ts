import { HostError } from '../../contract/failure.js';
import type { Instant } from '../../domain/crm/time.js';
import type { ApiClient } from './client.js';

/** The host's clock, from the date of a cheap answer: no method tells it. */
export async function serverTime(client: ApiClient): Promise<Instant> {
  await client.get('/api/v4/account');
  const time = client.hostTime();
  if (time === null) throw new HostError({ kind: 'malformed', where: 'an answer without a date' });
  return time;
}
