#!/usr/bin/env bash
# Sends an example what its document allows, and what it does not, by schemathesis: nothing may fail on the
# server, what is answered must be as the document says, and so must what is refused.
# fuzz.sh [EXAMPLE] [SEED…], customers unless told, 200 cases for each operation and seed (KWIK_TEST_EXAMPLES);
# on the database of KWIK_DATABASE_URL, which must be empty, or on SQLite. Needs Python 3 with venv. Ends
# whatever it starts.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source ./service.sh
trap stop_service EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

if [ -z "${KWIK_TEST_SCHEMATHESIS:-}" ]; then
    python3 -m venv "$scratch/venv" && "$scratch/venv/bin/pip" install --quiet schemathesis==4.32.5 || exit 1
    KWIK_TEST_SCHEMATHESIS=$scratch/venv/bin/schemathesis
fi
example=customers
case ${1:-} in
[a-z]*) example=$1 && shift ;;
esac
# Nothing is throttled, and the token outlives the run; hashing is tried elsewhere.
export KWIK_ACCOUNT_BURST=0 KWIK_ADDRESS_BURST=0 KWIK_ACCESS_TOKEN_LIFETIME=4h KWIK_HASH_MEMORY=64 KWIK_HASH_PASSES=1
start_service "$example" || exit 1
token=$(curl -sSf "$url/api/v1/login/access-token" \
    --data-urlencode "username=admin@example.com" --data-urlencode "password=$KWIK_TEST_PASSWORD" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])') || exit 1
# Rows that hang together are hardly ever met by chance.
rows=fuzz_rows_$example.py
[ ! -f "$rows" ] || python3 "$rows" "$url/api/v1" "$token" || exit 1

[ $# -gt 0 ] || set -- 1 2
folder=$PWD
cd "$scratch" || exit 1
status=0
for seed in "$@"; do
    PYTHONPATH=$folder PYTHONDONTWRITEBYTECODE=1 SCHEMATHESIS_HOOKS=fuzz_hooks \
        "$KWIK_TEST_SCHEMATHESIS" --config-file "$folder/schemathesis.toml" run "$url/api/v1/openapi.json" \
        --header "Authorization: Bearer $token" --checks all --phases examples,coverage,fuzzing \
        --max-examples "${KWIK_TEST_EXAMPLES:-200}" --seed "$seed" --generation-database none \
        --continue-on-failure --no-color --warnings off || status=1
done
# Else the last cases were asked by nobody.
curl -sSf "$url/api/v1/login/test-token" -X POST -H "Authorization: Bearer $token" >/dev/null || status=1
exit $status
