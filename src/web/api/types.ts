import type { paths } from './schema.d.ts';

/** Names for the parts of the generated API description that pages speak of. */
type Answer<Operation> = Operation extends { responses: infer Responses }
  ? Responses extends { 200: { content: { 'application/json': infer Body } } }
    ? Body
    : never
  : never;

type Get<Path extends keyof paths> = paths[Path] extends { get: infer Operation } ? Answer<Operation> : never;
type Post<Path extends keyof paths> = paths[Path] extends { post: infer Operation }
  ? Answer<Operation>
  : never;
type ItemOf<List> = List extends { items: (infer Item)[] } ? Item : never;

export type Session = Get<'/api/v1/session'>;
export type Role = Session['projects'][number]['role'];
export type Setup = Get<'/api/v1/setup'>;
export type Invitation = Get<'/api/v1/invitation'>;
export type Account = Get<'/api/v1/account'>;
export type TwoFactorSetup = Post<'/api/v1/account/two-factor'>;
export type OpenSession = ItemOf<Get<'/api/v1/sessions'>>;
export type Token = ItemOf<Get<'/api/v1/tokens'>>;
export type Member = ItemOf<Get<'/api/v1/members'>>;
export type OpenInvitation = ItemOf<Get<'/api/v1/invitations'>>;
export type User = ItemOf<Get<'/api/v1/users'>>;
export type Job = Get<'/api/v1/jobs/{id}'>;
export type Repository = ItemOf<Get<'/api/v1/repositories'>>;
export type RepositoryStatistics = Get<'/api/v1/repositories/{id}/statistics'>;
export type Detection = ItemOf<Get<'/api/v1/detections'>>;
export type Evidence = Detection['evidence'][number];
export type Technology = ItemOf<Get<'/api/v1/technologies'>>;
export type Radar = Get<'/api/v1/radar'>;
export type Blip = Radar['blips'][number];
export type Ring = NonNullable<Technology['ring']>;
export type HistoryEntry = ItemOf<Get<'/api/v1/technologies/{technology}/history'>>;
export type Drift = Get<'/api/v1/drift'>;
export type DriftItem = ItemOf<Drift>;
export type DocumentSummary = ItemOf<Get<'/api/v1/documents'>>;
export type DocumentDetail = Get<'/api/v1/documents/{id}'>;
export type SearchResults = Get<'/api/v1/search'>;
export type SearchHit = ItemOf<SearchResults>;
export type AskAnswer = Post<'/api/v1/ask'>;
export type Quotation = AskAnswer['quotations'][number];
export type Sentence = NonNullable<AskAnswer['sentences']>[number];
export type Backups = Get<'/api/v1/backups'>;
export type BackupSet = Backups['sets'][number];
export type Drills = Get<'/api/v1/drills'>;
export type Drill = Drills['items'][number];
export type DrillScenario = Drill['scenarios'][number];
export type Operations = Get<'/api/v1/operations'>;
export type RequestTimes = Get<'/api/v1/operations/requests'>;
export type TimelineEntry = ItemOf<Get<'/api/v1/operations/timeline'>>;
export type ActivityEntry = ItemOf<Get<'/api/v1/activity'>>;
