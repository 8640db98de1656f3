-- compatible
-- What is found in code or named by a person, and how it is judged. Never deleted: it is archived.
create table technologies (
  id uuid primary key,
  project_id uuid not null default current_setting('app.project_id')::uuid references projects(id),
  slug text not null check (slug <> ''),
  name text not null check (name <> ''),
  kind text not null,
  quadrant text not null,
  -- Null: unreviewed. Changed by a move only.
  ring text check (ring in ('adopt', 'trial', 'assess', 'hold')),
  description text not null default '',
  owner text,
  tags text[] not null default '{}',
  homepage text,
  links jsonb not null default '[]',
  -- The version, or the lowest of a range, that code should have reached.
  standard_version text,
  review_date date,
  -- Whether the catalogue knows it; a package nobody has heard of weighs less.
  catalogued boolean not null default false,
  -- The fields that a person has set, which no scan touches again.
  edited text[] not null default '{}',
  -- Counts the changes, for If-Match.
  version integer not null default 1,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (project_id, slug)
);
select enable_project_isolation('technologies');
revoke delete on technologies from commandcenter_app;
create index technologies_by_name on technologies (project_id, lower(name), id);

-- Every judgement: dated, signed, with its reason. Written once.
create table moves (
  id uuid primary key,
  project_id uuid not null default current_setting('app.project_id')::uuid references projects(id),
  technology_id uuid not null references technologies(id),
  from_ring text check (from_ring in ('adopt', 'trial', 'assess', 'hold')),
  to_ring text not null check (to_ring in ('adopt', 'trial', 'assess', 'hold')),
  reason text not null check (btrim(reason) <> ''),
  actor_kind text not null,
  actor_id text not null,
  actor_name text not null,
  decided_at timestamptz not null,
  -- [{documentId, start, end, quote}]
  citations jsonb not null default '[]'
);
select enable_project_isolation('moves');
create index moves_of_technology on moves (project_id, technology_id, decided_at desc, id desc);
create index moves_recent on moves (project_id, decided_at desc);

-- The application lacks the rights; the triggers hold for whoever has them.
revoke update, delete, truncate on moves from commandcenter_app;
create function refuse_change_of_history() returns trigger language plpgsql as $$
begin
  raise exception 'moves are written once: % is refused', lower(tg_op) using errcode = 'restrict_violation';
end $$;
create trigger moves_are_written_once before update or delete on moves
  for each row execute function refuse_change_of_history();
create trigger moves_are_never_truncated before truncate on moves
  for each statement execute function refuse_change_of_history();

create table radar_settings (
  project_id uuid primary key default current_setting('app.project_id')::uuid references projects(id),
  -- [{id, name, kinds}] in the order of the drawing, clockwise from the upper left.
  quadrants jsonb not null,
  version integer not null default 1,
  updated_at timestamptz not null default now()
);
select enable_project_isolation('radar_settings');
