-- compatible
-- What was answered to a request that carried an Idempotency-Key, so that its repetition changes nothing.
create table idempotency_keys (
  project_id uuid not null default current_setting('app.project_id')::uuid references projects(id),
  actor_id text not null,
  key text not null,
  -- SHA-256 of method, path and body: the same key for another request is a mistake.
  fingerprint text not null,
  -- Null while the first request is under way.
  status integer,
  content_type text,
  body text,
  started_at timestamptz not null default now(),
  primary key (project_id, actor_id, key)
);
select enable_project_isolation('idempotency_keys');
create index idempotency_keys_age on idempotency_keys (started_at);
