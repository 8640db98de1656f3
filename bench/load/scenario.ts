/**
 * What a team of 200 people and their pipelines ask of an installation, as data: the runner here and the k6 script
 * read the same. Nothing of Node and nothing of k6 is imported, so that both can.
 */

/** Who sends a call: anybody of the team, one who may change things, a pipeline with a token, nobody yet known. */
export type Who = 'person' | 'editor' | 'pipeline' | 'visitor';

/** One call. `{name}` in texts is filled in from what is there; the same name is the same value in one journey. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** As the API description names it. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sent as a file of a form instead of a body. */
  readonly upload?: { readonly name: string; readonly text: string };
  /** Of another kind than JSON. */
  readonly accept?: string;
  /** With an `Idempotency-Key` of its own. */
  readonly once?: true;
  /** With the `version` that the call before it has answered. */
  readonly ifMatch?: true;
  /** How many pages of a list are read, one after the other. */
  readonly pages?: number;
}

/** What one visit of a page, or one step of a pipeline, asks for: steps one after the other, their calls at once. */
export interface Journey {
  readonly name: string;
  /** Of a thousand arrivals. */
  readonly share: number;
  readonly who: Who;
  readonly steps: readonly (readonly Call[])[];
}

/**
 * The busiest hour of a team of 200. A hundred have the page before them: each is asked for running jobs every 20
 * seconds and for counts every 30, and opens another page every 30. Their pipelines call once in four seconds.
 */
export const TEAM = {
  people: 200,
  owners: 10,
  editors: 60,
  pipelines: 20,
  arrivalsPerSecond: 12,
  /** Pages that follow a running job. */
  streams: 20,
} as const;

/** What a run should keep; it is told in the report and fails nothing. */
export const THRESHOLDS = {
  failed: 0,
  p95Ms: 300,
  p99Ms: 1000,
  pageP95Ms: 2000,
  brokenStreams: 0,
  /** Of a spike: how fast who is refused is told, how long the others wait, and when it is over. */
  refusedP50Ms: 1000,
  spikeP95Ms: 5000,
  recoverySeconds: 15,
  /** Of the arrivals, how late the runner itself was. Beyond it the run tells more of the runner than of the server. */
  lateP99Ms: 100,
} as const;

const read = (path: string, query?: Record<string, string>): Call =>
  query ? { method: 'GET', path, query } : { method: 'GET', path };

const session = read('/session');
const radar = read('/radar', { unreviewed: '60' });
const drift = read('/drift', { limit: '200' });
const repositories = read('/repositories', { limit: '200' });
const jobCounts = read('/jobs/counts');
const running = read('/jobs', { state: 'running', limit: '100' });
const queued = read('/jobs', { state: 'queued', limit: '100' });
const technology = read('/technologies/{technology}');
const history = read('/technologies/{technology}/history', { limit: '50' });
const jobsOfRepository = read('/jobs', { subject: '{repository}', limit: '20' });
const jobsIn = (state: string): Call => read('/jobs', { state, limit: '30' });

/** As src/web asks: what stands beside each other there is asked for at once. */
const PAGES: readonly Journey[] = [
  {
    name: 'open a tab',
    share: 30,
    who: 'person',
    steps: [[session], [drift, jobCounts, running, queued, repositories], [radar]],
  },
  { name: 'radar', share: 45, who: 'person', steps: [[radar, repositories]] },
  {
    name: 'all technologies',
    share: 12,
    who: 'person',
    steps: [[{ ...read('/technologies', { limit: '200', archived: 'false' }), pages: 25 }, radar]],
  },
  {
    name: 'one technology',
    share: 60,
    who: 'person',
    steps: [
      [technology],
      [read('/detections', { technology: '{technology}', limit: '100' }), radar, history],
    ],
  },
  { name: 'drift', share: 25, who: 'person', steps: [[drift]] },
  {
    name: 'repositories',
    share: 8,
    who: 'person',
    steps: [[repositories, jobsIn('failed')]],
  },
  {
    name: 'one repository',
    share: 20,
    who: 'person',
    steps: [
      [read('/repositories/{repository}')],
      [
        read('/repositories/{repository}/statistics'),
        jobsOfRepository,
        read('/scans', { repository: '{repository}', limit: '1' }),
        read('/detections', { repository: '{repository}', limit: '100' }),
      ],
    ],
  },
  { name: 'search', share: 25, who: 'person', steps: [[read('/search', { q: '{words}', limit: '20' })]] },
  {
    name: 'ask',
    share: 15,
    who: 'person',
    steps: [
      [{ method: 'POST', path: '/ask', body: { question: '{question}' }, accept: 'text/event-stream' }],
    ],
  },
  {
    name: 'documents, filtered',
    share: 12,
    who: 'person',
    steps: [
      [read('/documents', { limit: '50' })],
      [read('/documents', { limit: '50', q: '{digits}', state: 'ready' })],
    ],
  },
  {
    name: 'one document',
    share: 12,
    who: 'person',
    steps: [[read('/documents/{document}'), repositories]],
  },
  {
    name: 'jobs',
    share: 6,
    who: 'person',
    steps: [[jobsIn('running'), jobsIn('queued'), jobsIn('failed'), jobsIn('succeeded'), repositories]],
  },
  {
    name: 'activity',
    share: 5,
    who: 'person',
    steps: [
      [read('/activity', { limit: '50' }), repositories, read('/members'), radar],
      [read('/activity', { limit: '50', action: 'radar.update' })],
    ],
  },
  { name: 'members', share: 2, who: 'person', steps: [[read('/members')]] },
];

