import type { IncomingMessage } from 'node:http';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { Agent, type RequestOptions, request } from 'node:https';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** An edge on this machine's loopback, and who asks it. */
export interface Target {
  port: number;
  host: string;
  certificate: string;
  token: string;
  /** A job that never ends, so that its stream stays open. */
  jobId: string;
}

/** What a load has seen. */
export interface LoadReport {
  sent: number;
  /** By caller and what was answered. */
  failures: Record<string, number>;
  /** Sent again on a new connection, because the one that was kept had been closed without a byte of an answer. */
  repeated: number;
  streamsOpened: number;
  /** Ended by the edge in the middle, because their time was over; a browser opens them anew as well. */
  streamsCut: number;
  uploads: number;
  /** Names of what was answered with 201. */
  acknowledged: string[];
  longestMs: number;
}

export interface Load {
  readonly report: LoadReport;
  stop(): Promise<LoadReport>;
}

// All callers together stay below what the edge lets one address do.
const PAUSE_MS = 100;
const ANSWER_LIMIT_MS = 60_000;
const UPLOAD_MS = 3000;
const SLOW_CHUNK_MS = 40;
let loads = 0;
/** Connections that have carried a request. What Node says of it is not true of a request that waited for its connection. */
const kept = new WeakSet<Socket>();

interface Answer {
  status: number;
  body: string;
}

/**
 * A bounded mix on loopback: readers and a writer on kept connections, one on HTTP/2, a page with its files, a slow
 * reader, slow uploads, and followers of a stream that open it anew whenever it ends.
 */
export function startDeployLoad(target: Target): Load {
  const name = `deploy-${process.pid}-${++loads}`;
  const report: LoadReport = {
    sent: 0,
    failures: {},
    repeated: 0,
    streamsOpened: 0,
    streamsCut: 0,
    uploads: 0,
    acknowledged: [],
    longestMs: 0,
  };
  const stopping = new AbortController();
  const callers = [
    keepReading(target, report, '/api/v1/technologies?limit=10'),
    keepReading(target, report, '/api/v1/jobs?limit=5'),
    keepWriting(target, report, name),
    keepOpeningPages(target, report),
    keepReadingSlowly(target, report),
    keepUploading(target, report, name),
    keepUploading(target, report, `${name}-too`),
    keepReadingByHttp2(target, report),
    keepFollowing(target, report, stopping.signal),
    keepFollowing(target, report, stopping.signal),
  ];
  const running = callers.map(async (turn) => {
    while (!stopping.signal.aborted) {
      await turn();
      await sleep(PAUSE_MS);
    }
  });
  return {
    report,
    async stop() {
      stopping.abort();
      await Promise.all(running);
      return report;
    },
  };
}

type Turn = () => Promise<void>;

function fail(report: LoadReport, caller: string, what: string): void {
  const kind = `${caller}: ${what}`;
  report.failures[kind] = (report.failures[kind] ?? 0) + 1;
}

/** Counts one request; what is not a success is a failure. */
async function counted(
  report: LoadReport,
  caller: string,
  send: () => Promise<Answer>,
): Promise<Answer | undefined> {
  report.sent += 1;
  const begin = performance.now();
  try {
    const answer = await send();
    if (answer.status >= 200 && answer.status < 300) return answer;
    fail(report, caller, `${answer.status} ${answer.body.slice(0, 120)}`);
  } catch (error) {
    fail(report, caller, (error as NodeJS.ErrnoException).code ?? String(error));
  } finally {
    report.longestMs = Math.max(report.longestMs, Math.round(performance.now() - begin));
  }
  return undefined;
}

function optionsOf({ port, host, certificate, token }: Target, agent: Agent): RequestOptions {
  return {
    agent,
    host: '127.0.0.1',
    port,
    servername: host,
    ca: certificate,
    timeout: ANSWER_LIMIT_MS,
    headers: { host: `${host}:${port}`, authorization: `Bearer ${token}` },
  };
}

/**
 * Sends a request on a kept connection. If that is closed without a byte of an answer, it is sent once more on a new
 * one, as browsers do: nginx closes idle connections when it is reloaded, and has not seen what was sent that moment.
 */
function exchange(
  report: LoadReport,
  options: RequestOptions,
  path: string,
  body?: string,
  read: (answer: IncomingMessage) => Promise<string> = readAll,
): Promise<Answer> {
  const once = (agent: RequestOptions['agent']): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request({ ...options, agent, path, method: body === undefined ? 'GET' : 'POST' });
      if (body !== undefined) sent.setHeader('content-type', 'application/json');
      let [reused, answered] = [false, false];
      sent.on('socket', (socket) => {
        reused = kept.has(socket);
        kept.add(socket);
      });
      sent.on('response', (answer) => {
        answered = true;
        read(answer).then((text) => resolve({ status: answer.statusCode ?? 0, body: text }), reject);
      });
      sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
      sent.on('error', (error) => {
        if (!reused || answered || agent === false) return reject(error);
        report.repeated += 1;
        once(false).then(resolve, reject);
      });
      sent.end(body);
    });
  return once(options.agent);
}

async function readAll(answer: IncomingMessage): Promise<string> {
  answer.setEncoding('utf8');
  let text = '';
  for await (const chunk of answer) text += chunk;
  return text;
}

function keepReading(target: Target, report: LoadReport, path: string): Turn {
  const options = optionsOf(target, new Agent({ keepAlive: true, maxSockets: 1 }));
  return async () => void (await counted(report, `GET ${path}`, () => exchange(report, options, path)));
}

