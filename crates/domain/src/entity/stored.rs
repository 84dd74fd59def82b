//! An entity with what the framework keeps beside it.

use super::{Entity, FieldSet, FieldType, Fields};
use crate::{DecodeError, Permit, RowReader, ValueRef};
use chrono::{DateTime, Utc};

/// What the framework keeps of a row besides the struct's own fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SystemFields {
    /// Counts the changes, beginning with 1; 0 where the entity has no version.
    pub version: i64,
    /// When it was created.
    pub creation_time: Option<DateTime<Utc>>,
    /// The user who created it.
    pub creator_user_id: Option<i64>,
    /// When it was last changed.
    pub last_modification_time: Option<DateTime<Utc>>,
    /// The user who changed it last.
    pub last_modifier_user_id: Option<i64>,
}

/// An entity as it stands in the database. Reads like the entity itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored<E> {
    /// The struct.
    pub entity: E,
    /// Version and audit columns.
    pub system: SystemFields,
    /// The fields that whoever it was read for may see: what representations show.
    pub visible: FieldSet,
}

impl<E> std::ops::Deref for Stored<E> {
    type Target = E;
    fn deref(&self) -> &E {
        &self.entity
    }
}

impl<E: Entity> Stored<E> {
    /// The row's version; 0 where the entity has none.
    pub fn version(&self) -> i64 {
        self.system.version
    }

    /// Reads the struct and then the system columns.
    ///
    /// # Errors
    ///
    /// When a column does not hold what the metadata says.
    pub fn decode(row: &dyn RowReader) -> Result<Self, DecodeError> {
        let mut system = SystemFields::default();
        if let Some(index) = E::META.version() {
            system.version = i64::decode(row, index)?;
        }
        if let Some(first) = E::META.audit_columns() {
            system.creation_time = Option::decode(row, first)?;
            system.creator_user_id = Option::decode(row, first + 1)?;
            system.last_modification_time = Option::decode(row, first + 2)?;
            system.last_modifier_user_id = Option::decode(row, first + 3)?;
        }
        Ok(Self { entity: E::decode(row)?, system, visible: FieldSet::ALL })
    }

    /// With the fields visible that the permit allows to be read.
    pub(crate) fn seen_by(self, permit: &Permit) -> Self {
        Self { visible: permit.scope().read, ..self }
    }
}

impl<E: Entity> Fields for Stored<E> {
    fn get(&self, index: usize) -> ValueRef<'_> {
        let meta = E::META;
        if index < meta.own {
            return self.entity.get(index);
        }
        if meta.version() == Some(index) {
            return ValueRef::Int(self.system.version);
        }
        match meta.audit_columns().map(|first| index - first) {
            Some(0) => self.system.creation_time.as_ref().map_or(ValueRef::Null, |t| ValueRef::Timestamp(*t)),
            Some(1) => self.system.creator_user_id.map_or(ValueRef::Null, ValueRef::Int),
            Some(2) => self.system.last_modification_time.map_or(ValueRef::Null, ValueRef::Timestamp),
            Some(3) => self.system.last_modifier_user_id.map_or(ValueRef::Null, ValueRef::Int),
            _ => ValueRef::Null,
        }
    }
}
