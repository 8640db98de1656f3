#!/bin/sh
# Writes down which address is asked from outside, and starts Prometheus with the arguments given.
set -eu
mkdir -p /tmp/targets
printf '[{"targets": ["%s/health"]}]\n' "${PUBLIC_URL:?must be the address that people use}" >/tmp/targets/probe.json
exec /bin/prometheus --config.file=/etc/prometheus/prometheus.yml "$@"
