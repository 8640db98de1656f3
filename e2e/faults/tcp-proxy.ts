import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A network between the product and a server, which can become slow. */
export interface TcpProxy {
  readonly port: number;
  /** Holds back each piece of data for this long, in both directions. */
  delay(ms: number): void;
  close(): Promise<void>;
}

/** Listens on a free port and passes everything on to the loopback port. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  let delayMs = 0;
  const sockets = new Set<Socket>();
  const pass = async (from: Socket, to: Socket): Promise<void> => {
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        if (delayMs > 0) await sleep(delayMs);
        to.write(chunk);
      }
      to.end();
    } catch {
      to.destroy();
    }
  };
  const server = createServer((caller) => {
    const called = connect(target, '127.0.0.1');
    for (const socket of [caller, called]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
      socket.setNoDelay(true);
    }
    void pass(caller, called);
    void pass(called, caller);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    delay(ms) {
      delayMs = ms;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
