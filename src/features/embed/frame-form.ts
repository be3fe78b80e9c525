import type { HostRequest } from '../../contract/host.js';

const MAX_FIELDS = 50;
const MAX_VALUE = 4_000;

/** Fields of a JSON call in the form in which the host itself opens a frame, so that one reader of the host's judges both. */
export function asForm(form: Readonly<Record<string, unknown>>): HostRequest {
  const fields = Object.entries(form).filter(
    (field): field is [string, string] => typeof field[1] === 'string' && field[1].length <= MAX_VALUE,
  );
  const bounded = fields.slice(0, MAX_FIELDS);
  return {
    method: 'POST',
    query: Object.fromEntries(bounded),
    headers: {},
    contentType: 'application/x-www-form-urlencoded',
    body: Buffer.from(new URLSearchParams(bounded).toString()),
  };
}
