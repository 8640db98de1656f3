-- compatible
create table repositories (
  id uuid primary key,
  project_id uuid not null default current_setting('app.project_id')::uuid references projects(id),
  name text not null,
  -- The top folder of a local repository, or the URL without credentials.
  location text not null,
  -- Equal for two ways of writing the same location.
  location_key text not null,
  kind text not null check (kind in ('path', 'url')),
  access_token_encrypted text,
  default_branch text,
  head_commit text,
  head_committed_at timestamptz,
  shallow boolean not null default false,
  state text not null default 'new' check (state in ('new', 'ready', 'empty', 'unreachable')),
  problem jsonb,
  history_rewritten_at timestamptz,
  include_source boolean not null default false,
  sync_every_minutes integer not null check (sync_every_minutes between 1 and 10080),
  -- The commit that `repositories.synced` last told the rest of the product about.
  announced_commit text,
  last_synced_at timestamptz,
  -- The last try, whether it worked or not: the schedule goes by it.
  last_tried_at timestamptz,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
select enable_project_isolation('repositories');
create unique index repositories_location on repositories (project_id, location_key);
create index repositories_list on repositories (project_id, id desc);

create table repository_statistics (
  repository_id uuid primary key references repositories(id) on delete cascade,
  project_id uuid not null default current_setting('app.project_id')::uuid references projects(id),
  commit text not null,
  branches jsonb not null,
  languages jsonb not null,
  contributors jsonb not null,
  activity jsonb not null,
  commit_count integer not null,
  file_count integer not null,
  bytes bigint not null,
  computed_at timestamptz not null
);
select enable_project_isolation('repository_statistics');
