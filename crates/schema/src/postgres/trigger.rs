//! Triggers: the audit trail that nobody changes, and the announcement of changed rights.

use super::super::{
    Notify,
    names::{postgres_text_literal, quote},
};

/// The trigger that keeps rows as they are.
pub(super) const APPEND_ONLY: &str = "kwik_append_only";
/// The trigger that announces changes on the channel `kwik_access`: to everybody, by statement, or to the
/// users whom they concern, by row.
pub(super) const NOTIFY: &str = "kwik_notify_access";
/// The trigger beside one by row: rows that go all at once are not looked at.
pub(super) const NOTIFY_TRUNCATE: &str = "kwik_notify_truncate";

/// Keeps rows from being changed or removed, in replication roles too.
pub(super) fn make_append_only(table: &str) -> Vec<String> {
    let table = quote(table);
    vec![
        "CREATE OR REPLACE FUNCTION kwik_append_only() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  \
         RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME\n    \
         USING ERRCODE = 'insufficient_privilege';\nEND\n$$;"
            .to_owned(),
        format!(
            "CREATE OR REPLACE TRIGGER {APPEND_ONLY} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}\n  \
             FOR EACH STATEMENT EXECUTE FUNCTION kwik_append_only();"
        ),
        format!("ALTER TABLE {table} ENABLE ALWAYS TRIGGER {APPEND_ONLY};"),
    ]
}

/// Announces each statement or row that may change somebody's rights, in place of what was announced before.
/// The same notifications of one transaction are folded into one by the server.
pub(super) fn begin_notify(table: &str, whom: &Notify, instead: bool) -> Vec<String> {
    let everybody = "CREATE OR REPLACE FUNCTION kwik_notify_access() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  \
         PERFORM pg_notify('kwik_access', '');\n  RETURN NULL;\nEND\n$$;"
        .to_owned();
    let on = |name: &str, events: &str, each: &str| {
        format!("CREATE OR REPLACE TRIGGER {name} AFTER {events} ON {}\n  FOR EACH {each};", quote(table))
    };
    let Notify::User(column) = whom else {
        let events = "INSERT OR UPDATE OR DELETE OR TRUNCATE";
        let begin = on(NOTIFY, events, "STATEMENT EXECUTE FUNCTION kwik_notify_access()");
        return [everybody, begin].into_iter().chain(instead.then(|| end(table, NOTIFY_TRUNCATE))).collect();
    };
    let user = "CREATE OR REPLACE FUNCTION kwik_notify_user() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  \
         IF TG_OP <> 'INSERT' THEN\n    \
         PERFORM pg_notify('kwik_access', coalesce(to_jsonb(OLD) ->> TG_ARGV[0], ''));\n  END IF;\n  \
         IF TG_OP <> 'DELETE' THEN\n    \
         PERFORM pg_notify('kwik_access', coalesce(to_jsonb(NEW) ->> TG_ARGV[0], ''));\n  END IF;\n  \
         RETURN NULL;\nEND\n$$;"
        .to_owned();
    let function = format!("ROW EXECUTE FUNCTION kwik_notify_user({})", postgres_text_literal(column));
    vec![
        everybody,
        user,
        on(NOTIFY, "INSERT OR UPDATE OR DELETE", &function),
        on(NOTIFY_TRUNCATE, "TRUNCATE", "STATEMENT EXECUTE FUNCTION kwik_notify_access()"),
    ]
}

/// Announces changes no more.
pub(super) fn end_notify(table: &str) -> Vec<String> {
    [NOTIFY, NOTIFY_TRUNCATE].map(|name| end(table, name)).to_vec()
}

fn end(table: &str, trigger: &str) -> String {
    format!("DROP TRIGGER IF EXISTS {trigger} ON {};", quote(table))
}
