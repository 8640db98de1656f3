-- compatible
-- As a function in SQL it was parsed and planned anew for every row that is written, because it can't be inlined:
-- array_to_string is only stable. This one's plan is kept by each connection.
create or replace function technology_words(name text, slug text, tags text[]) returns text
language plpgsql immutable parallel safe as $$
begin
  return name || E'\n' || slug || E'\n' || array_to_string(tags, E'\n');
end $$;
