//! Whether our entities take a value.

use kwik_domain::{Entity, FieldError, Input, entity::validate_changes};

/// What an entity has against a new row; nothing when it takes it.
pub(crate) fn errors<E: Entity>(create: &E::Create) -> Vec<FieldError> {
    let mut values = Vec::new();
    create.changes(&mut values);
    let mut errors = validate_changes(E::META, &values).err().unwrap_or_default();
    create.check(&mut errors);
    errors
}
