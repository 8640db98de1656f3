import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Commits one numbered row after the other and remembers which the server has acknowledged, and when. */
export interface Writer {
  readonly acknowledged: { id: number; at: number }[];
  /** Waits until so many are acknowledged. */
  until(rows: number): Promise<void>;
  /** Ends it; the rows that were acknowledged stay known. */
  stop(): Promise<void>;
}

/** Makes the table `numbered` and writes to it until it is stopped or the server is gone. */
export async function startWriter(url: string, pauseMs: number): Promise<Writer> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  await client.query('CREATE TABLE IF NOT EXISTS numbered (id int PRIMARY KEY, filler text)');
  const acknowledged: { id: number; at: number }[] = [];
  let wanted = true;
  let ended: unknown;
  const written = (async () => {
    for (let id = 1; wanted; id += 1) {
      await client.query('INSERT INTO numbered VALUES ($1::int, repeat(md5($1::int::text), 20))', [id]);
      acknowledged.push({ id, at: Date.now() });
      await sleep(pauseMs);
    }
  })().catch((error: unknown) => {
    // The server is gone: what was acknowledged until then is what counts.
    ended = error;
  });
  return {
    acknowledged,
    async until(rows) {
      while (acknowledged.length < rows) {
        if (ended) throw ended;
        await sleep(50);
      }
    },
    async stop() {
      wanted = false;
      await written;
      await client.end().catch(() => {});
    },
  };
}
