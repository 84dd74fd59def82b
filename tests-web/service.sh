# Sourced by the scripts beside it: examples on free ports, each with a database of its own.
# Sets scratch (a folder that goes with them), KWIK_TEST_PASSWORD, and url, where the last one started is.

scratch=$(mktemp -d)
services=()
url=
export KWIK_TEST_PASSWORD=administrator-password-1

# start_service EXAMPLE
start_service() {
    local program folder run=$scratch/$1
    folder=$(cd .. && pwd)
    (cd "$folder" && cargo build --quiet --package "$1") || return
    program=${CARGO_TARGET_DIR:-$folder/target}/debug/$1
    mkdir -p "$run"
    # Port 0 takes a free one; the program says which.
    (cd "$run" && exec env KWIK_PORT=0 KWIK_LOG=warn "KWIK_FIRST_SUPERUSER_PASSWORD=$KWIK_TEST_PASSWORD" \
        "$program" serve >"$run.log" 2>&1 </dev/null) &
    services+=($!)
    for _ in $(seq 300); do
        url=$(grep -o 'http://[0-9.]*:[0-9]*' "$run.log" | head -n 1)
        [ -n "$url" ] && curl -sf "$url/readyz" >/dev/null && return 0
        kill -0 "${services[-1]}" 2>/dev/null || break
        sleep 0.1
    done
    tail -n 5 "$run.log" >&2
    return 1
}

stop_service() {
    for service in "${services[@]}"; do
        kill "$service" 2>/dev/null
        wait "$service" 2>/dev/null
    done
    rm -rf "$scratch"
}
