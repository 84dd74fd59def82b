# The guard of a run: it starts the throwaway cluster of the run and clears up when the run ends.
#
# Its standard input is a pipe that only the run's owner holds. The input ends when the owner lets go
# of it or dies, in whatever way; that is what starts the clearing up.
#
# Arguments: the run's folder, then a command that removes what the run left in a database server.
# Environment: GUARD_BIN (the folder of initdb and postgres), GUARD_ACCOUNT (who runs them, if not we).
# Requests, one a line: `initdb`, `start PORT`, `alive`, `command PID`, `finished`,
# `swept` (nothing is left in a database server), `docker` (there may be a container).
# Answers, one a line: the exit status of what was asked for.

trap '' HUP INT QUIT TERM PIPE
folder=$1
shift
cluster=$folder/cluster
postmaster=
command=

# Becomes the command in its arguments, as the cluster's account.
as_account() {
    if [ -z "$GUARD_ACCOUNT" ]; then
        exec "$@"
    elif setpriv --reuid="$GUARD_ACCOUNT" --regid="$(id -g "$GUARD_ACCOUNT")" --clear-groups true 2>/dev/null; then
        exec setpriv --reuid="$GUARD_ACCOUNT" --regid="$(id -g "$GUARD_ACCOUNT")" --clear-groups "$@"
    elif runuser -u "$GUARD_ACCOUNT" -- true 2>/dev/null; then
        exec runuser -u "$GUARD_ACCOUNT" -- "$@"
    else
        exec su -s /bin/sh -c "exec $*" "$GUARD_ACCOUNT"
    fi
}

initialise() {
    # C.UTF-8 is not known everywhere; C sorts the same.
    for locale in C.UTF-8 C; do
        (cd "$cluster" && as_account "$GUARD_BIN/initdb" -D "$cluster/data" -U postgres \
            --auth-local=trust --auth-host=md5 --pwfile="$cluster/password" \
            --encoding=UTF8 --locale="$locale" --no-sync) >>"$cluster/log" 2>&1 </dev/null && return 0
    done
    return 1
}

start() {
    (cd "$cluster" && as_account "$GUARD_BIN/postgres" -D "$cluster/data" -p "$1" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
        -c autovacuum_naptime=1h -c wal_level=minimal -c max_wal_senders=0) >>"$cluster/log" 2>&1 </dev/null &
    postmaster=$!
}

# Whether a process has ended. One that init has not collected yet (a zombie) has.
has_ended() {
    ! kill -0 "$1" 2>/dev/null || grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null
}

# Waits until a process has ended, for $2 tenths of a second at most.
ended_within() {
    left=$2
    until has_ended "$1"; do
        [ "$left" -gt 0 ] || return 1
        left=$((left - 1))
        sleep 0.1
    done
}

# Whether a process is the server of this run's cluster and not a later one with the same id.
is_ours() {
    if [ -d "/proc/$1" ]; then
        tr '\0' ' ' <"/proc/$1/cmdline"
    else
        ps -o args= -p "$1"
    fi 2>/dev/null | grep -qF "$cluster/data"
}

stop_cluster() {
    process=$postmaster
    if [ -r "$cluster/data/postmaster.pid" ]; then
        read -r process <"$cluster/data/postmaster.pid"
        is_ours "$process" || process=$postmaster
    fi
    [ -n "$process" ] || return 0
    # A signal that comes before the server listens to signals is lost: hence the repetition.
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        kill -QUIT "$process" 2>/dev/null || return 0
        ended_within "$process" 10 && return 0
    done
    kill -KILL "$process"
}

while read -r request argument; do
    case $request in
        initdb) initialise; echo $? ;;
        start) start "$argument"; echo 0 ;;
        alive) kill -0 "$postmaster" 2>/dev/null; echo $? ;;
        command) command=$argument; echo 0 ;;
        finished) command=; echo 0 ;;
        swept) set --; echo 0 ;;
        docker) [ $# -eq 0 ] || set -- "$@" docker; echo 0 ;;
    esac
done

# The owner died before the command that it had started: it shall not go on without its databases.
if [ -n "$command" ] && kill -TERM "$command" 2>/dev/null; then
    ended_within "$command" 100 || kill -KILL "$command"
fi
stop_cluster
for _ in 1 2 3 4 5; do
    rm -rf -- "$folder" && break
    sleep 0.1
done
[ $# -eq 0 ] || "$@" </dev/null >/dev/null 2>&1
