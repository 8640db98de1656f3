import autocannon from 'autocannon';
import type { BenchRequest } from './questions.ts';

/** What one process of load is told, as its only argument. */
export interface LoadOrder {
  port: number;
  headers: Record<string, string>;
  requests: readonly BenchRequest[];
  connections: number;
  seconds: number;
  /** What no other load has used in the bodies it sends. */
  label: string;
}

export interface LoadResult {
  requests: number;
  perSecond: number;
  p50: number;
  p99: number;
  failed: number;
}

const order = JSON.parse(process.argv[2] ?? '') as LoadOrder;
let number = 0;
const result = await autocannon({
  url: `http://127.0.0.1:${order.port}`,
  connections: order.connections,
  duration: order.seconds,
  headers: order.headers,
  requests: order.requests.map(({ method, path, body }) => {
    if (body === undefined) return { method, path };
    return {
      method,
      path,
      headers: { ...order.headers, 'content-type': 'application/json' },
      setupRequest: (request) => {
        number += 1;
        return { ...request, body: body.replaceAll('NUMBER', `${order.label}-${number}`) };
      },
    };
  }),
});
const found: LoadResult = {
  requests: result['2xx'],
  perSecond: result['2xx'] / result.duration,
  p50: result.latency.p50,
  p99: result.latency.p99,
  failed: result.non2xx + result.errors + result.timeouts,
};
process.stdout.write(JSON.stringify(found));
