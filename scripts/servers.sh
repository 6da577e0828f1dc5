#!/bin/sh
# Installs what the tests of the remote engine need and pip does not bring: Virtuoso 7, from Debian's packages.
# With --if-possible it says why it cannot, and leaves it at that; tests that need Virtuoso are then skipped with that reason (never in CI).
set -eu

give_up() {
    echo "Virtuoso is not installed: $1. Tests that need it are left out; on Debian: apt-get install virtuoso-opensource-7-bin" >&2
    [ "$wish" = "--if-possible" ] && exit 0
    exit 1
}

wish="${1:-}"
if command -v virtuoso-t >/dev/null && command -v isql-vt >/dev/null; then exit 0; fi
command -v apt-get >/dev/null || give_up "there is no apt-get here"
if [ "$(id -u)" -eq 0 ]; then
    root=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    root="sudo"
else
    give_up "that needs root"
fi
log="$(mktemp)"
{ $root apt-get update -qq && $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends virtuoso-opensource-7-bin; } \
    >"$log" 2>&1 || { tail -n 5 "$log" >&2; rm -f "$log"; give_up "apt-get failed"; }
rm -f "$log"
