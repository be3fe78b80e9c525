import { pipeline } from 'node:stream/promises';
import type { ClientBase } from 'pg';
import { from } from 'pg-copy-streams';

/** Ends when the rows are in; a fault of the server is thrown like that of any query. */
export function copyIn(client: ClientBase, into: string, rows: Buffer): Promise<void> {
  return pipeline([rows], client.query(from(`COPY ${into} FROM STDIN (FORMAT binary)`)));
}
