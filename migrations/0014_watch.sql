-- compatible
-- What the product knows of itself where nothing else watches it. It belongs to no project and to the platform alone, so
-- no role gets a grant. Everything here is bounded: whoever judges also removes what is old.
create table processes (
  id uuid primary key,
  role text not null,
  host text not null,
  process_id integer not null,
  version text not null,
  release text,
  started_at timestamptz not null,
  seen_at timestamptz not null default now(),
  figures jsonb not null,
  components jsonb not null
);
-- Of all processes together, for the objectives over 30 days.
create table request_minutes (
  minute timestamptz primary key,
  requests integer not null,
  failed integer not null,
  slow integer not null
);
-- By route and ten seconds, for the last hour. Buckets as those of http_request_duration_seconds.
create table route_figures (
  at timestamptz not null,
  method text not null,
  route text not null,
  requests integer not null,
  failed integer not null,
  buckets integer[] not null,
  primary key (at, method, route)
);
create table noted_requests (
  id uuid primary key,
  at timestamptz not null,
  why text not null,
  method text not null,
  route text not null,
  status integer not null,
  duration_ms double precision not null,
  request_id text not null,
  trace_id text,
  parts jsonb not null
);
create table incidents (
  id uuid primary key,
  rule text not null,
  subject text not null,
  severity text not null,
  summary text not null,
  runbook text not null,
  began_at timestamptz not null,
  -- From then on it is an alert; what ends before was none.
  told_at timestamptz not null,
  ended_at timestamptz
);
create unique index incidents_open on incidents (rule, subject) where ended_at is null;
create index incidents_recent on incidents (began_at);
create table releases (
  id uuid primary key,
  version text not null,
  release text,
  started_at timestamptz not null
);
-- Whose turn it is to do what one process does for all.
create table watch_turns (
  name text primary key,
  taken_at timestamptz not null
);
