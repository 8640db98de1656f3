# PostgreSQL with what keeps its archive: pgBackRest, and the programs of deploy/backup. Used with
# docker-compose.backup.yml. BuildKit is needed. From the root of the repository:
#   docker build -f deploy/docker/postgres.Dockerfile -t commandcenter-postgres .
# The base is named by its major version; PostgreSQL refuses data of another one.

FROM postgres:17
ARG VERSION=development
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="CommandCenter PostgreSQL" \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$REVISION \
      org.opencontainers.image.created=$CREATED
# From where the base takes PostgreSQL: its own sources know a pgBackRest that goes with it.
RUN apt-get update -q \
 && apt-get install -q -y --no-install-recommends pgbackrest \
 && rm -rf /var/lib/apt/lists/* /var/log/pgbackrest /etc/pgbackrest.conf \
 && install -d -m 0700 -o 999 -g 999 /var/lib/pgbackrest /var/lib/wal-stream \
 && install -d -m 3775 -o 999 -g 999 /run/commandcenter-postgres
COPY --chmod=0444 deploy/backup/pgbackrest.conf /etc/pgbackrest/pgbackrest.conf
COPY --chmod=0555 deploy/backup/sealed-pgbackrest deploy/backup/fetch-wal deploy/backup/stream-wal \
     deploy/backup/keep-archive /usr/local/bin/
