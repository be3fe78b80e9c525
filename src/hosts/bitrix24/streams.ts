import type { Cursor, StreamName, StreamPage, StreamRecords, StreamRequest } from '../../contract/streams.js';
import type { JsonObject } from '../common/json.js';
import type { RestClient } from './client.js';
import type { FieldBook } from './deal-fields.js';
import { type ReadPage, readSources } from './keyset-stream.js';
import { type DealExtras, dealSources, historySources, productSources, taskSources } from './lists.js';
import { DEALS, LEADS, toDepartment, toUser } from './mapper.js';
import { readByOffset, readPipelines } from './structure-reads.js';

type Reader<Name extends StreamName> = (
  client: RestClient,
  request: StreamRequest,
  book: FieldBook,
) => AsyncIterable<StreamPage<Name>>;

/** How each stream is read. Long lists by keyset; short ones whole, in one page. */
export const STREAM_READERS: { readonly [Name in StreamName]?: Reader<Name> } = {
  pipelines: (client, { lane }) => whole(async () => readPipelines(client, lane)),
  users: (client, { lane }) =>
    whole(async () => {
      const rows = await readByOffset(
        client,
        'user.get',
        { sort: 'ID', order: 'ASC' },
        { under: null, lane },
      );
      return decoded(rows, toUser);
    }),
  departments: (client, { lane }) =>
    whole(async () => {
      const rows = await readByOffset(
        client,
        'department.get',
        { sort: 'ID', order: 'ASC' },
        { under: null, lane },
      );
      return decoded(rows, toDepartment);
    }),
  products: (client, { cursor, lane }) => readSources(client, productSources(), cursor, lane),
  deals: readDealStream,
  stageHistory: (client, { cursor, lane, modifiedSince }) =>
    readSources(client, historySources(modifiedSince), cursor, lane),
  tasks: (client, { cursor, lane, modifiedSince }) =>
    readSources(client, taskSources(modifiedSince), cursor, lane),
};

async function* readDealStream(
  client: RestClient,
  { cursor, lane, modifiedSince }: StreamRequest,
  book: FieldBook,
): AsyncGenerator<StreamPage<'deals'>, void, void> {
  const extras: DealExtras[] = [];
  for (const source of [DEALS, LEADS]) {
    const watched = await book.watched(source);
    const byActivity = modifiedSince !== undefined && (await book.has(source, 'lastActivityTime'));
    extras.push({ source, watched, byActivity });
  }
  yield* readSources(client, dealSources(modifiedSince, extras), cursor, lane);
}

const WHOLE: Cursor = JSON.stringify({ whole: true });

async function* whole<Row extends StreamRecords[StreamName]>(
  load: () => Promise<readonly Row[]>,
): AsyncGenerator<ReadPage<Row>, void, void> {
  yield { rows: await load(), cursor: WHOLE, done: true };
}

function decoded<Row>(rows: readonly JsonObject[], decode: (row: JsonObject) => Row | null): readonly Row[] {
  return rows.map(decode).filter((row) => row !== null);
}
