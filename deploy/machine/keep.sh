#!/usr/bin/env bash
# Keeps a program up where no systemd does: starts it, and starts it again when it ends, until told to stop.
# keep.sh FILE COMMAND…: FILE holds this loop's number as long as it runs. HUP is passed on to the program.
set -uo pipefail

file=$1
shift
child=
over=
trap 'over=yes; kill -TERM "$child" 2>/dev/null' TERM INT
trap 'kill -HUP "$child" 2>/dev/null' HUP
echo "$$" >"$file"

until [[ $over ]]; do
    "$@" &
    child=$!
    # `wait` ends at each signal that is heard here, and the program goes on.
    while kill -0 "$child" 2>/dev/null; do wait "$child"; done
    if [[ ! $over ]]; then
        echo "$1 ended; it is started again."
        sleep 2 &
        wait $!
    fi
done
rm -f "$file"
