# shellcheck shell=bash
# The commands for a server: deploy, upgrade, status, uninstall. bootstrap.sh reads this for them alone.
#
#   /opt/twitter-trends/releases/ID    the code, nobody's to write; its .env leads to the settings, its .venv to:
#   /opt/twitter-trends/venvs/ID       the Python packages, shared by all releases that want the same
#   /opt/twitter-trends/current        leads to the release that serves; `previous` to the one before
#   /etc/twitter-trends/settings.env   the settings, root's to write and the pages' and jobs' to read
#   /var/lib/twitter-trends            tweets, reports and mail, where the settings name no other place
#   /var/cache/twitter-trends          what can be fetched again
#   /run/twitter-trends                what is known while the pages are up

NAME=twitter-trends # of the user, the services, and the folders
APP=/opt/$NAME
ETC=/etc/$NAME
STATE=/var/lib/$NAME
CACHE=/var/cache/$NAME
RUN=/run/$NAME
LOCK=/run/$NAME.lock
SETTINGS=$ETC/settings.env
PARTS=$ROOT/deploy/machine

# shellcheck source=deploy/machine/packages.sh
. "$PARTS/packages.sh"
# shellcheck source=deploy/machine/settings.sh
. "$PARTS/settings.sh"
# shellcheck source=deploy/machine/releases.sh
. "$PARTS/releases.sh"
# shellcheck source=deploy/machine/systemd.sh
# shellcheck source=deploy/machine/container.sh
if [[ -d /run/systemd/system ]]; then . "$PARTS/systemd.sh"; else . "$PARTS/container.sh"; fi
# shellcheck source=deploy/machine/jobs.sh
. "$PARTS/jobs.sh"
# shellcheck source=deploy/machine/deploy.sh
. "$PARTS/deploy.sh"
# shellcheck source=deploy/machine/status.sh
. "$PARTS/status.sh"
# shellcheck source=deploy/machine/uninstall.sh
. "$PARTS/uninstall.sh"

on_machine() {
    local command=$1
    shift
    if ((EUID != 0)); then
        fail 1 "$command needs root, for the port, the services and the settings." \
            "Type: sudo ./bootstrap.sh $command"
    fi
    umask 022
    LOG=$ROOT/$LOG
    VENV=$APP/venvs/none # a developer's own is not for a server
    export PIP_NO_CACHE_DIR=1
    # Whoever types this may have a Python of their own, which the user of the service cannot start.
    export HOME=${HOME:-/root} PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    unset PYTHONPATH PYTHONHOME VIRTUAL_ENV
    case $command in
        status) status "$@" ;;
        *) alone "$command" "$@" ;;
    esac
}

# Two deployments at once would each undo the other's half. The lock is flock's own: what is started here and
# goes on does not keep it.
alone() {
    local status=0
    if [[ ${TRENDS_LOCK:-} == held ]]; then
        unset TRENDS_LOCK
        begin
        "$@"
        return
    fi
    # By bash: out of a zip, the file may not be one to run.
    TRENDS_LOCK=held TRENDS_STARTED_IN=$STARTED_IN flock --nonblock --close --conflict-exit-code 75 "$LOCK" \
        bash "$ROOT/bootstrap.sh" "$@" || status=$?
    if ((status == 75)); then
        fail 75 "Another deployment is at work on this machine. Start again when it is done."
    fi
    exit "$status"
}

# wait_until SECONDS COMMAND…: fails where the command has not succeeded by then.
wait_until() {
    local give_up=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < give_up)) || return 1
        sleep 0.1
    done
}

as_user() {
    runuser -u "$NAME" -- env -i HOME="$STATE" PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 \
        PYTHONDONTWRITEBYTECODE=1 "$@"
}
