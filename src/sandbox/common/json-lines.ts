import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

const LINES_AT_ONCE = 500;

/** A million rows are written as they are read. */
export function jsonLines(reply: FastifyReply, rows: () => Iterable<unknown>): FastifyReply {
  return reply.type('application/x-ndjson; charset=utf-8').send(Readable.from(chunks(rows())));
}

function* chunks(rows: Iterable<unknown>): Generator<Buffer> {
  let lines: string[] = [];
  for (const row of rows) {
    lines.push(JSON.stringify(row));
    if (lines.length === LINES_AT_ONCE) {
      yield Buffer.from(`${lines.join('\n')}\n`);
      lines = [];
    }
  }
  if (lines.length > 0) {
    yield Buffer.from(`${lines.join('\n')}\n`);
  }
}

/** Views of rows, made as they are asked for. */
export function* mapped<T>(rows: Iterable<T>, view: (row: T) => unknown): Generator<unknown> {
  for (const row of rows) {
    yield view(row);
  }
}
