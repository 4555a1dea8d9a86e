# shellcheck shell=bash
# The settings of a server: one file, which root writes, and the pages and cron's jobs read.

# Prints the file to deploy with: the one named, or the one that stands. Fails where there is none.
settings_wished() {
    local named=$1 demo=$2
    if [[ -n $demo ]] && has_own_settings; then
        fail 2 "This machine has settings of its own, $SETTINGS; a demonstration would replace them." \
            "Type: ./bootstrap.sh deploy"
    elif [[ -n $named && ! -r $named ]]; then
        fail 2 "The file of settings cannot be read: $named"
    elif [[ -z $demo$named && ! -e $SETTINGS ]]; then
        write_settings "$SETTINGS" template
        fail 2 "This machine has no settings yet. A file to fill in was written: $SETTINGS" \
            "Set STORAGE_URL, PUBLIC_URL, SMTP_URL, MAIL_FROM and MAIL_TO in it, then: ./bootstrap.sh deploy" \
            "For a look at sample tweets instead: ./bootstrap.sh deploy --demo"
    fi
}

# A file nobody has filled in yet is none, and neither is that of a demonstration, until it leads elsewhere.
has_own_settings() {
    says_where_to_store && ! {
        grep -q '^# A demonstration' "$SETTINGS" && grep -qxF "STORAGE_URL=file:$STATE/data" "$SETTINGS"
    }
}

says_where_to_store() {
    grep -qE '^[[:space:]]*(export[[:space:]]+)?STORAGE_URL[[:space:]]*=[[:space:]]*[^[:space:]]' "$SETTINGS" 2>/dev/null
}

# A secret of its own, so that readers can subscribe; two servers of one storage want the same. What somebody
# began to fill in is kept beside.
write_settings() {
    mkdir -p "$ETC"
    [[ ! -e $1 ]] || cp -p "$1" "$1.old"
    (umask 077 && "$2" >"$1.part")
    mv "$1.part" "$1"
}

template() {
    cat <<TEMPLATE
# The settings of this machine. README.md says what each one means, and which others there are.
# When it is filled in: ./bootstrap.sh deploy

# s3://bucket/prefix, or file:$STATE/data
STORAGE_URL=
TIMEZONE=UTC
# The address by which readers reach this machine, such as http://trends.example.com
PUBLIC_URL=
PORT=80

# smtp+starttls://user@host:587 with SMTP_PASSWORD, or smtp://localhost:25 for a mail server on this machine
SMTP_URL=
SMTP_PASSWORD=
MAIL_FROM=
MAIL_TO=
MAIL_OWNER=

SECRET_KEY=$(a_secret)

# Where this machine fetches a tweet each minute. Leave it empty where something else collects.
FEED_URL=

# Where it asks each quarter of an hour what is trending, for the report of topics; empty for none.
TOPICS_URL=
TEMPLATE
}

demonstration() {
    cat <<DEMONSTRATION
# A demonstration: made-up tweets, and mail into a folder. For a server of your own remove this file.
STORAGE_URL=file:$STATE/data
PUBLIC_URL=http://localhost
PORT=80
SMTP_URL=file:$STATE/outbox
MAIL_FROM=trends@localhost
MAIL_TO=boss@localhost
SECRET_KEY=$(a_secret)
DEMONSTRATION
}

a_secret() {
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

# Lays the file where the pages and jobs find it; `settings.env.before` is what stood there.
install_settings() {
    rm -f "$SETTINGS.before"
    if [[ $1 != "$SETTINGS" ]]; then
        [[ ! -e $SETTINGS ]] || cp -p "$SETTINGS" "$SETTINGS.before"
        install -m 0640 "$1" "$SETTINGS.part"
        mv "$SETTINGS.part" "$SETTINGS"
    fi
    chown "root:$NAME" "$SETTINGS"
    chmod 0640 "$SETTINGS"
}

restore_settings() {
    [[ -e $SETTINGS.before ]] || return 0
    mv "$SETTINGS.before" "$SETTINGS"
    say "The settings are those of before again: $SETTINGS"
}

# Sets PORT, POSTFIX_HERE, COLLECTS and FOLDERS by the file $2, as the release $1 understands it. It is read by
# the user that will, so that a secret's file it may not read is noticed now.
read_machine_settings() {
    local lines
    lines=$(cd "$1" && as_user PYTHONPATH=. .venv/bin/python deploy/machine/read_settings.py <"$2") ||
        fail 2 "Nothing was changed. Mend the file, then start again: $2"
    {
        read -r PORT
        read -r POSTFIX_HERE
        read -r COLLECTS
        mapfile -t FOLDERS
    } <<<"$lines"
}

# A folder that is there already is its owner's business; only that it can be written to is ours.
make_settings_folders() {
    local folder
    for folder in "${FOLDERS[@]}"; do
        [[ -e $folder ]] || install -d -o "$NAME" -g "$NAME" -m 0750 "$folder"
        as_user test -w "$folder" ||
            fail 1 "The user $NAME cannot write into a folder of the settings: $folder" \
                "Type: chown -R $NAME: $folder"
    done
}