function keepWriting(target: Target, report: LoadReport, name: string): Turn {
  const options = optionsOf(target, new Agent({ keepAlive: true, maxSockets: 1 }));
  let turn = 0;
  return async () => {
    const slug = `${name}-${++turn}`;
    const body = JSON.stringify({ name: slug, slug });
    const sent = await counted(report, 'POST', () => exchange(report, options, '/api/v1/technologies', body));
    if (sent?.status === 201) report.acknowledged.push(slug);
  };
}

function keepOpeningPages(target: Target, report: LoadReport): Turn {
  const options = optionsOf(target, new Agent({ keepAlive: true, maxSockets: 1 }));
  return async () => {
    const page = await counted(report, 'page', () => exchange(report, options, '/'));
    const paths = [...(page?.body ?? '').matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(
      ([, path]) => path,
    );
    // A person takes a moment; a deploy may come between the page and its files.
    await sleep(PAUSE_MS);
    for (const path of paths) await counted(report, 'asset', () => exchange(report, options, path as string));
  };
}

function keepReadingSlowly(target: Target, report: LoadReport): Turn {
  const options = optionsOf(target, new Agent({ keepAlive: false }));
  const slowly = async (answer: IncomingMessage): Promise<string> => {
    let bytes = 0;
    for await (const chunk of answer) {
      bytes += (chunk as Buffer).length;
      await sleep(SLOW_CHUNK_MS);
    }
    if (!answer.complete || bytes === 0) throw new Error('cut off');
    return '';
  };
  return async () => {
    const path = '/api/docs/json';
    await counted(report, 'slow reader', () => exchange(report, options, path, undefined, slowly));
  };
}

function keepUploading(target: Target, report: LoadReport, name: string): Turn {
  const options = optionsOf(target, new Agent({ keepAlive: false }));
  let turn = 0;
  const upload = (): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const boundary = 'a-boundary';
      const sent = request({ ...options, path: '/api/v1/documents', method: 'POST' });
      sent.setHeader('content-type', `multipart/form-data; boundary=${boundary}`);
      sent.on('response', (answer) => {
        readAll(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
      });
      sent.on('error', reject);
      const file = `name="file"; filename="${name}-${++turn}.md"`;
      sent.write(
        `--${boundary}\r\ncontent-disposition: form-data; ${file}\r\ncontent-type: text/markdown\r\n\r\n# ${turn}\n\n`,
      );
      const write = async (): Promise<void> => {
        for (let at = 0; at < UPLOAD_MS / PAUSE_MS; at++) {
          sent.write(`Line ${at} of a document that takes its time.\n`);
          await sleep(PAUSE_MS);
        }
        sent.end(`\r\n--${boundary}--\r\n`);
      };
      write().catch(reject);
    });
  return async () => {
    if (await counted(report, 'upload', upload)) report.uploads += 1;
  };
}

function keepReadingByHttp2({ port, host, certificate, token }: Target, report: LoadReport): Turn {
  let session: ClientHttp2Session | undefined;
  const open = (): ClientHttp2Session => {
    if (session && !session.closed && !session.destroyed) return session;
    const opened = connectHttp2(`https://${host}:${port}`, {
      ca: certificate,
      servername: host,
      createConnection: undefined,
      host: '127.0.0.1',
      lookup: (_name, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
    } as Parameters<typeof connectHttp2>[1]);
    // Whoever is told to go away opens the next request elsewhere.
    opened.on('goaway', () => opened.close());
    opened.on('error', () => {});
    opened.unref();
    session = opened;
    return opened;
  };
  const ask = (): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const stream = open().request({ ':path': '/api/v1/session', authorization: `Bearer ${token}` });
      let status = 0;
      let body = '';
      stream.setEncoding('utf8');
      stream.on('response', (headers) => {
        status = Number(headers[':status']);
      });
      stream.on('data', (text: string) => {
        body += text;
      });
      stream.on('end', () => {
        if (status !== 0) resolve({ status, body });
        else
          reject(Object.assign(new Error('closed without an answer'), { code: 'ERR_HTTP2_STREAM_CANCEL' }));
      });
      stream.on('error', (error) => reject(status === 0 ? error : new Error('cut off', { cause: error })));
      stream.end();
    });
  const refused = new Set([
    'ERR_HTTP2_GOAWAY_SESSION',
    'ERR_HTTP2_STREAM_CANCEL',
    'ERR_HTTP2_INVALID_SESSION',
    'ECONNRESET',
  ]);
  const askAgain = (error: NodeJS.ErrnoException): Promise<Answer> => {
    // It goes away: what it did not look at, or a GET that it closes the connection on, is asked on another one.
    if (!refused.has(error.code ?? '') && !error.message.includes('NGHTTP2_REFUSED_STREAM')) throw error;
    report.repeated += 1;
    session = undefined;
    return ask();
  };
  return async () => void (await counted(report, 'HTTP/2', () => ask().catch(askAgain)));
}

function keepFollowing(target: Target, report: LoadReport, stopped: AbortSignal): Turn {
  const options = optionsOf(target, new Agent({ keepAlive: false }));
  return () =>
    new Promise((resolve) => {
      report.sent += 1;
      const { timeout: _none, ...patient } = options;
      const sent = request({ ...patient, path: `/api/v1/jobs/${target.jobId}/events`, signal: stopped });
      sent.on('response', (answer) => {
        if (answer.statusCode === 200) report.streamsOpened += 1;
        else fail(report, 'stream', String(answer.statusCode));
        answer.resume();
        answer.on('end', resolve);
        answer.on('error', () => {
          if (!stopped.aborted) report.streamsCut += 1;
          resolve();
        });
      });
      sent.on('error', (error: NodeJS.ErrnoException) => {
        if (!stopped.aborted) fail(report, 'stream', error.code ?? error.message);
        resolve();
      });
      sent.end();
    });
}
