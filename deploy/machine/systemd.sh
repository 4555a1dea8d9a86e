# shellcheck shell=bash
# The services where systemd starts them; container.sh does the same where there is none.

UNITS=/etc/systemd/system
WEB=$NAME.service

# Lays the units of a release and what the settings say beside them; sets UNITS_CHANGED if anything is new.
install_services() {
    UNITS_CHANGED=
    local folder paths=
    for folder in "${FOLDERS[@]}"; do paths+=" \"$folder\""; done
    install_unit "$NAME.socket" <"$1/deploy/systemd/$NAME.socket"
    install_unit "$NAME.service" <"$1/deploy/systemd/$NAME.service"
    install_unit "$NAME.socket.d/port.conf" <<<$'[Socket]\nListenStream=\nListenStream=0.0.0.0:'"$PORT"
    install_unit "$NAME.service.d/folders.conf" <<<$'[Service]\nReadWritePaths='"$paths"
    if [[ -n $UNITS_CHANGED ]]; then
        step "Making the services known" systemctl daemon-reload
    fi
    step "Starting the services with the machine" systemctl enable "$NAME.socket" "$WEB"
}

install_unit() {
    local file=$UNITS/$1
    mkdir -p "${file%/*}"
    cat >"$file.part"
    if cmp -s "$file.part" "$file"; then
        rm "$file.part"
    else
        mv "$file.part" "$file"
        UNITS_CHANGED=yes
    fi
}

remove_services() {
    systemctl disable --now --quiet "$WEB" "$NAME.socket" 2>/dev/null || true
    rm -rf "${UNITS:?}/$NAME".{service,socket}{,.d}
    systemctl daemon-reload
}

web_is_up() {
    systemctl is-active --quiet "$WEB"
}

start_web() {
    systemctl start "$NAME.socket" "$WEB"
}

stop_web() {
    systemctl stop "$WEB" "$NAME.socket"
}

signal_web() {
    kill -HUP "$(systemctl show --property=MainPID --value "$WEB")"
}

# A unit or port that changed counts from the next start on; while it lasts, readers wait at systemd's door.
renew_web() {
    if [[ -n $UNITS_CHANGED ]]; then
        step "Restarting the web pages' service, which changed" restart_web
    fi
}

restart_web() {
    if [[ $(systemctl show --property=Listen --value "$NAME.socket") == *":$PORT "* ]]; then
        systemctl restart "$WEB"
    else
        systemctl stop "$WEB"
        systemctl restart "$NAME.socket"
        systemctl start "$WEB"
    fi
}

log_of_web() {
    journalctl --unit "$WEB" --no-pager --lines 20 --output cat
}

start_cron() {
    local unit=cron
    systemctl cat cron.service >/dev/null 2>&1 || unit=crond
    step "Starting cron" systemctl enable --now "$unit"
}

stop_cron() {
    return 0 # the system's own, which has other jobs
}

start_mail_server() {
    step "Starting the mail server" systemctl enable --now postfix
    [[ -z $MAIL_IS_NEW ]] || step "Starting it with what was set" systemctl restart postfix
}

log_of_jobs() {
    cat # logger brings it to the journal
}
