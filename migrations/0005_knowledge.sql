-- compatible
-- What people ask about: every document, whole, as plain text, and the chunks it falls into.
create table documents (
  id uuid primary key,
  project_id uuid not null default current_setting('app.project_id')::uuid references projects(id),
  source text not null check (source in ('repository', 'upload', 'url', 'api')),
  repository_id uuid references repositories(id),
  -- What its source calls it: a path in the repository, a file name, a URL, the caller's own id.
  external_id text not null,
  path text,
  uri text,
  title text not null,
  media_type text not null,
  -- The stored text; every offset counts UTF-16 code units of it.
  text text not null default '',
  -- Of what the source holds, so that unchanged content is left alone.
  content_hash text not null,
  bytes bigint not null default 0,
  state text not null check (state in ('pending', 'ready', 'failed', 'gone')),
  problem jsonb,
  headings jsonb not null default '[]',
  pages jsonb not null default '[]',
  chunk_count integer not null default 0,
  -- The commit of the repository at which the content was read.
  commit text,
  -- The uploaded file, kept so that parsing can be tried again.
  file_key text,
  index_state text not null default 'dirty' check (index_state in ('dirty', 'indexed')),
  gone_at timestamptz,
  -- A removed document stays gone though its source still has it.
  gone_reason text check (gone_reason in ('left-source', 'removed')),
  -- A person restored it though its source no longer has it.
  kept boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint documents_identity unique nulls not distinct (project_id, source, repository_id, external_id)
);
select enable_project_isolation('documents');
create index documents_dirty on documents (project_id, id) where index_state = 'dirty';
create index documents_unparsed on documents (project_id, id) where state = 'pending';
create index documents_repository on documents (project_id, repository_id) where repository_id is not null;

create table chunks (
  id uuid primary key,
  project_id uuid not null default current_setting('app.project_id')::uuid references projects(id),
  document_id uuid not null references documents(id),
  ordinal integer not null,
  start_offset integer not null,
  end_offset integer not null check (end_offset > start_offset),
  heading_path text[] not null default '{}',
  page integer,
  line_start integer not null,
  line_end integer not null,
  unique (document_id, ordinal)
);
select enable_project_isolation('chunks');
