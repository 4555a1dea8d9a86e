#!/bin/sh
# Amazon Linux 2023 comes without cron. Every instance gets it: the ledger in storage keeps it to one mail a reader.
set -eu
rpm -q cronie >/dev/null 2>&1 || dnf install -y -q cronie
systemctl enable --now crond
