-- compatible
-- Every query of the product runs as this role: it owns no table and can't bypass row-level security.
do $$ begin
  if not exists (select from pg_roles where rolname = 'commandcenter_app') then
    create role commandcenter_app nologin;
  end if;
end $$;
grant usage on schema public to commandcenter_app;

create table projects (
  id uuid primary key,
  slug text not null unique,
  name text not null,
  created_at timestamptz not null default now()
);
grant select on projects to commandcenter_app;
alter table projects enable row level security;
create policy project_read on projects for select using (id = current_setting('app.project_id')::uuid);

-- Every table that holds a project's rows calls this once. Readers see only their project;
-- a viewer can't write, whatever the code above forgets.
create function enable_project_isolation(target regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('create policy project_read on %s for select using (project_id = current_setting(''app.project_id'')::uuid)', target);
  execute format('create policy project_insert on %s for insert with check (project_id = current_setting(''app.project_id'')::uuid and current_setting(''app.role'') <> ''viewer'')', target);
  execute format('create policy project_update on %s for update using (project_id = current_setting(''app.project_id'')::uuid and current_setting(''app.role'') <> ''viewer'') with check (project_id = current_setting(''app.project_id'')::uuid)', target);
  execute format('create policy project_delete on %s for delete using (project_id = current_setting(''app.project_id'')::uuid and current_setting(''app.role'') <> ''viewer'')', target);
  execute format('grant select, insert, update, delete on %s to commandcenter_app', target);
end $$;

create table sessions (
  token_hash bytea primary key,
  project_id uuid not null default current_setting('app.project_id')::uuid references projects(id),
  actor_id text not null,
  actor_name text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
select enable_project_isolation('sessions');

create table activity (
  id uuid primary key,
  project_id uuid not null default current_setting('app.project_id')::uuid references projects(id),
  at timestamptz not null default now(),
  actor_kind text not null,
  actor_id text not null,
  actor_name text not null,
  action text not null,
  subject_kind text not null,
  subject_id text not null,
  before jsonb,
  after jsonb
);
select enable_project_isolation('activity');
revoke update, delete on activity from commandcenter_app;
create index activity_at on activity (project_id, at desc);

create table jobs (
  id uuid primary key,
  project_id uuid not null default current_setting('app.project_id')::uuid references projects(id),
  kind text not null,
  root_id uuid not null,
  subject_kind text,
  subject_id text,
  singleton_key text,
  input jsonb not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  progress jsonb,
  result jsonb,
  problem jsonb,
  attempt integer not null default 0,
  cancel_requested boolean not null default false,
  heartbeat_at timestamptz,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
select enable_project_isolation('jobs');
create index jobs_root on jobs (project_id, root_id);
create index jobs_recent on jobs (project_id, id desc);
create index jobs_subject on jobs (project_id, subject_kind, subject_id, id desc);
create unique index jobs_singleton on jobs (project_id, kind, singleton_key) where state = 'queued';
