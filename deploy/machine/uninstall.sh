# shellcheck shell=bash
# uninstall: the services, the jobs, the user and the code go; settings and data stay unless told otherwise.

uninstall() {
    local purge=
    if [[ ${1:-} == --purge ]]; then
        purge=yes
        shift
    fi
    (($# == 0)) || fail 2 "I do not know: uninstall $1" "Type ./bootstrap.sh --help to see what I know."
    say "Stopping the jobs and the web pages …"
    remove_jobs
    remove_services
    wait_until 90 is_over ||
        fail 1 "A job of $NAME is still at work. Nothing of it was removed; start again when it is done."
    cd /
    rm -rf "$APP" "$CACHE" "$RUN"
    if is_our_user; then
        step "Removing the user $NAME" userdel "$NAME"
    fi
    [[ -z $purge ]] || rm -rf "$ETC" "$STATE"
    rm -f "$LOCK"
    say_what_stayed
}

# What has ended and was not yet called for, as in a container without an init, is over.
is_over() {
    local number
    number=$(id -u "$NAME" 2>/dev/null) || return 0
    ! awk -v number="$number" '/^State:/ { state = $2 } /^Uid:/ && $2 == number && state != "Z" { found = 1 }
        END { exit !found }' < <(cat /proc/[0-9]*/status 2>/dev/null)
}

say_what_stayed() {
    local path
    for path in "$ETC" "$STATE"; do
        [[ ! -e $path ]] || say "Kept: $path (./bootstrap.sh uninstall --purge removes it)"
    done
    say "Kept: the system's packages, this folder, and whatever the settings keep elsewhere, such as in a bucket."
}
