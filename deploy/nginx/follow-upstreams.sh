#!/bin/sh
# nginx looks up the names of its servers once, when it loads its configuration. This looks every two seconds whether
# their addresses or upstreams.conf itself have changed, and has nginx load it again. (From 1.27.3 on "resolve" in
# an upstream does a part of it; Debian's nginx and many that are installed can't.) What nginx refuses is never
# loaded: it goes on with what it has, and is asked again until it agrees.
#
# In /docker-entrypoint.d of nginx's image it is started before nginx; elsewhere give it nginx's command:
#   follow-upstreams.sh nginx -g 'daemon off;'
set -eu

conf=${NGINX_CONF:-/etc/nginx/nginx.conf}
upstreams=$(dirname "$conf")/upstreams.conf

# The file and the addresses behind its names, in an order that does not change with each answer of a name server.
look() {
  cat "$upstreams" || true
  sed -n 's/^ *server  *\(.*\):[0-9][^:]*$/\1/p' "$upstreams" | while read -r name; do
    getent ahosts "$name" | cut -d ' ' -f 1 | sort -u || true
  done
}

follow() {
  refused=
  while sleep 2; do
    seen=$(look 2>&1)
    [ "$seen" != "$loaded" ] || continue
    if reason=$(nginx -t -q -c "$conf" 2>&1) && reason=$(nginx -s reload -c "$conf" 2>&1); then
      loaded=$seen
    elif [ "$seen" != "$refused" ]; then
      echo "follow-upstreams: nginx goes on with what it has: $reason" >&2
      refused=$seen
    fi
  done
}

# Before nginx looks: what changes while it starts is seen as a change.
loaded=$(look 2>&1)
follow &
[ $# -eq 0 ] || exec "$@"
