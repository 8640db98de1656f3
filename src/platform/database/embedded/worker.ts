import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { openPglite } from './pglite.ts';

/** What the main thread sends: bytes of the PostgreSQL wire protocol, or the wish to close. */
export type ToWorker = { id: number; bytes: Uint8Array } | { id: number; close: true };
export type FromWorker = { ready: true } | { id: number; bytes?: Uint8Array; error?: string };

/** Opens the database and answers message by message. A failure ends the thread, and its parent is told why. */
async function serve(port: MessagePort, directory: string): Promise<void> {
  const database = await openPglite(directory);
  port.on('message', async (message: ToWorker) => {
    try {
      if ('close' in message) {
        await database.close();
        port.postMessage({ id: message.id } satisfies FromWorker);
        port.close();
        return;
      }
      const bytes = await database.execProtocolRaw(message.bytes, { syncToFs: false });
      port.postMessage({ id: message.id, bytes } satisfies FromWorker);
    } catch (error) {
      port.postMessage({ id: message.id, error: String(error) } satisfies FromWorker);
    }
  });
  port.postMessage({ ready: true } satisfies FromWorker);
}

if (!parentPort) throw new Error('The database worker runs as a worker thread only.');
void serve(parentPort, (workerData as { directory: string }).directory);
