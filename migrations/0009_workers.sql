-- compatible
-- Which processes run jobs. They belong to no project and to the platform alone, so no role gets a grant.
create table workers (
  id uuid primary key,
  host text not null,
  process_id integer not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);
create index jobs_waiting on jobs (created_at) where state = 'queued';
create index jobs_failed on jobs (project_id, id desc) where state = 'failed';
