-- compatible
-- What the overview counts is counted in indexes that hold nothing else: an index without further columns keeps equal
-- entries once, and has a fraction of the pages.
create index technologies_unreviewed on technologies (project_id) where archived_at is null and ring is null and used;
drop index technologies_standard;
create index technologies_standard on technologies (project_id, slug) include (standard_version, kind, catalogued)
  where archived_at is null and standard_version is not null;
drop index documents_figures;
create index documents_figures on documents (project_id, state);
