#!/bin/sh
# The lines of our crontab, for the user that runs the pages; a second deployment writes the same ones again.
set -eu
folder=$(cd "$(dirname "$0")/../../../.." && pwd)
app=$folder/current
set -- "$folder"/venv/*/bin/python
python=$1
if [ ! -r "$app/crontab" ] || [ ! -x "$python" ]; then
    echo "no crontab is installed: $app/crontab and $python must both be there" >&2
    exit 1
fi
topics=
if grep -q '^TOPICS_URL="..*"$' "$app/.env"; then
    topics='s|^#topics ||'
fi
sed -e "s|^APP=.*|APP=$app|" -e "s|^PYTHON=.*|PYTHON=$python|" -e "$topics" "$app/crontab" | crontab -u webapp -
systemctl reload nginx  # the redirect to https may be another one now
