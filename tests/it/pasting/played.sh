# What root and systemd do, played in the folder $ROOT: read by tests/it/pasting.rs.
# $BINARY is the program that is installed.

cargo() { echo "cargo $*: built already"; }
useradd() { grep -q -- --system <<<"$*"; }
chown() { :; }
journalctl() { cat "$ROOT/journal"; }
runuser() { shift 3; "$@"; }

# Owners are of a system that is not this one. The release is not built here.
install() {
  local words=()
  while [ $# -gt 0 ]; do
    case "$1" in
      -o | -g) shift ;;
      target/release/stevenson) words+=("$BINARY") ;;
      *) words+=("$1") ;;
    esac
    shift
  done
  command install "${words[@]}"
}

# Where Debian's Caddy is not installed, nothing is validated.
caddy() { if [ -x /usr/bin/caddy ]; then HOME="$ROOT" /usr/bin/caddy "$@"; else echo "caddy $*: not installed here"; fi; }

# Starts what the unit says, with the folder that the unit asks for.
systemctl() {
  local words=()
  for word in "$@"; do case "$word" in -*) ;; *) words+=("$word") ;; esac; done
  case "${words[0]}" in
    daemon-reload | reload) ;;
    status) kill -0 "$(cat "$ROOT/pid")" ;;
    enable | start) played_start ;;
    disable | stop) played_stop ;;
    restart) played_stop; played_start ;;
    *) echo "systemctl $*: not played"; return 1 ;;
  esac
}

played_start() {
  local unit="$ROOT/etc/systemd/system/stevenson.service"
  local command folder
  command=$(sed -n 's/^ExecStart=//p' "$unit")
  folder="$ROOT/var/lib/$(sed -n 's/^StateDirectory=//p' "$unit")"
  command mkdir -p -m "$(sed -n 's/^StateDirectoryMode=//p' "$unit")" "$folder"
  # Through a pipe that stays open, so that its first line can be waited for.
  [ -p "$ROOT/said" ] || mkfifo "$ROOT/said"
  exec 9<>"$ROOT/said"
  (
    cd /
    umask "$(sed -n 's/^UMask=//p' "$unit")"
    # shellcheck disable=SC2086 # the words of the command
    STATE_DIRECTORY="$folder" STEVENSON_PORT=0 exec $ROOT$command >&9 2>>"$ROOT/journal"
  ) &
  echo $! >"$ROOT/pid"
  local line=
  # What an earlier server said may still be in it.
  while [ "${line#listening on }" = "$line" ]; do
    read -r -t 60 -u 9 line || { cat "$ROOT/journal"; return 1; }
  done
  echo -n "${line#listening on http://}" >"$ROOT/address"
}

played_stop() {
  kill -TERM "$(cat "$ROOT/pid")"
  wait "$(cat "$ROOT/pid")"
}
