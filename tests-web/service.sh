# Sourced by the scripts beside it: the customers example on a free port, with a database of its own.
# Sets scratch (a folder that goes with it), KWIK_TEST_URL and KWIK_TEST_PASSWORD.

scratch=$(mktemp -d)
service=
export KWIK_TEST_PASSWORD=administrator-password-1
export KWIK_TEST_URL=

start_service() {
    local program folder
    folder=$(cd .. && pwd)
    (cd "$folder" && cargo build --quiet --package customers) || return
    program=${CARGO_TARGET_DIR:-$folder/target}/debug/customers
    mkdir -p "$scratch/run"
    # Port 0 takes a free one; the program says which.
    (cd "$scratch/run" && exec env KWIK_PORT=0 KWIK_LOG=warn "KWIK_FIRST_SUPERUSER_PASSWORD=$KWIK_TEST_PASSWORD" \
        "$program" serve >"$scratch/service.log" 2>&1 </dev/null) &
    service=$!
    for _ in $(seq 300); do
        KWIK_TEST_URL=$(grep -o 'http://[0-9.]*:[0-9]*' "$scratch/service.log" | head -n 1)
        [ -n "$KWIK_TEST_URL" ] && curl -sf "$KWIK_TEST_URL/readyz" >/dev/null && return 0
        kill -0 "$service" 2>/dev/null || break
        sleep 0.1
    done
    tail -n 5 "$scratch/service.log" >&2
    return 1
}

stop_service() {
    if [ -n "$service" ]; then
        kill "$service" 2>/dev/null
        wait "$service" 2>/dev/null
    fi
    rm -rf "$scratch"
}
