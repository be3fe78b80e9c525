import pg from 'pg';

/** What a connection of node-postgres has for COPY, and its types do not tell. */
interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** Ends when the rows are in; a fault of the server is thrown like that of any query. */
export function copyIn(client: pg.ClientBase, into: string, rows: Buffer): Promise<void> {
  return new Promise((done, fail) => {
    const copy = new CopyQuery(`COPY ${into} FROM STDIN (FORMAT binary)`, rows);
    copy.once('end', () => done());
    copy.once('error', fail);
    client.query(copy);
  });
}

/** A query that has its rows to give when the server asks for them; without them it would refuse. */
class CopyQuery extends pg.Query {
  /** Not `rows`: the query below has something else under that name. */
  readonly #given: Buffer;

  constructor(text: string, given: Buffer) {
    super(text);
    this.#given = given;
  }

  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(this.#given);
    connection.endCopyFrom();
  }
}
