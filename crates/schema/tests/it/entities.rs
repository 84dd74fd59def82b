//! Entities written by hand, so that each test can have those that it needs.

use kwik_domain::{EntityMeta, FieldMeta};
use kwik_schema::Schema;

/// An unaudited, unversioned entity with a key named `id` and those fields.
pub(crate) fn plain(table: &'static str, fields: &[FieldMeta]) -> EntityMeta {
    let fields: Vec<FieldMeta> = [FieldMeta::of::<i64>("id")].iter().chain(fields).copied().collect();
    let own = fields.len();
    EntityMeta::new("Thing", "Things", table, fields.leak(), own).unaudited().unversioned()
}

/// An audited, versioned entity with a key named `id` and those fields.
pub(crate) fn audited(table: &'static str, fields: &[FieldMeta]) -> EntityMeta {
    let own = fields.len() + 1;
    let system = [FieldMeta::VERSION].into_iter().chain(FieldMeta::AUDIT);
    let fields: Vec<FieldMeta> =
        [FieldMeta::of::<i64>("id")].into_iter().chain(fields.iter().copied()).chain(system).collect();
    EntityMeta::new("Thing", "Things", table, fields.leak(), own)
}

/// The schema of the framework and those entities.
pub(crate) fn schema(entities: impl IntoIterator<Item = EntityMeta>) -> Schema {
    let entities: Vec<&'static EntityMeta> = entities.into_iter().map(|meta| &*Box::leak(Box::new(meta))).collect();
    Schema::of(&entities).unwrap()
}

/// The schema of the framework and one plain entity.
pub(crate) fn things(fields: &[FieldMeta]) -> Schema {
    schema([plain("things", fields)])
}

pub(crate) fn text(name: &'static str) -> FieldMeta {
    FieldMeta::of::<String>(name)
}

pub(crate) fn optional(name: &'static str) -> FieldMeta {
    FieldMeta::of::<Option<String>>(name)
}
