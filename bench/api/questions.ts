/** A kind of request that is measured by itself; its requests take turns. */
export interface Question {
  readonly name: string;
  /** What our server needs to reach at least, as requests per second of the peer. */
  readonly atLeast: number;
  /** What the plain server was measured at, once, on another machine. */
  readonly limitThen: string;
  readonly requests: readonly BenchRequest[];
}

export interface BenchRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Present on creating requests; NUMBER stands for one that was never used. */
  readonly body?: string;
}

const read = (path: string): BenchRequest => ({ method: 'GET', path: `/api/v1${path}` });

const WORDS = ['able', 'amber', 'atlas', 'bolt', 'brick', 'cable', 'cedar', 'cloud', 'cobalt', 'copper'];
const FILTERS = [
  'ring=unreviewed&kind=library',
  'ring=trial',
  'kind=database',
  'quadrant=tools',
  'ring=unreviewed&quadrant=platforms',
  'kind=framework&ring=unreviewed',
  'ring=adopt',
  'quadrant=libraries&used=true',
];

/** The slug that the seed gives to the n-th technology. */
function slugOf(n: number): string {
  const words =
    'able,amber,atlas,bolt,brick,cable,cedar,cloud,cobalt,copper,delta,ember,fable,fern,flint,forge,gale,grain,harbor,hazel,iron,ivory,jade,kite,lark,ledger,lumen,maple,marble,meadow,nova,oak,onyx,orbit,pearl,pilot,quartz,raven,river,saddle'.split(
      ',',
    );
  return `${words[n % 40]}-${words[Math.floor(n / 40) % 40]}-${n}`;
}

const CREATED = JSON.stringify({
  name: 'Bench created NUMBER',
  slug: 'bench-created-NUMBER',
  kind: 'library',
  quadrant: 'libraries',
  description: 'Made while the server is measured, and removed afterwards.',
  tags: ['bench', 'created'],
});

export const QUESTIONS: readonly Question[] = [
  {
    name: 'list of 50 technologies, filtered, with total',
    atLeast: 2.5,
    limitThen: '3.0',
    requests: FILTERS.map((filter) => read(`/technologies?limit=50&${filter}`)),
  },
  {
    name: 'one technology',
    atLeast: 5,
    limitThen: '8.5',
    requests: Array.from({ length: 100 }, (_, at) => read(`/technologies/${slugOf(at * 97 + 1)}`)),
  },
  { name: 'dashboard statistics', atLeast: 5, limitThen: '6.3', requests: [read('/overview')] },
  {
    name: 'text search over technologies',
    atLeast: 10,
    limitThen: '16.8',
    requests: WORDS.map((word, at) => read(`/technologies?limit=50&q=${word}-${WORDS[(at + 3) % 10]}`)),
  },
  {
    name: 'create a technology',
    atLeast: 6,
    limitThen: '8.9',
    requests: [{ method: 'POST', path: '/api/v1/technologies', body: CREATED }],
  },
];
