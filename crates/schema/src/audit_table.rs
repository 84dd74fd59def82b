//! The table of the audit trail, which is the framework's own and no entity's.

use super::model::{Column, ColumnKind, Table};

/// Its name.
pub(super) const NAME: &str = "kwik_audit";

/// The table. Rows are only ever added; its columns are what the write path inserts.
pub(super) fn table() -> Table {
    use ColumnKind::{I64, Json, Text, Timestamp};
    let mut table = Table::new(NAME);
    table.append_only = true;
    table.columns = vec![
        Column::new("id", I64).identity(),
        Column::new("at", Timestamp),
        Column::new("entity", Text),
        Column::new("entity_key", Text),
        Column::new("action", Text),
        Column::new("version", I64),
        Column::new("user_id", I64).nullable(),
        Column::new("impersonator_id", I64).nullable(),
        Column::new("tenant", Text).nullable(),
        Column::new("via", Text),
        Column::new("request_id", Text),
        Column::new("address", Text).nullable(),
        Column::new("before", Json).nullable(),
        Column::new("after", Json).nullable(),
    ];
    table.indexes = vec![["entity", "entity_key", "id"].map(str::to_owned).to_vec()];
    table
}
