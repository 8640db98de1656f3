import { appError } from '#platform/errors/index.ts';

/** Where requests go, as `host:port`; a name that stands for several addresses is all of them. */
export interface Upstreams {
  api: readonly string[];
  /** Left out where nginx has the web application itself: a name that can't be found keeps it from starting. */
  web?: readonly string[];
  /** Asked for files that the others don't have: those of a page that was opened before a deploy. */
  webBefore?: readonly string[];
}

const SERVER = /^([A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9a-f:]+\]):\d{1,5}$/i;

/** The file that says which release gets the traffic. Throws AppError `upstream-invalid`. */
export function renderUpstreams(upstreams: Upstreams): string {
  return `# Which servers get the requests; a deploy writes this file. Names are looked up when nginx loads it.
${renderUpstream('api', upstreams.api)}${upstreams.web ? renderUpstream('web', upstreams.web, upstreams.webBefore) : ''}`;
}

function renderUpstream(name: string, servers: readonly string[], backups: readonly string[] = []): string {
  const wrong = [...servers, ...backups].find((server) => !SERVER.test(server));
  if (wrong !== undefined || servers.length === 0) {
    throw appError(
      'upstream-invalid',
      400,
      `${JSON.stringify(wrong ?? '')} can't be a server of "${name}".`,
      {
        remedy: 'Name each as host:port, such as api:3000.',
      },
    );
  }
  // The zone lets the workers of nginx share what they know of a server.
  return `upstream ${name} {
  zone upstream_${name} 128k;
  least_conn;
${[
  ...servers.map((server) => `  server ${server} max_fails=2 fail_timeout=5s;`),
  ...backups.map((server) => `  server ${server} backup;`),
].join('\n')}
  keepalive 32;
}
`;
}
