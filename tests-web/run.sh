#!/usr/bin/env bash
# Shows the examples customers and backoffice to programs of the web: validators of their documents, generated
# TypeScript clients, a browser on their pages. Needs Node.js 20 or newer, and Chromium for the page (as root on Debian it
# is installed; KWIK_TEST_CHROMIUM names another one). Ends whatever it starts.
# The last line is "N passed, N failed"; the status is not 0 when something failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source ./service.sh
trap stop_service EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

fail() {
    echo "tests-web: $*" >&2
    echo "0 passed, 1 failed"
    exit 1
}

command -v node >/dev/null || fail "Node.js is not installed"
export KWIK_TEST_CHROMIUM=${KWIK_TEST_CHROMIUM:-$(command -v chromium || command -v google-chrome)}
if [ -z "$KWIK_TEST_CHROMIUM" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1
    KWIK_TEST_CHROMIUM=$(command -v chromium)
fi
[ -n "$KWIK_TEST_CHROMIUM" ] || fail "Chromium is not installed; install it, or name it in KWIK_TEST_CHROMIUM"

npm ci --silent || fail "the packages cannot be installed"
rm -rf generated dist
for example in customers backoffice; do
    start_service $example || fail "the service $example does not start"
    export "KWIK_TEST_URL_${example^^}=$url"
    curl -sSf "$url/api/v1/openapi.json" -o "$example.openapi.json" || fail "$example has no document"
done
npm run --silent generate || fail "a client cannot be generated from the document"
npm run --silent build || fail "the generated clients do not compile"

export KWIK_TEST_SCREENSHOTS=${KWIK_TEST_SCREENSHOTS:-$scratch}
node --test --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=tap --test-reporter-destination="$scratch/tap" dist/src/
status=$?
count() { sed -n "s/^# $1 //p" "$scratch/tap" | tail -n 1; }
echo "$(count pass) passed, $(count fail) failed"
exit $status
