-- compatible
create table scans (
  id uuid primary key,
  project_id uuid not null default current_setting('app.project_id')::uuid references projects(id),
  repository_id uuid not null references repositories(id),
  commit text not null,
  committed_at timestamptz,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  files integer not null,
  counts jsonb not null,
  problems jsonb not null
);
select enable_project_isolation('scans');
create index scans_repository on scans (project_id, repository_id, id desc);

create table detections (
  id uuid primary key,
  project_id uuid not null default current_setting('app.project_id')::uuid references projects(id),
  repository_id uuid not null references repositories(id),
  scan_id uuid not null references scans(id),
  -- What a person's verdict is about: package and component, whatever version or scope.
  subject_key text not null,
  technology_slug text not null,
  technology_name text not null,
  kind text not null,
  ecosystem text not null,
  package_name text not null,
  component text not null,
  scope text not null check (scope in ('runtime', 'development')),
  version_declared text,
  version_locked text,
  confidence real not null check (confidence between 0 and 1),
  rule text not null,
  evidence jsonb not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  -- Set when a later scan no longer finds it; the row stays.
  gone_at timestamptz,
  unique (repository_id, subject_key, scope)
);
select enable_project_isolation('detections');
create index detections_technology on detections (project_id, technology_slug) where gone_at is null;
create index detections_scan on detections (project_id, id desc);

create table detection_verdicts (
  id uuid primary key,
  project_id uuid not null default current_setting('app.project_id')::uuid references projects(id),
  repository_id uuid not null references repositories(id),
  subject_key text not null,
  verdict text not null check (verdict in ('wrong', 'right')),
  reason text,
  actor_name text not null,
  created_at timestamptz not null,
  unique (repository_id, subject_key)
);
select enable_project_isolation('detection_verdicts');

-- Packages that only other packages ask for: counted and listed, never detections of their own.
create table transitive_dependencies (
  id uuid primary key,
  project_id uuid not null default current_setting('app.project_id')::uuid references projects(id),
  repository_id uuid not null references repositories(id),
  ecosystem text not null,
  name text not null,
  version text not null,
  component text not null,
  path text not null,
  line integer not null
);
select enable_project_isolation('transitive_dependencies');
create index transitive_dependencies_repository on transitive_dependencies (project_id, repository_id, id);

create table ignored_paths (
  id uuid primary key,
  project_id uuid not null default current_setting('app.project_id')::uuid references projects(id),
  -- Null: in every repository.
  repository_id uuid references repositories(id),
  pattern text not null,
  actor_name text not null,
  created_at timestamptz not null
);
select enable_project_isolation('ignored_paths');

create table technology_pins (
  id uuid primary key,
  project_id uuid not null default current_setting('app.project_id')::uuid references projects(id),
  ecosystem text not null,
  package_name text not null,
  technology_slug text not null,
  technology_name text not null,
  actor_name text not null,
  created_at timestamptz not null,
  unique (project_id, ecosystem, package_name)
);
select enable_project_isolation('technology_pins');

create table technology_history (
  id uuid primary key,
  project_id uuid not null default current_setting('app.project_id')::uuid references projects(id),
  repository_id uuid not null references repositories(id),
  technology_slug text not null,
  ecosystem text not null,
  package_name text not null,
  path text not null,
  change text not null check (change in ('entered', 'version', 'left')),
  version_before text,
  version_after text,
  commit text not null,
  committed_at timestamptz not null,
  author text not null
);
select enable_project_isolation('technology_history');
create index technology_history_technology on technology_history (project_id, technology_slug, committed_at);
create index technology_history_repository on technology_history (project_id, repository_id);

-- How far the history of a repository has been walked.
create table history_walks (
  repository_id uuid primary key references repositories(id),
  project_id uuid not null default current_setting('app.project_id')::uuid references projects(id),
  commit text not null,
  commits integer not null,
  walked_at timestamptz not null
);
select enable_project_isolation('history_walks');
