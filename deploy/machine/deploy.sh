# shellcheck shell=bash
# deploy and upgrade: the code of this folder becomes the release that serves, or everything stays as it was.

deploy() {
    local named='' demo='' wished=$SETTINGS
    while (($#)); do
        case $1 in
            --settings) named=${2:?--settings needs a file} && shift ;;
            --demo) demo=yes ;;
            *) fail 2 "I do not know: deploy $1" "Type ./bootstrap.sh --help to see what I know." ;;
        esac
        shift
    done
    [[ -z $named || -z $demo ]] ||
        fail 2 "A demonstration has settings of its own: name --settings or --demo." \
            "It would lay made-up tweets where the file keeps genuine ones."
    [[ -z $named || $named == /* ]] || named=$STARTED_IN/$named
    settings_wished "$named" "$demo"
    if [[ -n $named ]]; then
        wished=$named
    elif [[ -n $demo ]] && ! says_where_to_store; then
        write_settings "$SETTINGS" demonstration
    fi
    bring_up "$wished"
    [[ -z $demo ]] || make_demonstration
    say_where
}

upgrade() {
    (($# == 0)) || fail 2 "I do not know: upgrade $1" "Type ./bootstrap.sh --help to see what I know."
    [[ -e $APP/current && -e $SETTINGS ]] ||
        fail 1 "There is nothing to upgrade on this machine yet." "Type: ./bootstrap.sh deploy"
    bring_up "$SETTINGS"
    say_where
}

bring_up() {
    install_machine_packages
    make_user
    make_folders
    make_release
    read_machine_settings "$RELEASE" "$1"
    make_settings_folders
    if [[ -n $POSTFIX_HERE ]]; then
        install_mail_server
        start_mail_server
    fi
    install_settings "$1"
    activate
    install_jobs
    rm -f "$SETTINGS.before"
    remove_old_releases
}

# Puts RELEASE in the place of the one that serves.
activate() {
    if web_is_up; then
        change_release
    else
        start_release
    fi
}

# What serves goes on until the new one has shown that it is healthy, and for good if it never does.
change_release() {
    local before
    before=$(outcome)
    point next "$RELEASE"
    say "Trying $(basename "$RELEASE"), then handing over to it …"
    signal_web && wait_until 180 outcome_is_not "$before" || true
    rm -f "$APP/next"
    if [[ $(outcome) != *" serving $(basename "$RELEASE")" || $(outcome) == "$before" ]]; then
        restore_settings
        tail -n 20 "$RUN/rehearsal.log" >&2 || true # there is none where nothing could be started
        fail 1 "The new release did not become healthy; $(release_at current) goes on serving." \
            "Above is the end of what it said."
    fi
    keep_as_current
    install_services "$RELEASE"
    renew_web
}

outcome() {
    cat "$RUN/web" 2>/dev/null || true
}

outcome_is_not() {
    [[ $(outcome) != "$1" ]] || ! web_is_up
}

keep_as_current() {
    local before
    before=$(release_at current)
    if [[ -n $before && $before != "$(basename "$RELEASE")" ]]; then
        point previous "$APP/releases/$before"
    fi
    point current "$RELEASE"
}

# Nothing serves, so nothing is lost by a try; the release before is started again if it fails.
start_release() {
    local before
    before=$(release_at current)
    stop_web 2>/dev/null || true # what may be left of an earlier try
    if (: <"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
        fail 1 "Port $PORT is in use by another program of this machine." \
            "Stop that program, or set another PORT in $SETTINGS, and start again."
    fi
    keep_as_current
    install_services "$RELEASE"
    say "Starting the web pages …"
    if ! start_web >>"$LOG" 2>&1 || ! wait_until 60 web_is_healthy; then
        log_of_web >&2
        stop_web || true
        restore_settings
        go_back_to "$before"
        fail 1 "The web pages of $(basename "$RELEASE") do not answer at port $PORT; above is the end of their log."
    fi
}

go_back_to() {
    [[ -n $1 && $1 != "$(basename "$RELEASE")" ]] || return 0
    point current "$APP/releases/$1"
    install_services "$APP/releases/$1"
    step "Starting $1 again" start_web
}

web_is_healthy() {
    [[ $(web_says) == *' 200 '* ]]
}

# Prints the first line of what the pages answer to a question about their health, and what they say of it.
web_says() (
    exec 3<>"/dev/tcp/127.0.0.1/$PORT" || exit 1
    printf 'GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
    timeout 10 cat <&3 | tr -d '\r' | sed -n '1p; $p' | tr '\n' ' '
) 2>/dev/null

make_demonstration() {
    TWEETS=$STATE/data
    if [[ -d $TWEETS/raw ]] && find "$TWEETS/raw" -type f ! -name 'demo*' -print -quit | grep -q .; then
        return
    fi
    cd "$APP/current"
    step "Making the sample tweets of 14 days" as_user .venv/bin/python -m collector demo --days 14
    step "Making samples for the other reports" \
        as_user .venv/bin/python -m collector demo --days 14 "${OTHERS[@]/#/--report=}"
    step "Building their reports" as_user .venv/bin/python -m report build --days 14
}

say_where() {
    say "Twitter Trends $(release_at current) answers at port $PORT. Its settings: $SETTINGS"
    say "How it is: ./bootstrap.sh status"
}
