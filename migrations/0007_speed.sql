-- compatible
-- What the most asked questions need, kept ready. How code uses each technology is derived from the detections
-- by triggers, in the transaction that changes them: a list of technologies then reads one row each instead of
-- every detection, and no writer, not even one of the version before, can forget to bring it up to date.

-- Versions in their natural order, so that 18.10 comes after 18.9: what stands before the first letter or
-- digit is left out, and every number is written with ten digits.
create function version_order(version text) returns text language sql immutable parallel safe as $$
  select regexp_replace(regexp_replace(regexp_replace(version, '^[^[:alnum:]]+', ''), '\d+', '0000000000\&', 'g'),
    '\d*(\d{10})', '\1', 'g')
$$;

create function read_settings_once(condition text) returns text language sql immutable as $$
  select regexp_replace(regexp_replace(condition, '\(current_setting\(''app.project_id''::text\)\)::uuid',
    '(select current_setting(''app.project_id'')::uuid)', 'g'), '(?<!select )current_setting\(''app.role''::text\)',
    '(select current_setting(''app.role''))', 'g')
$$;
-- A policy's settings stood to be read again for every row; in a query of their own they are read once a statement.
do $$
declare found record;
begin
  for found in select tablename, policyname, qual, with_check from pg_policies
    where schemaname = current_schema() and coalesce(qual, with_check) like '%current_setting(%' loop
    execute format('alter policy %I on %I', found.policyname, found.tablename)
      || coalesce(' using (' || read_settings_once(found.qual) || ')', '')
      || coalesce(' with check (' || read_settings_once(found.with_check) || ')', '');
  end loop;
end $$;
drop function read_settings_once(text);
create or replace function enable_project_isolation(target regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('create policy project_read on %s for select using (project_id = (select current_setting(''app.project_id'')::uuid))', target);
  execute format('create policy project_insert on %s for insert with check (project_id = (select current_setting(''app.project_id'')::uuid) and (select current_setting(''app.role'')) <> ''viewer'')', target);
  execute format('create policy project_update on %s for update using (project_id = (select current_setting(''app.project_id'')::uuid) and (select current_setting(''app.role'')) <> ''viewer'') with check (project_id = (select current_setting(''app.project_id'')::uuid))', target);
  execute format('create policy project_delete on %s for delete using (project_id = (select current_setting(''app.project_id'')::uuid) and (select current_setting(''app.role'')) <> ''viewer'')', target);
  execute format('grant select, insert, update, delete on %s to commandcenter_app', target);
end $$;

create table technology_usage (
  project_id uuid not null references projects(id),
  technology_slug text not null,
  -- As the surest detection says.
  name text not null,
  kind text not null,
  repositories integer not null,
  detections integer not null,
  -- At most ten, the newest first.
  versions text[] not null,
  -- Different ones of [ecosystem, declared, locked], for the comparison with a standard.
  compared jsonb not null,
  confidence real not null,
  runtime boolean not null,
  primary key (project_id, technology_slug)
);
alter table technology_usage enable row level security;
create policy project_read on technology_usage for select to commandcenter_app
  using (project_id = (select current_setting('app.project_id')::uuid));
grant select on technology_usage to commandcenter_app;

-- One transaction at a time changes what usage is derived from, or the second would not count the first one's
-- rows. It is taken before any row is locked, so that two never wait for each other.
create function lock_technology_usage() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('technology_usage ' || coalesce(current_setting('app.project_id', true), ''), 0));
  return null;
end $$;
create trigger usage_lock before insert or update or delete on detections
  for each statement execute function lock_technology_usage();
create trigger usage_lock before insert or update or delete on detection_verdicts
  for each statement execute function lock_technology_usage();
create trigger usage_lock before update of archived_at on repositories
  for each statement execute function lock_technology_usage();

