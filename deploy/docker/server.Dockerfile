# The image of every command: serve, worker, migrate, start. Built from the root of the repository:
#   docker build -f deploy/docker/server.Dockerfile -t commandcenter .
# Node, git and ssh with the libraries that they need and nothing else: no shell, no package manager.

# Named here and nowhere else, in words that Dependabot reads.
FROM node:24-bookworm-slim AS base

# --- Node, git, ssh -----------------------------------------------------------------------------------------------
FROM base AS system
ARG SOURCE_DATE_EPOCH=0
RUN --mount=type=cache,id=commandcenter-apt,target=/var/cache/apt,sharing=locked \
    --mount=type=cache,id=commandcenter-apt-lists,target=/var/lib/apt/lists,sharing=locked \
    rm -f /etc/apt/apt.conf.d/docker-clean \
 && apt-get update -q \
 && apt-get install -q -y --no-install-recommends ca-certificates git openssh-client binutils
COPY deploy/docker/pick-root.sh /build/
RUN strip -o /usr/local/bin/node.stripped /usr/local/bin/node && mv /usr/local/bin/node.stripped /usr/local/bin/node \
 && /build/pick-root.sh /root-of-image /usr/local/bin/node /usr/bin/git /usr/lib/git-core/git-remote-http /usr/bin/ssh \
      # Asked for by the retrieval index alone, which the packages bring.
      "$(dpkg -L libc6 | grep '/librt.so.1$')" \
 && cd /root-of-image \
 && ln -s git usr/bin/git-upload-pack && ln -s git-remote-http usr/lib/git-core/git-remote-https \
 && mkdir -p usr/share/git-core/templates etc/ssl/certs etc/ssh var/lib/commandcenter/rag_storage opt \
 # Those of the package alone: what a build machine trusts beside them stays there.
 && cat /usr/share/ca-certificates/mozilla/*.crt >etc/ssl/certs/ca-certificates.crt \
 && echo 'root:x:0:0:root:/:/sbin/nologin' >etc/passwd && echo 'root:x:0:' >etc/group \
 && echo 'commandcenter:x:10001:10001:CommandCenter:/var/lib/commandcenter:/sbin/nologin' >>etc/passwd \
 && echo 'commandcenter:x:10001:' >>etc/group \
 && echo 'hosts: files dns' >etc/nsswitch.conf \
 && mkdir -m 1777 tmp && chown -R 10001:10001 var/lib/commandcenter && chmod 700 var/lib/commandcenter
COPY deploy/docker/commandcenter.cjs /root-of-image/usr/local/bin/commandcenter
COPY deploy/docker/healthcheck.cjs /root-of-image/usr/local/bin/healthcheck
COPY deploy/docker/run-for-git.cjs /root-of-image/usr/bin/sh
RUN find /root-of-image -print0 | xargs -0 touch --no-dereference --date="@${SOURCE_DATE_EPOCH}"

# --- what npm installs --------------------------------------------------------------------------------------------
FROM base AS packages
WORKDIR /opt/commandcenter
COPY package.json package-lock.json .npmrc ./
# Not `npm ci`, for the reason in the Makefile. The Node that npm brings for checkouts is not wanted beside the image's.
RUN --mount=type=cache,id=commandcenter-npm,target=/root/.npm,sharing=locked \
    npm install --no-save --no-audit --no-fund --loglevel=error \
 && rm -rf node_modules/node-linux-* node_modules/.bin/node

# --- of these, what the built server needs ------------------------------------------------------------------------
FROM system AS modules
COPY scripts/external-packages.ts scripts/pack-packages.ts /build/
RUN --mount=type=bind,from=packages,source=/opt/commandcenter/node_modules,target=/build/node_modules \
    cd /build && node pack-packages.ts node_modules /packed/node_modules \
 && find /packed -name '*.node' -exec strip --strip-unneeded {} + \
 && for library in $(find /packed -name '*.node' -exec ldd {} + | grep -o '/lib[^ ]*'); do \
      [ -e "/root-of-image$library" ] || { echo "The image lacks $library." >&2; exit 1; }; done \
 && chmod -R u=rwX,go=rX /packed \
 && find /packed -print0 | xargs -0 touch --no-dereference --date="@${SOURCE_DATE_EPOCH}"

# --- the web page, which `start` serves itself --------------------------------------------------------------------
FROM packages AS web
COPY scripts/build.ts scripts/compress-web.ts scripts/external-packages.ts scripts/
COPY src/web src/web
RUN node scripts/build.ts web

# --- the server ---------------------------------------------------------------------------------------------------
FROM packages AS server
COPY bin bin
COPY scripts/build.ts scripts/external-packages.ts scripts/
COPY migrations migrations
COPY src/app src/app
COPY src/cli src/cli
COPY src/features src/features
COPY src/platform src/platform
COPY src/server src/server
# Node keeps what it has compiled by the user that reads it, and the build runs as another.
RUN --mount=type=cache,id=commandcenter-template,target=/opt/commandcenter/dist/postgres-template,sharing=locked \
    node scripts/build.ts server \
 && for compiled in dist/compiled/*-0; do mv "$compiled" "${compiled%-0}-10001"; done

FROM packages AS files
ARG SOURCE_DATE_EPOCH=0
COPY deploy /application/deploy
COPY migrations /application/migrations
COPY package.json LICENSE THIRD_PARTY.md /application/
COPY src/features/repositories/sample /application/src/features/repositories/sample
COPY --from=server /opt/commandcenter/dist/server /application/dist/server
COPY --from=server /opt/commandcenter/dist/compiled /application/dist/compiled
COPY --from=web /opt/commandcenter/dist/web /application/dist/web
RUN rm -rf /application/deploy/docker && chmod -R u=rwX,go=rX /application \
 && find /application -print0 | xargs -0 touch --no-dereference --date="@${SOURCE_DATE_EPOCH}"

# --- for docker-compose.dev.yml: the source is mounted into it ---------------------------------------------------
FROM system AS development
WORKDIR /opt/commandcenter
COPY --from=packages /opt/commandcenter/node_modules node_modules
COPY deploy/docker/healthcheck.cjs /usr/local/bin/healthcheck
RUN echo 'commandcenter:x:10001:10001:CommandCenter:/var/lib/commandcenter:/sbin/nologin' >>/etc/passwd \
 && install -d -o 10001 -g 10001 /var/lib/commandcenter /var/lib/commandcenter/rag_storage node_modules/.vite
ENV HOST=0.0.0.0 PORT=3000 DATA_DIR=/var/lib/commandcenter HOME=/var/lib/commandcenter
USER 10001:10001
ENTRYPOINT ["node"]

# --- the image ----------------------------------------------------------------------------------------------------
FROM scratch
COPY --from=system /root-of-image/ /
COPY --from=modules /packed/node_modules/ /opt/commandcenter/node_modules/
COPY --from=files /application/ /opt/commandcenter/
ENV PATH=/usr/local/bin:/usr/bin \
    HOME=/var/lib/commandcenter \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/var/lib/commandcenter \
    # As bin/commandcenter has it: memory of ended threads goes back, and what the build has compiled is used.
    MALLOC_ARENA_MAX=1 \
    MALLOC_TRIM_THRESHOLD_=131072 \
    NODE_COMPILE_CACHE=/opt/commandcenter/dist/compiled \
    NODE_COMPILE_CACHE_PORTABLE=1 \
    # A server for many pays for speed with memory; a worker does better with 1.
    NODE_OPTIONS="--max-semi-space-size=16 --disable-warning=ExperimentalWarning"
WORKDIR /var/lib/commandcenter
USER 10001:10001
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["healthcheck"]
ENTRYPOINT ["commandcenter"]
CMD ["serve"]
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="CommandCenter" \
      org.opencontainers.image.description="Code evidence, technology radar, drift and cited answers in one loop." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
