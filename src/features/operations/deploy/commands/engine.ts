/** What the engine says of containers; all of it as one JSON array. */
export function inspect(ids: readonly string[]): string[] {
  return ['inspect', ...ids];
}

export function lastLines(id: string, lines: number): string[] {
  return ['logs', '--tail', String(lines), id];
}

/** The processes of a container. */
export function processesOf(id: string): string[] {
  return ['top', id];
}

export function waitForEnd(ids: readonly string[]): string[] {
  return ['wait', ...ids];
}

export function removeContainers(ids: readonly string[]): string[] {
  return ['rm', '--force', ...ids];
}

export function inspectImage(reference: string): string[] {
  return ['image', 'inspect', '--format', '{{.Id}}', reference];
}

export function pullImage(reference: string): string[] {
  return ['pull', '--quiet', reference];
}

export function engineFolder(): string[] {
  return ['info', '--format', '{{.DockerRootDir}}'];
}

export function composeVersion(): string[] {
  return ['compose', 'version', '--short'];
}

/** One request that a container makes on behalf of the deploy. */
export interface ProbeRequest {
  url: string;
  /** The host that is asked for, which may be another than the address of the URL. */
  host: string;
}

export interface ProbeAnswer {
  status: number;
  body: string;
  problem?: string;
}

// Runs in the image, which has Node and neither a shell nor curl. Each request has a connection of its own; the
// certificate is not looked at, because a name that leads elsewhere is not what is asked here.
const PROBE = `
const ask = ({ url, host }) => new Promise((resolve) => {
  const secure = url.startsWith('https:');
  const servername = host.replace(/:\\d+$/, '');
  const options = { headers: { host, connection: 'close' }, timeout: 5000, agent: false,
    ...(secure ? { rejectUnauthorized: false, servername } : {}) };
  const sent = require(secure ? 'node:https' : 'node:http').get(url, options, (answer) => {
    let body = '';
    answer.setEncoding('utf8');
    answer.on('data', (text) => { if (body.length < 65536) body += text; });
    answer.on('end', () => resolve({ status: answer.statusCode, body }));
    answer.on('error', (error) => resolve({ status: 0, body: '', problem: error.message }));
  });
  sent.on('timeout', () => sent.destroy(new Error('no answer within 5 seconds')));
  sent.on('error', (error) => resolve({ status: 0, body: '', problem: error.message }));
});
Promise.all(JSON.parse(process.argv[1]).map(ask)).then((all) => console.log(JSON.stringify(all)));
`;

/** Makes a container send requests and print their answers as JSON. */
export function probe(container: string, requests: readonly ProbeRequest[]): string[] {
  return ['exec', container, 'node', '--eval', PROBE.trim(), JSON.stringify(requests)];
}
