#!/bin/bash
# Entry point of the locally made Postgres image. It keeps what compose.yaml and Testcontainers rely on in the
# official image: POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB, PGDATA, and first-start files that run once,
# in alphabetical order, while the server listens on its socket only.
set -euo pipefail

[ "${1:-postgres}" = postgres ] || [ "${1#-}" != "$1" ] || exec "$@"
[ "${1:-}" != postgres ] || shift

socket_dir=/run/postgresql
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}

if [ "$(id -u)" = 0 ]; then
  install -d -o postgres -g postgres -m 700 "$PGDATA"
  install -d -o postgres -g postgres -m 775 "$socket_dir"
  exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$0" postgres "$@"
fi

query() { psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --host "$socket_dir" --username "$user" "$@"; }

first_start() {
  local auth=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256} file
  if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$auth" != trust ]; then
    echo 'Set POSTGRES_PASSWORD, or POSTGRES_HOST_AUTH_METHOD=trust.' >&2
    exit 1
  fi
  # shellcheck disable=SC2086 # the arguments are a list, as in the official image
  initdb -D "$PGDATA" -U "$user" -E UTF8 --locale=C.UTF-8 --auth-local=trust --auth-host="$auth" \
    --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:-unused}") ${POSTGRES_INITDB_ARGS:-}
  printf 'host all all all %s\n' "$auth" >>"$PGDATA/pg_hba.conf"

  pg_ctl -D "$PGDATA" -w -o "-c listen_addresses='' -c unix_socket_directories=$socket_dir" start
  [ "$database" = postgres ] || query -d postgres --set name="$database" <<<'CREATE DATABASE :"name";'
  # shellcheck disable=SC1090 # the files are the user's
  for file in /docker-entrypoint-initdb.d/*; do
    echo "first start: $file"
    case $file in
      *.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
      *.sql) query -d "$database" -f "$file" ;;
      *.sql.gz) gunzip -c "$file" | query -d "$database" ;;
    esac
  done
  pg_ctl -D "$PGDATA" -w -m fast stop
  echo 'PostgreSQL init process complete; ready for start up.' # Testcontainers and people look for this line
}

[ -s "$PGDATA/PG_VERSION" ] || first_start
exec postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories="$socket_dir" "$@"
