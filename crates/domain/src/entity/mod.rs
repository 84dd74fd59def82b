//! What an entity is: its struct, its metadata, its inputs.
//!
//! The derive `Entity` writes implementations of the traits here; it understands no types itself.
//! What a Rust type means as a field is said by [`FieldType`], once per type.

mod check;
mod child;
mod column;
mod field_meta;
mod field_set;
mod field_type;
mod input;
mod key;
mod kind;
mod meta;
mod object_reader;
mod pattern;
mod relation;
mod stored;
pub(crate) mod text;
mod validate;
mod web_address;

pub use child::{Child, ChildAccess, ChildVisitor};
pub use column::Column;
pub use field_meta::{Bound, FieldMeta};
pub use field_set::FieldSet;
pub use field_type::{FieldType, KeySource};
pub use input::{Form, Input, parse_json};
pub use key::{KeyRef, KeyType};
pub use kind::{Format, Item, Kind};
pub use meta::{EntityMeta, RightsOf};
pub use object_reader::ObjectReader;
pub use relation::{Children, OnDelete, Reference, View};
pub use stored::{Stored, SystemFields};
pub use validate::{FieldError, Issue, Validation, validate_changes};

use crate::{DecodeError, RowReader, ValueRef};

/// Object-safe access to the fields of any struct that has metadata.
pub trait Fields: Send + Sync {
    /// The value of the field at `index` of [`EntityMeta::fields`]; null when there is none.
    fn get(&self, index: usize) -> ValueRef<'_>;

    /// The row that the field at `index` refers to, where it is at hand.
    fn related(&self, _index: usize) -> Option<&dyn Fields> {
        None
    }
}

/// A struct that the framework keeps in a table and shows over HTTP. Made by the derive.
pub trait Entity: Fields + Clone + 'static {
    /// The type of the key field, or of all key fields as a tuple.
    type Key: KeyType;
    /// What creating one takes.
    type Create: Input;
    /// What changing one takes; a field that is `None` is left alone.
    type Update: Input + Default;
    /// Everything that is known about the entity.
    const META: &'static EntityMeta;
    /// Whether [`Entity::validate`] does anything; if not, a write needs no look at the old row.
    const VALIDATES: bool = false;

    /// This row's key.
    fn key(&self) -> Self::Key;

    /// Reads the struct from the first columns of a row, in the order of the metadata.
    ///
    /// # Errors
    ///
    /// When a column does not hold what the metadata says.
    fn decode(row: &dyn RowReader) -> Result<Self, DecodeError>;

    /// The key that `create` gives, if whoever creates a row gives it.
    fn given_key(create: &Self::Create) -> Option<Self::Key> {
        let _ = create;
        None
    }

    /// The row that `create` would make.
    fn draft(key: Self::Key, create: &Self::Create) -> Self;

    /// Makes the changes of `update`.
    fn apply(&mut self, update: &Self::Update);

    /// The change that gives a row the values that `create` has for these fields.
    fn change_to(create: &Self::Create, fields: FieldSet) -> Self::Update;

    /// Puts this row's values of these fields into `create`.
    fn keep(&self, create: &mut Self::Create, fields: FieldSet);

    /// Shows every kind of rows that are parts of this one's.
    fn children<V: ChildVisitor<Self>>(visitor: &mut V) {
        let _ = visitor;
    }

    /// The entity's cross-field validation, on the row as it is going to be.
    ///
    /// # Errors
    ///
    /// Every rule that the row breaks.
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        Ok(())
    }
}
