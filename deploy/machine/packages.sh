# shellcheck shell=bash
# What the system itself must have: Python, a cron, sometimes a mail server. Debian, Ubuntu, Amazon Linux.

install_machine_packages() {
    if have apt-get; then
        install_packages "$(missing_for_run) $(missing_cron cron)"
    elif have dnf; then
        install_by_dnf "$(missing_of_amazon) $(missing_cron cronie)"
    else
        fail 1 "This machine has neither apt-get nor dnf: $(system)" \
            "Known are Debian 12, Ubuntu 22.04 and 24.04, and Amazon Linux 2023."
    fi
}

# Taken are other crons, too, such as cronie on Debian.
missing_cron() {
    have crontab && { have cron || have crond; } || printf '%s ' "$1"
}

# Amazon Linux has Python 3.9 by the name python3.
missing_of_amazon() {
    find_python >/dev/null || printf 'python3.11 '
    have runuser || printf 'util-linux '
    have useradd || printf 'shadow-utils '
    have tar || printf 'tar '
    have find || printf 'findutils '
    have cmp || printf 'diffutils '
}

install_by_dnf() {
    local -a packages
    read -r -a packages <<<"$1"
    ((${#packages[@]})) || return 0
    step "Installing ${packages[*]}" dnf --assumeyes --quiet install "${packages[@]}"
}

# An "Internet Site" that nobody outside reaches: it takes mail from this machine, and hands it on.
install_mail_server() {
    MAIL_IS_NEW=
    [[ -x /usr/sbin/postfix ]] && return
    MAIL_IS_NEW=yes # so that it is started with what is set below
    if have apt-get; then
        POSTFIX='Internet Site'
        install_packages postfix
    else
        install_by_dnf postfix
    fi
    step "Keeping the mail server to this machine" postconf -e inet_interfaces=loopback-only
}

make_user() {
    local group=--user-group
    if id "$NAME" >/dev/null 2>&1; then
        is_our_user || fail 1 "This machine has a user $NAME already, whose home is not $STATE: it is somebody else's." \
            "Remove or rename that user, then start again."
        return
    fi
    ! getent group "$NAME" >/dev/null || group=--gid=$NAME
    step "Making the user $NAME" useradd --system "$group" --home-dir "$STATE" --no-create-home \
        --shell /usr/sbin/nologin "$NAME"
}

is_our_user() {
    [[ $(getent passwd "$NAME" | cut -d: -f6) == "$STATE" ]]
}

# What an uninstallation kept belongs to a number that may be another user's by now.
make_folders() {
    mkdir -p "$APP/releases" "$APP/venvs" "$ETC"
    local folder
    for folder in "$STATE" "$CACHE"; do
        if [[ -d $folder && $(stat -c %U "$folder") != "$NAME" ]]; then
            step "Giving $folder to $NAME" chown -R "$NAME:$NAME" "$folder"
        fi
        install -d -m 0750 -o "$NAME" -g "$NAME" "$folder"
    done
}
