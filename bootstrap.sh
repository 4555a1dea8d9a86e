#!/usr/bin/env bash
# Starts the project, or its tests, on a machine that may have nothing yet, and keeps it running on a server.
# `./bootstrap.sh --help` says more.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
VENV=.venv
LOG=.cache/bootstrap.log
SERVER_LOG=.cache/server.log
SECRET=.secret_key
POSTFIX='No configuration' # the tests bring one; without any it is not started
CHILD=   # the step under way
FAILED=0 # with what status the last one ended
SERVER=  # gunicorn's process, and its group's
SAMPLES= # whether the tweets are samples
OTHERS=(rates requests topics) # the reports that samples are made for, beside the trends

usage() {
    cat <<'HELP'
Usage: ./bootstrap.sh COMMAND

  run [--days N]   install what is missing, make sample tweets where there are no tweets, and samples
                   for the other reports; build the reports of the last N days (14), write the morning
                   mail into a folder, and serve the pages at http://localhost:8000 until Ctrl-C. No
                   mail leaves this machine.
  test [ARGUMENT…] install what the tests need as well, and run them all; arguments go to pytest
  install          install only what `run` needs
  install-dev      install only what `test` needs

On a server, as root (Debian, Ubuntu, Amazon Linux 2023; docs/deploying.md):

  deploy [--settings FILE | --demo]
                   install this code as a service: the pages at port 80, and the jobs of cron. The settings
                   are FILE, or those deployed before; --demo makes sample tweets instead. Where there are
                   none, a file to fill in is written.
  upgrade          put this folder's code in the place of what serves; that goes on where the new is not well
  status           what serves, and what is wrong; ends with 1 if anything is
  uninstall [--purge]
                   remove what deploy made; settings, tweets and mail stay without --purge

Settings come from the environment and from a file .env (see README.md): `PORT=8001 ./bootstrap.sh run`.
Every command can be started again at any time: what is done already is not done twice.
HELP
}

main() {
    STARTED_IN=${TRENDS_STARTED_IN:-$PWD} # where a file that is named by a path of its own lies
    cd "$ROOT"
    local command=${1:-}
    shift || true
    case $command in
        run | test | install | install-dev) begin ;;
        deploy | upgrade | status | uninstall)
            # shellcheck source=deploy/machine/machine.sh
            . "$ROOT/deploy/machine/machine.sh"
            ;;
    esac
    case $command in
        run) run "$@" ;;
        test) run_tests "$@" ;;
        install) install_runtime ;;
        install-dev) install_dev ;;
        deploy) on_machine deploy "$@" ;;
        upgrade) on_machine upgrade "$@" ;;
        status) on_machine status "$@" ;;
        uninstall) on_machine uninstall "$@" ;;
        -h | --help | help) usage ;;
        '')
            usage >&2
            exit 2
            ;;
        *) fail 2 "I do not know: $command" "Type ./bootstrap.sh --help to see what I know." ;;
    esac
}

begin() {
    if ! { mkdir -p .cache && : >"$LOG"; } 2>/dev/null; then
        fail 1 "This folder cannot be written to: $ROOT" \
            "Start as the user it belongs to, or copy it to a folder of your own."
    fi
    trap stop_children EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
}

# ---- run -------------------------------------------------------------------------------------------

