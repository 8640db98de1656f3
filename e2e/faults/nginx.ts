import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '#testing/postgres-server.ts';
import { until } from './installation.ts';

const PROGRAM = '/usr/sbin/nginx';

export function hasNginx(): boolean {
  return existsSync(PROGRAM);
}

/** A load balancer in front of several servers. */
export interface Balancer {
  readonly url: string;
  close(): Promise<void>;
}

/** What docs/reliability.md tells operators to set, and what a test needs beside it to run without rights. */
function configuration(folder: string, port: number, servers: readonly { url: string }[]): string {
  const upstream = servers.map(({ url }) => `server ${new URL(url).host} max_fails=1 fail_timeout=2s;`);
  return `
daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log warn;
events { worker_connections 256; }
http {
  access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  upstream commandcenter { ${upstream.join(' ')} keepalive 16; }
  server {
    listen 127.0.0.1:${port};
    client_max_body_size 60m;
    location / {
      proxy_pass http://commandcenter;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_connect_timeout 2s;
      proxy_next_upstream error timeout http_502;
      proxy_next_upstream_tries 2;
      proxy_request_buffering off;
      proxy_buffering off;
    }
  }
}
`;
}

/** Starts nginx in front of the servers, on a free port. */
export async function startNginx(parent: string, servers: readonly { url: string }[]): Promise<Balancer> {
  const folder = join(parent, 'nginx');
  await mkdir(folder);
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  await writeFile(file, configuration(folder, port, servers));
  const child = spawn(PROGRAM, ['-c', file, '-p', folder], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await until('nginx answers', async () => (await fetch(`${url}/livez`)).ok);
  return {
    url,
    async close() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}
