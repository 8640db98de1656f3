// PROVISIONAL
type Json<T> = { content: { 'application/json': T }; headers: { [name: string]: unknown } };
type Op<Q, P, B, R, H = never> = {
  parameters: { query?: Q; path: P; header?: H; cookie?: never };
  requestBody: B extends undefined ? undefined : { content: { 'application/json': B } };
  responses: { 200: Json<R> };
};
type Par<Q, Pa> = { query?: Q; header?: never; cookie?: never } & ([Pa] extends [never] ? { path?: never } : { path: Pa });
type Bo<B> = [B] extends [undefined] ? { requestBody?: never } : { requestBody: Json<B> };
type G<R, Q = never, Pa = never> = { parameters: { query?: never; header?: never; path?: never; cookie?: never }; get: { parameters: Par<Q, Pa>; requestBody?: never; responses: { 200: Json<R> } } };
type P<B, R, Pa = never> = { post: { parameters: Par<never, Pa>; responses: { 200: Json<R> } } & Bo<B> };
type Page<T> = { items: T[]; nextCursor: string | null; total?: number };
type Pg = { limit?: number; cursor?: string };
type RingId = 'adopt' | 'trial' | 'assess' | 'hold';
interface Job { id: string; kind: string; rootId: string; subjectKind: string | null; subjectId: string | null; state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'; progress: { phase: string; done?: number; total?: number; message?: string } | null; result: unknown; problem: { code: string; message: string; remedy?: string } | null; attempt: number; createdAt: string; startedAt: string | null; finishedAt: string | null }
interface Repo { id: string; name: string; location: string; kind: 'path' | 'url'; defaultBranch: string | null; headCommit: string | null; headCommittedAt: string | null; state: 'new' | 'ready' | 'empty' | 'unreachable'; problem: { code: string; message: string; at: string } | null; historyRewrittenAt: string | null; lastSyncedAt: string | null; includeSource: boolean; createdAt: string; updatedAt: string }
interface Stats { commit: string; branches: { name: string; commit?: string; committedAt?: string }[]; languages: { name: string; bytes: number; color: string | null }[]; contributors: { name: string; email: string; commits: number; firstAt: string; lastAt: string }[]; activity: { week: string; commits: number }[]; commitCount: number }
interface Ev { path: string; line: number; excerpt: string; rule: string; commit: string }
interface Det { id: string; repositoryId: string; repositoryName: string; technology: string; technologyName: string; kind: string; ecosystem: string | null; packageName: string | null; component: string; scope: 'runtime' | 'development' | 'transitive'; versionDeclared: string | null; versionLocked: string | null; confidence: number; rule: string; evidence: Ev[]; verdict: 'wrong' | 'right' | null; scannedAt: string }
interface Tech { id: string; slug: string; name: string; kind: string; quadrant: string; ring: RingId | null; description: string; owner: string | null; tags: string[]; homepage: string | null; links: { title: string; url: string }[]; standardVersion: string | null; reviewDate: string | null; usage: { repositories: number; detections: number; versions: string[] }; version: number; createdAt: string; updatedAt: string }
interface Move { id: string; technologyId: string; fromRing: RingId | null; toRing: RingId | null; reason: string; actor: { kind: string; id: string; name: string }; decidedAt: string; citations: Cite[] }
interface Cite { documentId: string; start: number; end: number; quote: string }
interface Hist { repositoryId: string; repositoryName: string; component: string; path: string; change: 'entered' | 'version' | 'left'; versionBefore: string | null; versionAfter: string | null; commit: string; committedAt: string; author: string }
interface Blip { technologyId: string; slug: string; name: string; quadrant: string; ring: RingId | null; number: number; x: number; y: number; moved: 'in' | 'out' | 'none' | 'new'; usage: { repositories: number; detections: number; versions: string[] } }
interface DriftI { kind: 'hold-used' | 'unreviewed-used' | 'adopted-unused' | 'version-behind' | 'review-overdue'; technology: { id: string; slug: string; name: string; ring: RingId | null }; severity: 'high' | 'medium' | 'low'; summary: string; evidence: (Ev & { repositoryId: string; repositoryName: string; version?: string })[] }
interface Doc { id: string; source: 'repository' | 'upload' | 'url' | 'api'; repositoryId: string | null; externalId: string; path: string | null; uri: string | null; title: string; mediaType: string; bytes: number; state: 'pending' | 'ready' | 'failed' | 'gone'; problem: { code: string; message: string } | null; goneAt: string | null; createdAt: string; updatedAt: string }
interface Span { start: number; end: number; lineStart: number; lineEnd: number; page: number | null; headingPath: string[] }
interface Hit { documentId: string; externalId: string; title: string; score: number; span: Span; excerpt: string; path: string | null; repositoryId: string | null; chunkId: string }

export interface paths {
  '/api/v1/session': G<{ user: { id: string; name: string }; role: string; version: string; project: { id: string; name: string }; workingFolder: { path: string; isRepository: boolean } | null }> & { delete: { parameters: { path?: never }; responses: { 204: { content: never; headers: object } } } };
  '/api/v1/jobs': G<Page<Job>, Pg & { root?: string; state?: Job['state']; subject?: string; kind?: string }>;
  '/api/v1/jobs/{id}': G<Job, never, { id: string }>;
  '/api/v1/jobs/{id}/cancel': P<undefined, Job, { id: string }>;
  '/api/v1/jobs/{id}/retry': P<undefined, { job: Job }, { id: string }>;
  '/api/v1/repositories': G<Page<Repo>, Pg> & P<{ location: string; name?: string; accessToken?: string; includeSource?: boolean }, { repository: Repo; job: Job }>;
  '/api/v1/repositories:sample': P<undefined, { repository: Repo; job: Job }>;
  '/api/v1/repositories/{id}': G<Repo, never, { id: string }> & { delete: { parameters: { path: { id: string } }; responses: { 204: { content: never; headers: object } } } };
  '/api/v1/repositories/{id}/sync': P<undefined, { job: Job }, { id: string }>;
  '/api/v1/repositories/{id}/statistics': G<Stats, never, { id: string }>;
  '/api/v1/detections': G<Page<Det>, Pg & { technology?: string; repository?: string; kind?: string; scope?: string; includeWrong?: boolean }>;
  '/api/v1/detections/{id}': { patch: { parameters: { path: { id: string } }; requestBody: Json<{ verdict: 'wrong' | 'right'; reason?: string }>; responses: { 200: Json<Det> } } };
  '/api/v1/technologies': G<Page<Tech>, Pg & { ring?: string; quadrant?: string; q?: string; kind?: string; used?: boolean }>;
  '/api/v1/technologies/{idOrSlug}': G<Tech, never, { idOrSlug: string }> & { patch: { parameters: { path: { idOrSlug: string }; header: { 'if-match': string } }; requestBody: Json<Partial<Pick<Tech, 'name' | 'quadrant' | 'description' | 'owner' | 'tags' | 'links' | 'homepage' | 'standardVersion' | 'reviewDate'>>>; responses: { 200: Json<Tech> } } };
  '/api/v1/technologies/{idOrSlug}/moves': G<Page<Move>, Pg, { idOrSlug: string }> & P<{ toRing: RingId; reason: string; citations?: Cite[] }, Move, { idOrSlug: string }>;
  '/api/v1/technologies/{idOrSlug}/history': G<{ items: Hist[] }, never, { idOrSlug: string }>;
  '/api/v1/radar': G<{ quadrants: { id: string; name: string }[]; rings: { id: string; name: string; innerRadius: number; outerRadius: number }[]; blipRadius: number; blips: Blip[]; unreviewed: number }>;
  '/api/v1/drift': G<{ items: DriftI[]; counts: Record<string, number> }>;
  '/api/v1/documents': G<Page<Doc>, Pg & { source?: string; repository?: string; state?: string; q?: string }>;
  '/api/v1/documents/{id}': G<Doc & { text: string; commit: string | null; pages: { page: number; start: number; end: number }[] | null }, never, { id: string }> & { delete: { parameters: { path: { id: string } }; responses: { 204: { content: never; headers: object } } } };
  '/api/v1/documents/{id}/retry': P<undefined, { job: Job }, { id: string }>;
  '/api/v1/documents/{id}/restore': P<undefined, Doc, { id: string }>;
  '/api/v1/documents:fetch': P<{ url: string }, { document: Doc; job: Job }>;
  '/api/v1/search': G<{ items: Hit[]; total: number; tookMs: number; index: { state: string; pending: number } }, Pg & { q: string; source?: string; repository?: string }>;
  '/api/v1/ask': P<{ question: string; limit?: number }, { answered: boolean; mode: 'quotations' | 'model'; message: string; quotations: Quot[]; sentences?: Sent[]; lookedAt: { documents: number; chunks: number; terms: string[] } }>;
}
interface Quot { n: number; documentId: string; title: string; headingPath: string[]; page: number | null; lineStart: number | null; lineEnd: number | null; start: number; end: number; quote: string; score: number; url: string }
interface Sent { text: string; supported: boolean; citations: { n: number; start: number; end: number; quote: string }[] }