run() {
    local days=14
    if [[ ${1:-} == --days && ${2:-} =~ ^[1-9][0-9]*$ ]]; then
        days=$2
    elif [[ ${1:-} == --days ]]; then
        fail 2 "--days is ${2:-nothing}; expected a number of days, such as 14."
    elif (($#)); then
        fail 2 "I do not know: run $*" "Type ./bootstrap.sh --help to see what I know."
    fi
    refuse_busy_port "$(wished_port)"
    install_runtime
    read_settings
    lend_secret
    refuse_busy_port "$PORT"
    trap 'say; say "Stopped."; exit 0' INT TERM HUP # stopping a server is no failure
    make_sample_tweets "$days"
    # The first page is shown as soon as there is one; the rest is brought up to date behind it.
    if [[ -z $TWEETS || ! -e $TWEETS/editions/trends/latest.json ]]; then
        step "Building the newest report" python -m report build
    fi
    start_server
    say "The pages are at $PUBLIC_URL/ and are now brought up to date."
    step "Building the reports of the last $days days" python -m report build --days "$days"
    step "Building today's report so far" python -m report build --today
    show_other_reports "$days"
    write_morning_mail
    say_what_to_open
    wait "$SERVER" || true
    fail 1 "The server stopped by itself; its log is $SERVER_LOG."
}

# The port before Python is there to read the settings: a busy one is said before the long work.
wished_port() {
    local in_file=
    if [[ -r .env ]]; then
        in_file=$(sed -nE "s/^[[:space:]]*(export[[:space:]]+)?PORT[[:space:]]*=[[:space:]]*[\"']?([0-9]+).*/\2/p" .env)
    fi
    printf '%s' "${PORT:-${in_file:-8000}}"
}

refuse_busy_port() {
    if (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
        fail 1 "Port $1 is in use: a program on this machine answers there, perhaps an earlier start of this one." \
            "Stop that program, or take another port: PORT=$(($1 + 1)) ./bootstrap.sh run"
    fi
}

# Sets PORT, PUBLIC_URL, TWEETS (the folder of tweets, empty for S3), OUTBOX (empty for a server), HAS_SECRET
# (empty where none is set), HAS_PLACES (empty where no other report is said to have places or departments of its
# own), MAIL (its file in the outbox) and READERS, those of MAIL_TO who want mail.
read_settings() {
    local lines
    lines=$(
        "$VENV/bin/python" - <<'PYTHON'
import os
import sys
from datetime import UTC, datetime

from report.composition import services_from_environ
from report.errors import TrendsError
from report.mail import message_id
from report.settings import Settings
from report.suppressions import is_suppressed
from report.window import last_whole_day

try:
    services = services_from_environ()
    settings = services.settings
    readers = [it for it in settings.mail_to if not is_suppressed(services.storage, it, "trends")]
except TrendsError as error:
    sys.exit(str(error))
day = last_whole_day(datetime.now(UTC), settings.timezone)
mail = message_id("trends", day.isoformat(), readers[0], settings.mail_from) if readers else ""
public_url = settings.public_url
if public_url == Settings.public_url:
    public_url = f"http://localhost:{settings.port}"
print(settings.port)
print(public_url)
print(settings.storage_url.folder or "")
print(settings.smtp_url.folder or "")
print("yes" if settings.secret_key or os.environ.get("SECRET_KEY_FILE") else "")
others = settings.report_sources, settings.report_results, settings.department_topics
laptop = Settings.report_sources, Settings.report_results, Settings.department_topics
print("yes" if others != laptop else "")
print(mail.strip("<>").partition("@")[0] + ".eml")
print(*readers, sep="\n")
PYTHON
    ) || exit 2
    {
        read -r PORT
        read -r PUBLIC_URL
        read -r TWEETS
        read -r OUTBOX
        read -r HAS_SECRET
        read -r HAS_PLACES
        read -r MAIL
        mapfile -t READERS
    } <<<"$lines"
    export PORT PUBLIC_URL
}

# Links to subscribe and to leave are signed with a secret. A laptop's is made once, and never leaves this folder.
lend_secret() {
    [[ -z $HAS_SECRET ]] || return 0
    if [[ ! -s $SECRET ]]; then
        rm -f "$SECRET.part"
        (umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$SECRET.part")
        mv "$SECRET.part" "$SECRET"
    fi
    export SECRET_KEY_FILE=$ROOT/$SECRET
}

# Sample tweets never mix with others: they are made only in a folder that has none but them. Made again, they
# only grow by the hours that went by.
make_sample_tweets() {
    [[ -n $TWEETS ]] || return 0
    if [[ -d $TWEETS/raw ]] && find "$TWEETS/raw" -type f ! -name 'demo*' -print -quit | grep -q .; then
        return 0
    fi
    SAMPLES=yes
    step "Bringing the sample tweets of $1 days up to date" python -m collector demo --days "$1"
}

# With sample tweets alone, and no settings of these reports: whoever has anything of their own is shown nothing made
# up, and no department hears of a start here. What somebody put into the place of a sample stays there, and ends
# nothing if no report can be made from it.
show_other_reports() {
    [[ -n $SAMPLES && -z $HAS_PLACES ]] || return 0
    step "Bringing the samples of the other reports up to date" \
        python -m collector demo --days "$1" "${OTHERS[@]/#/--report=}"
    local name
    for name in rates requests; do
        attempt "Building the report $name" python -m report build --report "$name"
    done
    attempt "Building the topics of the last $1 days" python -m report build --report topics --days "$1"
    attempt "Building the topics of today so far" python -m report build --report topics --today
}

# Only where it is sure to stay here: the ledger of a bucket may be that of the real mail.
write_morning_mail() {
    if [[ -z $OUTBOX || -z $TWEETS ]]; then
        OUTBOX=
        say "With a mail server or a bucket, no mail is written from here: cron sends it, see crontab."
        return
    fi
    if [[ -z ${READERS[*]} ]]; then
        OUTBOX=
        say "No morning mail is written: nobody of MAIL_TO wants one."
        return
    fi
    step "Writing the morning mail" python -m mailer send "${READERS[@]/#/--to=}"
}

# The server has a group of its own, so that builds it started end with it.
start_server() {
    set -m
    "$VENV/bin/python" -m gunicorn 'app:create_app()' >"$SERVER_LOG" 2>&1 </dev/null &
    SERVER=$!
    set +m
    local give_up=$((SECONDS + 60))
    until answers; do
        if ((SECONDS > give_up)) || ! kill -0 "$SERVER" 2>/dev/null; then
            tail -n 20 "$SERVER_LOG" >&2
            fail 1 "The server did not start; above is the end of its log, $SERVER_LOG."
        fi
        sleep 0.1
    done
}

answers() (
    line=
    exec 3<>"/dev/tcp/127.0.0.1/$PORT" || exit 1
    printf 'GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
    read -r -t 5 line <&3
    [[ $line == HTTP/* ]]
) 2>/dev/null

say_what_to_open() {
    say
    say "Twitter Trends is running. Open in a browser:"
    say "  $PUBLIC_URL/           the newest report"
    say "  $PUBLIC_URL/today      today so far"
    say "  $PUBLIC_URL/reports/   the other reports"
    say "  $PUBLIC_URL/subscribe  get them by mail"
    if [[ -n $OUTBOX ]]; then
        say "The morning mail is a file; a mail program opens it:"
        say "  $OUTBOX/$MAIL"
    fi
    say "The server's log: $SERVER_LOG"
    say "Ctrl-C stops it."
}

# ---- test ------------------------------------------------------------------------------------------

run_tests() {
    install_dev
    # All of them: a file on one core, and one more than there are cores, since tests wait for servers half the time.
    (($#)) || set -- --numprocesses "$(($(nproc) + 1))" --dist loadfile
    unset PYTHONDONTWRITEBYTECODE # or each of the processes that tests start compiles all it imports
    exec "$VENV/bin/python" -m pytest "$@"
}

# ---- what must be installed ------------------------------------------------------------------------

install_runtime() {
    install_packages "$(missing_for_run)"
    install_requirements requirements.txt
}

install_dev() {
    install_packages "$(missing_for_run) $(missing_for_test)"
    install_requirements requirements-dev.txt
}

# Debian's names of what `run` lacks here. Ubuntu 22.04 has Python 3.11 only beside its own 3.10.
missing_for_run() {
    if ! usable_environment && ! find_python >/dev/null; then
        if [[ $(system) == ubuntu:22.04 ]]; then
            printf 'python3.11 python3.11-venv '
        else
            printf 'python3 python3-venv '
        fi
    fi
    [[ -e /etc/ssl/certs/ca-certificates.crt || -e /etc/pki/tls/cert.pem || -e /etc/ssl/cert.pem ]] ||
        printf 'ca-certificates '
}

missing_for_test() {
    have make || printf 'make '
    # Playwright's own program needs this library.
    compgen -G '/usr/lib*/libatomic.so.1' >/dev/null || compgen -G '/usr/lib/*/libatomic.so.1' >/dev/null ||
        printf 'libatomic1 '
    has_browser || [[ $(system) == ubuntu:* ]] || printf 'chromium '
    # A genuine mail server; it starts as root alone, and its tests are passed over elsewhere.
    ((EUID != 0)) || ! have apt-get || [[ -x /usr/lib/postfix/sbin/master ]] || printf 'postfix '
}

# Debian's browser, or, since Ubuntu packages none that runs without snap, the one Playwright brings.
has_browser() {
    [[ -x /usr/bin/chromium ]] || compgen -G "$HOME/.cache/ms-playwright/chromium*" >/dev/null
}

system() (
    # shellcheck disable=SC1091 # the system's own file
    . /etc/os-release 2>/dev/null && printf '%s' "${ID:-}:${VERSION_ID:-}"
)

have() {
    command -v "$1" >/dev/null 2>&1
}

# Prints the newest Python here that is new enough and can make a virtual environment.
find_python() {
    local name
    for name in python3.14 python3.13 python3.12 python3.11 python3; do
        if "$name" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            printf '%s' "$name"
            return
        fi
    done
    return 1
}

install_packages() {
    local -a packages root=()
    read -r -a packages <<<"$1"
    ((${#packages[@]})) || return 0
    local by_hand="apt-get update && apt-get install --no-install-recommends ${packages[*]}"
    if ! have apt-get; then
        fail 1 "This machine lacks: ${packages[*]} (Debian's names), and it has no apt-get." \
            "Install them its own way (Python must be 3.11 or newer, with venv), then start again."
    fi
    if ((EUID != 0)); then
        if ! may_sudo; then
            fail 1 "This machine lacks: ${packages[*]}" "Installing them needs root. Type as root:" \
                "  $by_hand" "then start again."
        fi
        root=(sudo)
    fi
    local -a apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -q
        -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
    if [[ -n $(dpkg --audit 2>/dev/null) ]]; then
        step "Finishing an installation that was cut off" "${root[@]}" dpkg --configure -a
    fi
    if [[ " ${packages[*]} " == *' postfix '* ]]; then
        step "Answering what Postfix asks: $POSTFIX" answer_postfix
    fi
    step "Reading the lists of packages" "${apt[@]}" update
    step "Installing ${packages[*]}" "${apt[@]}" install --no-install-recommends "${packages[@]}"
}

answer_postfix() {
    printf 'postfix postfix/%s\n' "main_mailer_type select $POSTFIX" "mailname string $(uname -n)" |
        debconf-set-selections
}

# Root without asking, or by asking a person who sits there.
may_sudo() {
    have sudo && { sudo -n true 2>/dev/null || { [[ -t 0 && -t 2 ]] && sudo -v; }; }
}

# A copy of what was installed is kept in the environment, so that nothing is installed twice.
install_requirements() {
    local file=$1
    usable_environment || make_environment
    cmp -s "$file" "$VENV/installed-$file" && return
    : >"$VENV/unfinished"
    step "Installing the Python packages of $file (minutes, the first time)" python -m pip install \
        --no-input --disable-pip-version-check --require-hashes --requirement "$file"
    cp requirements.txt "$VENV/installed-requirements.txt" # the other file holds the same pins, and more
    cp "$file" "$VENV/installed-$file"
    rm "$VENV/unfinished"
}

# An environment is made anew when an installation was cut off in it, or when its Python has gone or changed.
usable_environment() {
    [[ ! -e $VENV/unfinished && -r $VENV/python-version ]] &&
        [[ $("$VENV/bin/python" -VV 2>/dev/null) == "$(<"$VENV/python-version")" ]]
}

make_environment() {
    local python
    python=$(find_python) || fail 1 "No Python 3.11 or newer that can make a virtual environment was found."
    step "Making the Python environment $VENV" "$python" -m venv --clear "$VENV"
    "$VENV/bin/python" -VV >"$VENV/python-version"
}

# ---- saying and doing ------------------------------------------------------------------------------

say() {
    printf '%s\n' "$*"
}

fail() {
    local status=$1
    shift
    printf '%s\n' "$@" >&2
    exit "$status"
}

# step SAYING COMMAND…: says what is done, and shows the command's words only when it fails, as the last thing.
step() {
    attempt "$@"
    ((!FAILED)) || fail "$FAILED" "Starting again is safe."
}

# attempt SAYING COMMAND…: goes on when it fails; its status is in FAILED, not returned, since the shell does not
# stop at errors within what is asked for its status. `python` means the environment's own once there is one.
attempt() {
    local saying=$1 from
    shift
    [[ $1 == python ]] && set -- "$VENV/bin/python" "${@:2}"
    from=$(($(wc -l <"$LOG") + 1))
    say "$saying …"
    "$@" >>"$LOG" 2>&1 </dev/null &
    CHILD=$!
    FAILED=0
    wait "$CHILD" || FAILED=$?
    CHILD=
    if ((FAILED)); then
        tail -n "+$from" "$LOG" | tail -n 40 >&2
        say "That failed: $*" >&2
        say "The lines above are the end of the log, $LOG." >&2
    fi
}

stop_children() {
    local status=$?
    trap '' INT TERM HUP
    [[ -z $CHILD ]] || kill -TERM "$CHILD" || true
    [[ -z $SERVER ]] || kill -TERM -- "-$SERVER" || true
    wait || true
    exit "$status"
} 2>/dev/null

main "$@"
