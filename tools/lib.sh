# Shared by tools/setup, tools/quickstart and tools/test; sourced by bash, never run.
# Progress lines for people, one log file for everything that the called programs say, and where things are kept.

CULVERT_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CULVERT_CACHE=${CULVERT_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/culvert}
CULVERT_LOG=${CULVERT_LOG:-$CULVERT_CACHE/log/$(basename "$0").log}
mkdir -p "$CULVERT_CACHE" "$(dirname "$CULVERT_LOG")"
# Every clone and build directory of this project may use what another one compiled.
export CCACHE_BASEDIR=$CULVERT_ROOT CCACHE_NOHASHDIR=1

# say TEXT: one line of progress.
say() { printf '%s\n' "$*"; }

# fail TEXT: says what went wrong, shows the end of the log, ends the program.
fail() {
  printf 'tools/%s: %s\n' "$(basename "$0")" "$*" >&2
  if [ -s "$CULVERT_LOG" ]; then
    printf -- '--- last lines of %s\n' "$CULVERT_LOG" >&2
    tail -n 25 "$CULVERT_LOG" >&2
  fi
  exit 1
}

# step TEXT COMMAND...: one line "TEXT ... done (12 s)"; what the command prints goes to the log; ends the program if it fails.
step() {
  local text=$1 start=$SECONDS
  shift
  printf '%s ... ' "$text"
  printf '=== %s: %s\n' "$text" "$*" >>"$CULVERT_LOG"
  if "$@" >>"$CULVERT_LOG" 2>&1 </dev/null; then
    printf 'done (%d s)\n' $((SECONDS - start))
  else
    printf 'failed\n'
    fail "$text failed"
  fi
}

# as_root COMMAND...: runs it with the rights to install packages.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo -n "$@" 2>/dev/null || sudo "$@"
  else
    printf 'installing packages needs root: run this as root, or install sudo\n' >&2
    return 1
  fi
}

# debian_release: the major version of the Debian that this is (12, 13, ...); "sid" counts as 99.
debian_release() {
  local id version
  id=$(. /etc/os-release && printf '%s' "${ID:-}")
  version=$(. /etc/os-release && printf '%s' "${VERSION_ID:-99}")
  [ "$id" = debian ] || { printf 'unsupported'; return; }
  printf '%s' "${version%%.*}"
}

# jobs: how many compilers may run at once; a compiler of this project needs about 1 GB at its largest.
jobs_wanted() {
  local cores memory_gb
  cores=$(nproc)
  memory_gb=$(awk '/MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo)
  [ "$memory_gb" -ge 1 ] || memory_gb=1
  if [ "$cores" -lt "$memory_gb" ]; then printf '%s' "$cores"; else printf '%s' "$memory_gb"; fi
}

# configure PRESET: build/PRESET, with ccache where it is there.
configure() {
  local launcher=()
  command -v ccache >/dev/null 2>&1 &&
    launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  CULVERT_BOTAN_PREFIX=$("$CULVERT_ROOT/tools/setup" --print-prefix)
  [ "$CULVERT_BOTAN_PREFIX" != /usr ] || CULVERT_BOTAN_PREFIX=
  export CULVERT_BOTAN_PREFIX
  printf '=== configuring %s\n' "$1" >>"$CULVERT_LOG"
  (cd "$CULVERT_ROOT" && cmake --preset "$1" "${launcher[@]}") >>"$CULVERT_LOG" 2>&1 </dev/null ||
    fail "configuring build/$1 failed"
}

# build_with PRESET TARGET...: one line with the number of files left on a terminal, one line in all elsewhere.
build_with() {
  local preset=$1 dir=$CULVERT_ROOT/build/$1 start=$SECONDS text="building ($1)"
  shift
  configure "$preset"
  printf '=== building %s: %s\n' "$preset" "$*" >>"$CULVERT_LOG"
  printf '%s ... ' "$text"
  ninja -C "$dir" -j "$(jobs_wanted)" "$@" >"$dir/build.log" 2>&1 </dev/null &
  show_build $! "$dir/build.log" "$text"
  if wait $!; then
    printf 'done (%d s)\n' $((SECONDS - start))
  else
    printf 'failed\n'
    cat "$dir/build.log" >>"$CULVERT_LOG"
    fail "building build/$preset failed (the whole output is in $dir/build.log)"
  fi
  cat "$dir/build.log" >>"$CULVERT_LOG"
}

# show_build PID LOG TEXT: on a terminal, ninja's own count in place until it ends.
show_build() {
  local pid=$1 log=$2 text=$3
  [ -t 1 ] || return 0
  while kill -0 "$pid" 2>/dev/null; do
    printf '\r%s ... %s \033[K' "$text" "$(grep -o '^\[[0-9]*/[0-9]*\]' "$log" 2>/dev/null | tail -n 1)"
    sleep 0.3
  done
  printf '\r%s ... \033[K' "$text"
}

# built PRESET: the path of the culvert program of that build.
built() { printf '%s/build/%s/tools/cli/culvert' "$CULVERT_ROOT" "$1"; }
