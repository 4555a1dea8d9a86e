# shellcheck shell=bash
# The releases: copies of the code by what is in them, each with its Python packages, and which of them serves.

PARTS_OF_A_RELEASE=(app collector deploy mailer report bootstrap.sh crontab gunicorn.conf.py pyproject.toml
    requirements.txt)

# Sets RELEASE to the folder of the code this was started from, which is made where it is not there yet. The
# same code is the same release, wherever it was started from.
make_release() {
    local version
    version=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)
    RELEASE=$APP/releases/$version-$(digest_of_code)
    if [[ ! -e $RELEASE ]]; then
        step "Copying the code to $RELEASE" copy_code "$RELEASE.part"
        mv "$RELEASE.part" "$RELEASE"
    fi
    make_packages
}

digest_of_code() {
    find "${PARTS_OF_A_RELEASE[@]}" -type f ! -name '*.pyc' -print0 | LC_ALL=C sort -z |
        xargs -0 sha256sum | sha256sum | cut -c 1-12
}

# Folders that a release would write into lead to where they outlast it.
copy_code() {
    local folder
    rm -rf "$1"
    mkdir "$1"
    tar -c --exclude=__pycache__ "${PARTS_OF_A_RELEASE[@]}" | tar -x --no-same-owner -C "$1"
    chmod -R u=rwX,go=rX "$1"
    for folder in data outbox site; do ln -s "$STATE/$folder" "$1/$folder"; done
    ln -s "$CACHE" "$1/.cache"
    ln -s "$SETTINGS" "$1/.env"
}

# The same list for the same Python is the same environment: an upgrade that changes neither installs nothing,
# and what serves is never written into.
make_packages() {
    local python
    python=$(find_python) || fail 1 "No Python 3.11 or newer that can make a virtual environment was found."
    VENV=$(packages_for "$python")
    install_requirements requirements.txt
    if [[ ! -e $RELEASE/.venv ]]; then
        ln -s "$VENV" "$RELEASE/.venv"
        step "Compiling the code" python -m compileall -q "$RELEASE"/{app,collector,deploy,mailer,report}
    fi
    ln -sfn "$VENV" "$RELEASE/.venv"
}

packages_for() {
    printf '%s' "$APP/venvs/$({ "$1" -VV && cat requirements.txt; } | sha256sum | cut -c 1-12)"
}

release_at() {
    basename "$(readlink "$APP/$1" 2>/dev/null || true)"
}

point() {
    ln -sfn "$2" "$APP/$1.part"
    mv -T "$APP/$1.part" "$APP/$1"
}

# The release before stays: what its last readers are still sent is read from it, and one can go back to it.
remove_old_releases() {
    local path kept
    kept=" $(release_at current) $(release_at previous) "
    for path in "$APP"/releases/*; do
        [[ $kept == *" ${path##*/} "* ]] || rm -rf "$path"
    done
    kept=" $(readlink "$APP"/releases/*/.venv | tr '\n' ' ') "
    for path in "$APP"/venvs/*; do
        [[ $kept == *" $path "* ]] || rm -rf "$path"
    done
}
