import type pg from 'pg';
import type { Reading, Row } from './reading.ts';

export type Statement = Pick<Reading<unknown>, 'name' | 'text' | 'values'>;

/** The part of node-postgres's connection that writes messages. */
interface Wire {
  stream: { readonly writable: boolean; write(piece: Buffer): unknown };
  parse(statement: { name: string; text: string; types: number[] }): void;
  bind(values: { statement: string; values: unknown[] }): void;
  execute(portal: { portal: string }): void;
  sync(): void;
}

/** Statements that a connection has prepared. After a failure nobody knows which, so they get new names. */
interface Prepared {
  generation: number;
  names: Set<string>;
}

const prepared = new WeakMap<object, Prepared>();

/**
 * Several prepared statements in one message with one Sync at its end. PostgreSQL runs what stands before a
 * Sync as one transaction: after a failure it skips the rest, and nothing of it has happened. So what the first
 * statement sets (role and project) holds for all others or none of them runs.
 *
 * It is what node-postgres calls a submittable: it is told of each message that answers it.
 */
export class Batch {
  readonly finished: Promise<Row[][]>;
  readonly statements: readonly Statement[];
  /** The same beginning in words, for whoever wants to run one of the statements by itself. */
  readonly opening: string;
  /** node-postgres sets a time limit around it. */
  callback: (error: Error | null, rows?: Row[][]) => void;
  /** Told of each statement, by its place, as it ends. */
  onStatementEnd: ((at: number, ms: number, error?: unknown) => void) | undefined;
  readonly #rows: Row[][];
  #at = 0;
  #began = 0;
  #names: Set<string> | undefined;
  #fresh: string[] = [];
  #connection: object | undefined;

  constructor({ opening, statements }: { opening: string; statements: readonly Statement[] }) {
    this.statements = statements;
    this.opening = opening;
    this.#rows = statements.map(() => []);
    const { promise, resolve, reject } = Promise.withResolvers<Row[][]>();
    this.finished = promise;
    this.callback = (error, rows) => (error ? reject(error) : resolve(rows ?? []));
  }

  submit(connection: pg.Connection): void {
    let known = prepared.get(connection);
    if (!known) {
      known = { generation: 0, names: new Set() };
      prepared.set(connection, known);
    }
    this.#connection = connection;
    this.#names = known.names;
    this.#began = performance.now();
    const pieces: Buffer[] = [];
    const wire = collecting(connection, pieces);
    for (const { name, text, values } of this.statements) {
      const statement = `${name} ${known.generation}`;
      if (!known.names.has(name) && !this.#fresh.includes(name)) {
        wire.parse({ name: statement, text, types: [] });
        this.#fresh.push(name);
      }
      wire.bind({ statement, values: values as unknown[] });
      wire.execute({ portal: '' });
    }
    wire.sync();
    const { stream } = connection as unknown as Wire;
    if (stream.writable) stream.write(Buffer.concat(pieces));
  }

  handleDataRow(message: { fields: Row }): void {
    this.#rows[this.#at]?.push(message.fields);
  }

  handleCommandComplete(): void {
    this.#end();
    this.#at += 1;
  }

  handleReadyForQuery(): void {
    for (const name of this.#fresh) this.#names?.add(name);
    this.callback(null, this.#rows);
  }

  handleError(error: Error): void {
    const known = this.#connection && prepared.get(this.#connection);
    if (known) {
      known.generation += 1;
      known.names = new Set();
    }
    this.#end(error);
    this.callback(error);
  }

  handleRowDescription(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}

  #end(error?: Error): void {
    if (!this.onStatementEnd) return;
    const now = performance.now();
    this.onStatementEnd(this.#at, now - this.#began, error);
    this.#began = now;
  }
}

/** The connection, but what it writes is kept: one piece is sent with less work than many. */
function collecting(connection: pg.Connection, pieces: Buffer[]): Wire {
  const stream = { writable: true, write: (piece: Buffer) => pieces.push(piece) };
  return Object.create(connection, { stream: { value: stream } }) as Wire;
}

/** Sends it on a connection that nothing else uses. */
export function sendBatch(client: pg.PoolClient, batch: Batch): Promise<Row[][]> {
  client.query(batch as unknown as pg.Submittable);
  return batch.finished;
}
