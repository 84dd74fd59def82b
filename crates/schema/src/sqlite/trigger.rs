//! Triggers: the audit trail that nobody changes. Rights that change need no announcement: one
//! process holds the file.

use super::super::names::{quote, text_literal};

/// The names of the triggers that keep the rows of a table as they are.
pub(super) fn append_only_names(table: &str) -> [String; 3] {
    ["no_update", "no_delete", "no_replace"].map(|what| format!("{table}_{what}"))
}

/// Keeps rows from being changed or removed. `INSERT OR REPLACE` removes rows without telling delete
/// triggers, so it has a trigger of its own.
pub(super) fn make_append_only(table: &str) -> Vec<String> {
    let [update, delete, replace] = append_only_names(table).map(|name| quote(&name));
    let message = text_literal(&format!("rows of {table} are never changed or removed"));
    let table = quote(table);
    let raise = format!("BEGIN\n  SELECT RAISE(ABORT, {message});\nEND;");
    vec![
        format!("CREATE TRIGGER IF NOT EXISTS {update} BEFORE UPDATE ON {table} {raise}"),
        format!("CREATE TRIGGER IF NOT EXISTS {delete} BEFORE DELETE ON {table} {raise}"),
        format!(
            "CREATE TRIGGER IF NOT EXISTS {replace} BEFORE INSERT ON {table}\n  \
             WHEN EXISTS (SELECT 1 FROM {table} WHERE rowid = NEW.rowid) {raise}"
        ),
    ]
}
