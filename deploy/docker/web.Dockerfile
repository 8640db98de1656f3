# The image of the web application and, with a configuration of its own mounted, of the edge. Built from the root:
#   docker build -f deploy/docker/web.Dockerfile -t commandcenter-web .

FROM node:24-bookworm-slim AS packages
WORKDIR /opt/commandcenter
COPY package.json package-lock.json .npmrc ./
# Word for word as in server.Dockerfile, so that both images share what was built.
RUN --mount=type=cache,id=commandcenter-npm,target=/root/.npm,sharing=locked \
    npm install --no-save --no-audit --no-fund --loglevel=error \
 && rm -rf node_modules/node-linux-* node_modules/.bin/node

FROM packages AS web
COPY scripts/build.ts scripts/compress-web.ts scripts/external-packages.ts scripts/
COPY src/web src/web
RUN node scripts/build.ts web

FROM web AS files
ARG SOURCE_DATE_EPOCH=0
COPY deploy/nginx/web.conf /root-of-image/etc/nginx/commandcenter/nginx.conf
COPY deploy/nginx/upstreams.conf /root-of-image/etc/nginx/commandcenter/
COPY deploy/nginx/follow-upstreams.sh /root-of-image/usr/local/bin/follow-upstreams
RUN mkdir -p /root-of-image/usr/share/nginx && cp -r dist/web /root-of-image/usr/share/nginx/html \
 && chmod -R u=rwX,go=rX /root-of-image && chmod 755 /root-of-image/usr/local/bin/follow-upstreams \
 && find /root-of-image -print0 | xargs -0 touch --no-dereference --date="@${SOURCE_DATE_EPOCH}"

FROM nginxinc/nginx-unprivileged:1.28
COPY --from=files /root-of-image/ /
USER 101:101
EXPOSE 8080 8443
STOPSIGNAL SIGQUIT
# A port of its own, about this nginx alone: a web server is not sick because the API is.
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
  CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8081/livez"]
ENV NGINX_CONF=/etc/nginx/commandcenter/nginx.conf
# nginx looks names up once: this has it look again when their addresses change.
ENTRYPOINT ["/usr/local/bin/follow-upstreams"]
CMD ["nginx", "-c", "/etc/nginx/commandcenter/nginx.conf", "-g", "daemon off;"]
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="CommandCenter web" \
      org.opencontainers.image.description="The web application of CommandCenter, and the edge of an installation." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
