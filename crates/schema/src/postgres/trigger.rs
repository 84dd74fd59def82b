//! Triggers: the audit trail that nobody changes, and the announcement of changed rights.

use super::super::names::quote;

/// The trigger that keeps rows as they are.
pub(super) const APPEND_ONLY: &str = "kwik_append_only";
/// The trigger that announces changes on the channel `kwik_access`.
pub(super) const NOTIFY: &str = "kwik_notify_access";

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

/// Announces each statement that may change somebody's rights. Notifications of one transaction are
/// folded into one by the server.
pub(super) fn begin_notify(table: &str) -> Vec<String> {
    vec![
        "CREATE OR REPLACE FUNCTION kwik_notify_access() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  \
         PERFORM pg_notify('kwik_access', '');\n  RETURN NULL;\nEND\n$$;"
            .to_owned(),
        format!(
            "CREATE OR REPLACE TRIGGER {NOTIFY} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {}\n  \
             FOR EACH STATEMENT EXECUTE FUNCTION kwik_notify_access();",
            quote(table)
        ),
    ]
}

/// Announces changes no more.
pub(super) fn end_notify(table: &str) -> String {
    format!("DROP TRIGGER {NOTIFY} ON {};", quote(table))
}
