# shellcheck shell=bash
# What cron does here: the crontab of the user, made from the file `crontab` of the release that serves.

install_jobs() {
    step "Installing the crontab of $NAME" set_crontab
    start_cron
}

set_crontab() {
    {
        if [[ $COLLECTS == *topics* ]]; then
            sed 's/^#topics //' "$APP/current/crontab"
        else
            cat "$APP/current/crontab"
        fi
        if [[ $COLLECTS == *tweets* ]]; then
            # shellcheck disable=SC2016 # cron's shell expands it
            echo '* * * * * cd "$APP" && "$PYTHON" -m collector fetch 2>&1 | logger -t twitter-trends'
        fi
    } | log_of_jobs | crontab -u "$NAME" -
}

remove_jobs() {
    crontab -u "$NAME" -r 2>/dev/null || true
    stop_cron
}

cron_runs() {
    cat /proc/[0-9]*/comm 2>/dev/null | grep -qxE 'cron|crond'
}
