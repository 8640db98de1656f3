-- compatible
-- Which request a job goes back to, and the W3C traceparent under which its run is told.
alter table jobs add column request_id text;
alter table jobs add column traceparent text;
-- What waits, runs or has failed is counted every few seconds, among a month of jobs that have ended.
create index jobs_unsettled on jobs (kind, state, created_at) where state in ('queued', 'running', 'failed');
