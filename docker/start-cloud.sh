#!/bin/sh
# The password stands in a file, and no command line or compose file shows it.
set -eu
password=$(cat /app/secrets/database-password)
DATABASE_URL="postgres://gatehouse:$password@127.0.0.1:5439/gatehouse"
export DATABASE_URL
exec node cloud/src/main.ts "$@"
