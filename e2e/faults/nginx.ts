import { hasNginx, startEdge } from '../nginx/edge.ts';

export { hasNginx };

/** A load balancer in front of several servers. */
export interface Balancer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts nginx as the product sets it up in front of the servers, on a free port. */
export async function startNginx(parent: string, servers: readonly { url: string }[]): Promise<Balancer> {
  return startEdge({
    parent,
    // Everything comes from one address here, and faster than from people.
    nginx: { tls: false, files: 'local', limits: false },
    upstreams: { api: servers.map(({ url }) => new URL(url).host) },
  });
}
