-- Once, on a new volume: the product's own login, which owns its database and may make the two roles that it works
-- under, and databases in which backups are verified and restored. psql reads the password, so that no list of processes and no environment shows it.
\set password `cat /run/secrets/postgres_application_password`
CREATE ROLE commandcenter LOGIN CREATEDB CREATEROLE PASSWORD :'password';
CREATE DATABASE commandcenter OWNER commandcenter;
REVOKE CONNECT ON DATABASE commandcenter FROM PUBLIC;
