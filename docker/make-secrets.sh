#!/bin/sh
# Makes the database's password once, in the volume that only database and cloud mount.
set -eu
file=/app/secrets/database-password
[ -s "$file" ] && exit 0
umask 277
od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$file"