/** What an open page asks for by itself. */
const POLLS: readonly Journey[] = [
  { name: 'poll running jobs', share: 417, who: 'person', steps: [[running, queued]] },
  { name: 'poll counts of jobs', share: 275, who: 'person', steps: [[jobCounts]] },
];

const PIPELINES: readonly Journey[] = [
  { name: 'pipeline: drift', share: 12, who: 'pipeline', steps: [[read('/drift')]] },
  { name: 'pipeline: overview', share: 4, who: 'pipeline', steps: [[read('/overview')]] },
  {
    name: 'pipeline: filtered lists',
    share: 5,
    who: 'pipeline',
    steps: [
      [read('/technologies', { limit: '50', ring: 'hold', kind: 'library' })],
      [read('/technologies', { limit: '50', q: '{word}' })],
    ],
  },
];

/** What the page reads again after a change. */
const afterChange = [technology, history, radar, drift];

const CHANGES: readonly Journey[] = [
  {
    name: 'edit a technology',
    share: 2,
    who: 'editor',
    steps: [
      [technology],
      [
        {
          method: 'PATCH',
          path: '/technologies/{technology}',
          body: { owner: 'Team {digits}' },
          ifMatch: true,
          once: true,
        },
      ],
      afterChange,
    ],
  },
  {
    name: 'move a technology',
    share: 3,
    who: 'editor',
    steps: [
      [technology],
      [
        {
          method: 'POST',
          path: '/technologies/{technology}/moves',
          body: { toRing: '{ring}', reason: 'It was looked at again: {words}.' },
          once: true,
        },
      ],
      afterChange,
    ],
  },
  {
    name: 'pipeline: new technology',
    share: 2,
    who: 'pipeline',
    steps: [
      [
        {
          method: 'POST',
          path: '/technologies',
          body: { name: 'Load created {unique}', slug: 'load-created-{unique}', kind: 'library' },
          once: true,
        },
      ],
    ],
  },
  {
    name: 'upload a document',
    share: 1,
    who: 'editor',
    steps: [
      [
        {
          method: 'POST',
          path: '/documents',
          upload: { name: 'load-{unique}.md', text: '# What {word} taught us\n\n{paragraphs}\n' },
        },
      ],
      [read('/documents', { limit: '50' })],
    ],
  },
  {
    name: 'pipeline: documents',
    share: 1,
    who: 'pipeline',
    steps: [
      [
        {
          method: 'POST',
          path: '/documents:batch',
          body: { documents: [{ externalId: 'load/{unique}.md', text: '# {words}\n\n{paragraphs}' }] },
          once: true,
        },
      ],
    ],
  },
  {
    name: 'sign in',
    share: 1,
    who: 'visitor',
    steps: [
      [read('/setup')],
      [{ method: 'POST', path: '/session', body: { email: '{email}', password: '{password}' } }],
    ],
  },
];

export const SCENARIO: readonly Journey[] = [...PAGES, ...POLLS, ...PIPELINES, ...CHANGES];

/** What the values of `{technology}`, `{repository}` and `{document}` are read from, when a run begins. */
export const STOCK = {
  technology: { path: '/technologies', field: 'slug', pages: 5 },
  repository: { path: '/repositories', field: 'id', pages: 3 },
  document: { path: '/documents', field: 'id', pages: 5 },
} as const;
