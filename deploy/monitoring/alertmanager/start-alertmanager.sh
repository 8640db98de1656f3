#!/bin/sh
# Fills in alertmanager.yml and starts Alertmanager with the arguments given. Secrets come from files in $RECEIVERS_DIR:
#   webhook_url     where messages are posted; heartbeat_url, if the dead man's switch has an address of its own
#   smtp_password   of the account that e-mail is sent by
# No list of processes and no environment shows them. E-mail is sent if ALERT_EMAIL_TO says to whom.
set -eu
receivers=${RECEIVERS_DIR:-/etc/alertmanager/receivers}
source=${ALERTMANAGER_TEMPLATE:-/etc/alertmanager/alertmanager.yml}
target=${ALERTMANAGER_CONFIG:-/tmp/alertmanager.yml}

# A value in the words of sed's right side, and of YAML between quotes.
quote() { printf '%s' "$1" | sed -e 's/\\/\\\\\\\\/g' -e 's/"/\\\\"/g' -e 's/[|&]/\\&/g'; }
read_file() { if [ -s "$receivers/$1" ]; then tr -d '\r\n' <"$receivers/$1"; fi; }

webhook=$(read_file webhook_url)
heartbeat=$(read_file heartbeat_url)
if [ -z "$webhook" ] && [ -z "${ALERT_EMAIL_TO:-}" ]; then
  echo "Nobody would be told: write $receivers/webhook_url, or set ALERT_EMAIL_TO." >&2
  exit 78
fi
if [ -n "${ALERT_EMAIL_TO:-}" ] && [ -z "${ALERT_SMTP_HOST:-}" ]; then
  echo "ALERT_EMAIL_TO is set, but not ALERT_SMTP_HOST (such as smtp.example.com:587)." >&2
  exit 78
fi

script=$(
  [ -n "$webhook" ] || echo '/# webhook$/d'
  [ -n "${ALERT_EMAIL_TO:-}" ] || echo '/# e-mail$/d'
  # A server on one's own network may want no account.
  [ -n "${ALERT_SMTP_USER:-}" ] || echo '/smtp_auth_/d'
  printf '%s\n' "s|@WEBHOOK_URL@|$(quote "$webhook")|"
  printf '%s\n' "s|@HEARTBEAT_URL@|$(quote "${heartbeat:-$webhook}")|"
  printf '%s\n' "s|@EMAIL_TO@|$(quote "${ALERT_EMAIL_TO:-}")|"
  printf '%s\n' "s|@EMAIL_FROM@|$(quote "${ALERT_EMAIL_FROM:-${ALERT_EMAIL_TO:-}}")|"
  printf '%s\n' "s|@SMTP_HOST@|$(quote "${ALERT_SMTP_HOST:-}")|"
  printf '%s\n' "s|@SMTP_USER@|$(quote "${ALERT_SMTP_USER:-}")|"
  printf '%s\n' "s|@SMTP_PASSWORD_FILE@|$(quote "$receivers/smtp_password")|"
  printf '%s\n' "s|@SMTP_REQUIRE_TLS@|${ALERT_SMTP_REQUIRE_TLS:-true}|"
)
umask 077
printf '%s\n' "$script" | sed -f /dev/stdin "$source" >"$target"
exec "${ALERTMANAGER:-/bin/alertmanager}" "--config.file=$target" "$@"
