//! What creating and changing an entity takes.

use super::{EntityMeta, FieldError, Issue, ObjectReader};
use crate::{Change, Error, Result};

/// The struct that creating (`CustomerCreate`) or changing (`CustomerUpdate`) an entity takes.
/// Made by the derive.
pub trait Input: Sized + Clone + Send + Sync + 'static {
    /// Whether this changes a row, rather than creating one.
    const UPDATE: bool;

    /// Takes the fields out of a JSON object. `None` when one was wrong; the reader knows which.
    fn read(reader: &mut ObjectReader<'_>) -> Option<Self>;

    /// What is to be written: index in [`EntityMeta::fields`] and value.
    fn changes<'a>(&'a self, out: &mut Vec<Change<'a>>);

    /// The fields' own validation functions, for values that did not come from JSON.
    fn check(&self, _errors: &mut Vec<FieldError>) {}
}

/// What a body of JSON takes that makes or changes no row by itself: what a command needs to know. Made by
/// the derive of the same name.
pub trait Form: Input {
    /// Its fields, behind one that stands for the key that it has not.
    const META: &'static EntityMeta;
}

/// Reads the JSON body of a create or an update.
///
/// # Errors
///
/// [`Error::Malformed`] when it is no JSON object, [`Error::Invalid`] with every error in it.
pub fn parse_json<I: Input>(meta: &'static EntityMeta, body: &[u8]) -> Result<I> {
    let mut reader = ObjectReader::new(meta, body, I::UPDATE)?;
    let input = I::read(&mut reader);
    let empty = I::UPDATE && !reader.took_any();
    let mut errors = reader.finish();
    if empty && errors.is_empty() {
        errors.push(FieldError::new("", Issue::new("empty", "must have at least one field that can be changed")));
    }
    match input {
        Some(input) if errors.is_empty() => Ok(input),
        _ => Err(Error::Invalid(errors)),
    }
}