-- Counts anew: present detections in tracked repositories, without those that a person marked as wrong.
create function refresh_technology_usage(project uuid, slugs text[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  with uses as (
    select d.technology_slug, d.technology_name, d.kind, d.repository_id, d.ecosystem, d.version_declared,
      d.version_locked, coalesce(d.version_locked, d.version_declared) as version, d.confidence, d.scope
    from detections d
    join repositories r on r.id = d.repository_id and r.archived_at is null
    left join detection_verdicts v on v.repository_id = d.repository_id and v.subject_key = d.subject_key
    where d.project_id = project and d.technology_slug = any(slugs) and d.gone_at is null
      and v.verdict is distinct from 'wrong'
  ), totals as (
    select technology_slug,
      (array_agg(technology_name order by confidence desc, technology_name))[1] as name,
      (array_agg(kind order by confidence desc, kind))[1] as kind,
      count(distinct repository_id)::int as repositories,
      count(*)::int as detections,
      jsonb_agg(distinct jsonb_build_array(ecosystem, version_declared, version_locked)) as compared,
      array_agg(distinct version) filter (where version is not null) as versions,
      max(confidence) as confidence,
      bool_or(scope = 'runtime') as runtime
    from uses group by technology_slug
  ), gone as (
    delete from technology_usage
    where project_id = project and technology_slug = any(slugs)
      and technology_slug not in (select technology_slug from totals)
  )
  insert into technology_usage as kept
    (project_id, technology_slug, name, kind, repositories, detections, versions, compared, confidence, runtime)
  select project, technology_slug, name, kind, repositories, detections,
    array(select v from unnest(versions) v order by version_order(v) collate "C" desc, v collate "C" desc limit 10),
    compared, confidence, runtime
  from totals
  on conflict (project_id, technology_slug) do update set name = excluded.name, kind = excluded.kind,
    repositories = excluded.repositories, detections = excluded.detections, versions = excluded.versions,
    compared = excluded.compared, confidence = excluded.confidence, runtime = excluded.runtime
  where (kept.name, kept.kind, kept.repositories, kept.detections, kept.versions, kept.compared, kept.confidence, kept.runtime)
    is distinct from (excluded.name, excluded.kind, excluded.repositories, excluded.detections, excluded.versions,
      excluded.compared, excluded.confidence, excluded.runtime);
end $$;

-- A rescan that finds what was there touches every row and changes nothing that counts.
create function follow_detections() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare touched record;
begin
  if tg_op = 'INSERT' then
    for touched in select project_id, array_agg(distinct technology_slug) as slugs from after_rows group by project_id loop
      perform refresh_technology_usage(touched.project_id, touched.slugs);
    end loop;
  elsif tg_op = 'DELETE' then
    for touched in select project_id, array_agg(distinct technology_slug) as slugs from before_rows group by project_id loop
      perform refresh_technology_usage(touched.project_id, touched.slugs);
    end loop;
  else
    for touched in
      select project_id, array_agg(distinct slug) as slugs from (
        select a.project_id, unnest(array[a.technology_slug, b.technology_slug]) as slug
        from after_rows a join before_rows b on b.id = a.id
        where (a.technology_slug, a.technology_name, a.kind, a.ecosystem, a.version_declared, a.version_locked,
            a.confidence, a.scope, a.gone_at is null, a.subject_key)
          is distinct from (b.technology_slug, b.technology_name, b.kind, b.ecosystem, b.version_declared, b.version_locked,
            b.confidence, b.scope, b.gone_at is null, b.subject_key)
      ) changed group by project_id loop
      perform refresh_technology_usage(touched.project_id, touched.slugs);
    end loop;
  end if;
  return null;
end $$;
create trigger usage_follows_insert after insert on detections referencing new table as after_rows
  for each statement execute function follow_detections();
create trigger usage_follows_update after update on detections referencing old table as before_rows new table as after_rows
  for each statement execute function follow_detections();
create trigger usage_follows_delete after delete on detections referencing old table as before_rows
  for each statement execute function follow_detections();

create function follow_verdict() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare verdict detection_verdicts := case tg_op when 'DELETE' then old else new end;
begin
  perform refresh_technology_usage(verdict.project_id, (select array_agg(distinct technology_slug) from detections
    where repository_id = verdict.repository_id and subject_key = verdict.subject_key));
  return null;
end $$;
create trigger usage_follows after insert or update or delete on detection_verdicts
  for each row execute function follow_verdict();

create function follow_repository() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform refresh_technology_usage(new.project_id,
    (select array_agg(distinct technology_slug) from detections where repository_id = new.id));
  return null;
end $$;
create trigger usage_follows after update of archived_at on repositories
  for each row when ((old.archived_at is null) <> (new.archived_at is null)) execute function follow_repository();

-- Whether code uses it, beside the other things that a list is filtered and counted by.
alter table technologies add column used boolean not null default false;
create function note_used() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  new.used := exists (select from technology_usage where project_id = new.project_id and technology_slug = new.slug);
  return new;
end $$;
create trigger technologies_note_used before insert on technologies
  for each row execute function note_used();
-- Not while usage is being counted: what is found then would be missed.
create function wait_for_technology_usage() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('technology_usage ' || coalesce(current_setting('app.project_id', true), ''), 0));
  return null;
end $$;
create trigger usage_wait before insert on technologies
  for each statement execute function wait_for_technology_usage();

create function follow_usage() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare touched record;
begin
  for touched in select project_id, array_agg(technology_slug) as slugs from changed_rows group by project_id loop
    update technologies set used = (tg_op = 'INSERT')
    where project_id = touched.project_id and slug = any(touched.slugs) and used <> (tg_op = 'INSERT');
  end loop;
  return null;
end $$;
create trigger used_follows_insert after insert on technology_usage referencing new table as changed_rows
  for each statement execute function follow_usage();
create trigger used_follows_delete after delete on technology_usage referencing old table as changed_rows
  for each statement execute function follow_usage();

do $$
declare found record;
begin
  for found in select project_id, array_agg(distinct technology_slug) as slugs from detections group by project_id loop
    perform refresh_technology_usage(found.project_id, found.slugs);
  end loop;
end $$;

-- A page of the list is found, and figures and filters are counted, in an index alone.
drop index technologies_by_name;
create index technologies_list on technologies (project_id, lower(name), id) include (name, ring, kind, quadrant, used)
  where archived_at is null;
create index technologies_figures on technologies (project_id, ring, kind, used) include (quadrant) where archived_at is null;
create index technologies_review on technologies (project_id, review_date) where archived_at is null and review_date is not null;
create index technologies_standard on technologies (project_id, slug) where archived_at is null and standard_version is not null;
create index documents_figures on documents (project_id, state) include (chunk_count);
create index jobs_unfinished on jobs (project_id, id desc) where state in ('queued', 'running');

-- Part of a name, slug or tag. Row-level security keeps such a condition from using an index, because its
-- operator might tell of rows that it must not see; so candidates are found here, in the project of the
-- transaction only, and the query that uses them reads them under its policies.
create function technology_words(name text, slug text, tags text[]) returns text language sql immutable parallel safe as $$
  select name || E'\n' || slug || E'\n' || array_to_string(tags, E'\n')
$$;
create function find_technologies(pattern text) returns setof uuid
language plpgsql stable security definer set search_path = public, pg_temp rows 100 as $$
begin
  return query select id from technologies
    where project_id = current_setting('app.project_id')::uuid and technology_words(name, slug, tags) ilike pattern;
end $$;
-- The extension is trusted, but a login may lack the right, and the embedded database the extension: then the
-- same is found by reading every row.
do $$ begin
  create extension if not exists pg_trgm;
  create index technologies_words on technologies using gin (technology_words(name, slug, tags) gin_trgm_ops);
exception when others then
  raise notice 'technologies are searched without a trigram index: %', sqlerrm;
end $$;

-- A change that was checked against the settings as someone has read them holds only while they are those.
create function require_radar_settings(expected integer) returns void language plpgsql stable as $$
begin
  if coalesce((select version from radar_settings), 0) <> expected then
    raise exception 'the settings of the radar have changed' using errcode = 'serialization_failure';
  end if;
end $$;
