# shellcheck shell=bash
# status: what is wrong on this machine, a line each, by the shell's own means and the mailer's doctor.

LEAST_DISK_MB=500

status() {
    (($# == 0)) || fail 2 "I do not know: status $1" "Type ./bootstrap.sh --help to see what I know."
    [[ -e $APP/current && -e $SETTINGS ]] ||
        fail 1 "Nothing is deployed on this machine." "Type: ./bootstrap.sh deploy"
    read_machine_settings "$(readlink "$APP/current")" "$SETTINGS"
    WRONG=
    tell ok version "$(release_at current), before it $(release_at previous)"
    tell_web
    tell_cron
    tell_disk
    tell_mailer
    [[ -z $WRONG ]]
}

tell() {
    printf '%-8s %-14s %s\n' "$@"
    [[ $1 != wrong ]] || WRONG=yes
}

tell_web() {
    local said
    said=$(web_says || true)
    if [[ $said == *' 200 '* ]]; then
        tell ok web "answers at port $PORT: ${said#*OK }"
    else
        tell wrong web "does not answer at port $PORT: ${said:-nothing listens there}"
    fi
}

tell_cron() {
    if ! cron_runs; then
        tell wrong cron "does not run: ./bootstrap.sh deploy starts it"
    elif ! crontab -u "$NAME" -l 2>/dev/null | grep -q '^APP='; then
        tell wrong cron "runs, without the jobs of $NAME: ./bootstrap.sh deploy installs them"
    else
        tell ok cron "runs, with the jobs of $NAME"
    fi
}

tell_disk() {
    local folder left
    for folder in "$APP" "${FOLDERS[@]}"; do
        if [[ ! -e $folder ]]; then
            tell wrong disk "there is no folder $folder, which the settings name: ./bootstrap.sh deploy makes it"
            return
        fi
        left=$(df --output=avail -m "$folder" | tail -n 1)
        if ((left < LEAST_DISK_MB)); then
            tell wrong disk "$((left)) MB left for $folder, less than $LEAST_DISK_MB"
            return
        fi
    done
    tell ok disk "$((left)) MB left for $folder"
}

# The newest edition, the last round, what became of the last mails, and what is raised.
tell_mailer() {
    local lines
    lines=$(cd "$APP/current" && as_user .venv/bin/python -m mailer doctor 2>&1) || WRONG=yes
    printf '%s\n' "$lines"
}
