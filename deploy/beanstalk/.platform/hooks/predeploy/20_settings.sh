#!/bin/sh
# cron gets none of the environment's properties: here they become .env, which every command of ours reads.
# And nginx is told where https is. $0 says which of the two folders, current or staging, is being set up.
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
PATH=$PATH:/opt/elasticbeanstalk/bin
umask 077
cd "$root"

properties=$(get-config environment)
printf '%s' "$properties" | python3 .platform/settings.py dotenv >.env.part
chown webapp .env.part
chmod 400 .env.part
mv .env.part .env

nginx=$(dirname "$root")/nginx
mkdir -p "$nginx"
printf '%s' "$properties" | python3 .platform/settings.py nginx >"$nginx/https.part"
mv "$nginx/https.part" "$nginx/https.conf"
