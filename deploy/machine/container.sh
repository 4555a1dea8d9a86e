# shellcheck shell=bash
# The services where there is no systemd, as in a container: each kept up by a loop of its own, known by a file
# that root alone writes. Nothing that somebody else started is ever stopped.

KEPT=/run/$NAME-kept
LOGS=/var/log/$NAME

install_services() {
    install -d -m 0755 "$LOGS"
    install -d -m 0755 -o "$NAME" -g "$NAME" "$RUN"
    [[ -e $LOGS/jobs.log ]] || install -m 0640 -o "$NAME" -g "$NAME" /dev/null "$LOGS/jobs.log"
}

remove_services() {
    local name
    for name in web cron mail; do stop_kept "$name"; done
    rm -rf "$KEPT" "$LOGS" "$RUN"
}

# keep_up NAME COMMAND…: the loop outlives this script and holds nothing of it.
keep_up() {
    local name=$1
    shift
    ! is_kept "$name" || return 0
    install -d -m 0755 "$KEPT" "$LOGS"
    # Under nohup this script ignores HUP, and so would the loop: no shell can trap what it was started to ignore.
    setsid env --default-signal=HUP,INT,QUIT,TERM bash "$RELEASE/deploy/machine/keep.sh" "$KEPT/$name" "$@" \
        </dev/null >>"$LOGS/$name.log" 2>&1 &
    disown
    wait_until 10 is_kept "$name"
}

# A number alone may be another process's by now.
is_kept() {
    local number
    number=$(cat "$KEPT/$1" 2>/dev/null) && [[ $number =~ ^[0-9]+$ ]] &&
        [[ $(tr '\0' ' ' <"/proc/$number/cmdline" 2>/dev/null) == *"keep.sh $KEPT/$1 "* ]]
}

stop_kept() {
    is_kept "$1" || return 0
    kill -TERM "$(cat "$KEPT/$1")"
    wait_until 40 is_not_kept "$1"
}

is_not_kept() {
    ! is_kept "$1"
}

web_is_up() {
    is_kept web
}

# The port is bound by root; what answers there gives root's rights up.
start_web() {
    keep_up web env -i HOME="$STATE" PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 \
        sh -c 'cd "$1" && exec .venv/bin/python deploy/machine/keep_web.py --app "$2" --run "$3" --port "$4" --user "$5"' \
        sh "$APP/current" "$APP" "$RUN" "$PORT" "$NAME"
    wait_until 60 test -e "$RUN/web"
}

stop_web() {
    stop_kept web
    rm -f "$RUN/web"
}

signal_web() {
    kill -HUP "$(cat "$KEPT/web")"
}

# Another port needs another start.
renew_web() {
    if [[ $(tr '\0' ' ' <"/proc/$(cat "$KEPT/web")/cmdline") != *" $PORT $NAME " ]]; then
        step "Restarting the web pages at port $PORT" restart_web
    fi
}

restart_web() {
    stop_web
    start_web
}

log_of_web() {
    tail -n 20 "$LOGS/web.log"
}

start_cron() {
    cron_runs && return
    say "Starting cron …"
    if have cron; then keep_up cron cron -f; else keep_up cron crond -n; fi
}

stop_cron() {
    stop_kept cron
}

start_mail_server() {
    [[ -z $MAIL_IS_NEW ]] || postfix stop 2>/dev/null || true
    postfix status 2>/dev/null && return
    say "Starting the mail server …"
    # Debian 12's Postfix reads copies of the system's files, which its service would make; later ones need none.
    /usr/lib/postfix/configure-instance.sh - >/dev/null 2>&1 || true
    keep_up mail postfix start-fg
}

# There is no system log to write to.
log_of_jobs() {
    sed "s#2>&1 | logger -t $NAME#>>$LOGS/jobs.log 2>\&1#"
}
