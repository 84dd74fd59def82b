# The first process in the container of a run: a throwaway PostgreSQL that ends with the run.
#
# It works in the official images, Debian and Alpine, and in any image with the server, psql and su.
# The run's owner keeps a session open whose name begins with kwik_lease_ (the lease). When there has been
# none for two seconds, or none at all for a minute, this process ends, and the engine removes
# the container: there is no other reaper.

for folder in /usr/lib/postgresql/*/bin /usr/local/bin /usr/bin; do
    [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && PATH=$folder:$PATH
done
home=/tmp/kwik
mkdir "$home" && printf %s "$KWIK_PASSWORD" >"$home/password" && chown -R postgres "$home" || exit 1
unset KWIK_PASSWORD

as_postgres() {
    su postgres -s /bin/sh -c "PATH=$PATH; cd $home; exec $*"
}

for locale in C.UTF-8 C; do
    as_postgres initdb -D "$home/data" -U postgres --auth-local=trust --auth-host=md5 \
        --pwfile="$home/password" --encoding=UTF8 --locale="$locale" --no-sync && break
done
echo "host all all all md5" >>"$home/data/pg_hba.conf"
as_postgres postgres -D "$home/data" -p 5432 -c "listen_addresses=\\*" -c unix_socket_directories="$home" \
    -c max_connections=300 -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
    -c autovacuum_naptime=1h -c wal_level=minimal -c max_wal_senders=0 &
server=$!

patience=60
while kill -0 "$server" 2>/dev/null && [ "$patience" -gt 0 ]; do
    sleep 1
    leases=$(psql -h "$home" -U postgres -d postgres -XAtc \
        "select count(*) from pg_stat_activity where starts_with(application_name, 'kwik_lease_')")
    case $leases in
        '') ;;
        0) patience=$((patience - 1)) ;;
        *) patience=2 ;;
    esac
done
exit 0
