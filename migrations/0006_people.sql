-- breaking
-- People: users, sessions, tokens, invitations, members. What belongs to the installation and to no single
-- project is reached under a role of its own; the role of the features gets no right on it.
-- Roles belong to the whole PostgreSQL cluster: another database of it may have made them, or is making them.
do $$ begin
  create role commandcenter_identity nologin;
exception when duplicate_object or unique_violation then null;
end $$;
-- A login user that is no superuser may take on only roles that it is a member of.
do $$
declare member_role text;
begin
  foreach member_role in array array['commandcenter_app', 'commandcenter_identity'] loop
    begin
      execute format('grant %I to current_user', member_role);
    exception
      when unique_violation or internal_error then null; -- Another database of the cluster grants it right now.
      when insufficient_privilege then
        if not pg_has_role(current_user, member_role, 'member') then raise; end if;
    end;
  end loop;
end $$;
grant usage on schema public to commandcenter_identity;

create table users (
  id uuid primary key,
  email text unique check (email = lower(email)),
  name text not null,
  admin boolean not null default false,
  password_hash text,
  -- Encrypted. The pending one counts when a first code has been given.
  totp_secret text,
  totp_pending text,
  -- The time step of the last code that was taken: none is taken twice.
  totp_last_step bigint,
  created_at timestamptz not null default now(),
  last_signed_in_at timestamptz,
  disabled_at timestamptz
);

create table user_links (
  issuer text not null,
  subject text not null,
  user_id uuid not null references users(id),
  created_at timestamptz not null default now(),
  primary key (issuer, subject)
);
create index user_links_user on user_links (user_id);

create table recovery_codes (
  user_id uuid not null references users(id),
  code_hash bytea not null,
  primary key (user_id, code_hash)
);

create table login_codes (
  code_hash bytea primary key,
  user_id uuid not null references users(id),
  expires_at timestamptz not null
);

create table members (
  user_id uuid not null references users(id),
  project_id uuid not null references projects(id),
  role text not null check (role in ('owner', 'editor', 'viewer')),
  -- Who gave the role: a person, or the groups that the sign-in provider tells.
  source text not null default 'person' check (source in ('person', 'groups')),
  added_at timestamptz not null default now(),
  primary key (user_id, project_id)
);
create index members_project on members (project_id);

create table invitations (
  id uuid primary key,
  project_id uuid not null references projects(id),
  email text not null check (email = lower(email)),
  role text not null check (role in ('owner', 'editor', 'viewer')),
  code_hash bytea not null unique,
  invited_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  unique (project_id, email)
);

create table api_tokens (
  id uuid primary key,
  token_hash bytea not null unique,
  -- What people recognise it by; null for the token in DATA_DIR/owner-token.
  prefix text,
  name text not null,
  scope text not null check (scope in ('read', 'write', 'admin')),
  user_id uuid not null references users(id),
  -- Null: every project of its user, which only the token of the local command line may.
  project_id uuid references projects(id),
  local boolean not null default false,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  check (local = (project_id is null))
);
create index api_tokens_project on api_tokens (project_id, id);
create index api_tokens_user on api_tokens (user_id);

-- A data directory of the version before has one person, who stays signed in.
create temporary table earlier_sessions on commit drop as select token_hash, created_at, expires_at from sessions;
drop table sessions;
create table sessions (
  id uuid primary key,
  token_hash bytea not null unique,
  user_id uuid not null references users(id),
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  expires_at timestamptz not null,
  address text,
  user_agent text
);
create index sessions_user on sessions (user_id);
create index sessions_expiry on sessions (expires_at);
insert into users (id, name, admin) select gen_random_uuid(), 'Owner', true where exists (select from projects);
insert into members (user_id, project_id, role) select users.id, projects.id, 'owner' from users, projects;
insert into sessions (id, token_hash, user_id, created_at, expires_at)
  select gen_random_uuid(), token_hash, users.id, earlier_sessions.created_at, expires_at from earlier_sessions, users;

do $$
declare identity_table text;
begin
  foreach identity_table in array
    array['users', 'user_links', 'recovery_codes', 'login_codes', 'members', 'invitations', 'api_tokens', 'sessions'] loop
    execute format('alter table %I enable row level security', identity_table);
    execute format('create policy identity_all on %I to commandcenter_identity using (true) with check (true)', identity_table);
    execute format('grant select, insert, update, delete on %I to commandcenter_identity', identity_table);
  end loop;
end $$;

-- The features see the members of the project they work in, and nothing else of people.
create policy project_read on members for select to commandcenter_app
  using (project_id = current_setting('app.project_id')::uuid);
grant select on members to commandcenter_app;

-- Policies without a role would ask the other role for a project that it doesn't have.
alter policy project_read on projects to commandcenter_app;
create policy identity_all on projects to commandcenter_identity using (true) with check (true);
grant select, insert, update on projects to commandcenter_identity;

-- What people do outside of a project is kept too. Either role may add to the log, none may change it.
alter table activity alter column project_id drop not null;
alter table activity add column actor_address text;
alter policy project_read on activity to commandcenter_app;
alter policy project_insert on activity to commandcenter_app;
create policy identity_read on activity for select to commandcenter_identity using (true);
create policy identity_insert on activity for insert to commandcenter_identity with check (true);
grant select, insert on activity to commandcenter_identity;
create index activity_installation on activity (at desc, id desc) where project_id is null;
