//! Keys of one or several fields.

use super::{EntityMeta, FieldType, Issue, KeySource, Kind};
use crate::{Comparison, DecodeError, Filter, RowReader, Value, ValueRef};
use std::{hash::Hash, ops::Deref};

/// The most fields that a key has.
pub(super) const MOST: usize = 4;

/// The longest key of text, in characters: longer ones do not fit every index.
const LONGEST: usize = 255;

/// The values of a key, one for each of its fields. Copying it never allocates.
#[derive(Clone, Copy, Debug)]
pub struct KeyRef<'a> {
    values: [ValueRef<'a>; MOST],
    fields: usize,
}

impl<'a> KeyRef<'a> {
    /// The key with these values; of more than 4 the rest is left out.
    pub fn of(values: impl IntoIterator<Item = ValueRef<'a>>) -> Self {
        let mut key = Self { values: [ValueRef::Null; MOST], fields: 0 };
        for (place, value) in key.values.iter_mut().zip(values) {
            *place = value;
            key.fields += 1;
        }
        key
    }

    /// The key of a row, whose first columns are those of the metadata.
    ///
    /// # Errors
    ///
    /// When a column does not hold what the metadata says.
    pub fn read(row: &'a dyn RowReader, entity: &'static EntityMeta) -> Result<Self, DecodeError> {
        let mut key = Self { values: [ValueRef::Null; MOST], fields: entity.keys };
        for (index, field) in entity.key_fields().iter().enumerate() {
            key.values[index] = ValueRef::read(row, field.kind, index)?;
        }
        Ok(key)
    }

    /// The plain text form, as it stands in a path or in the audit trail: `7`, or `7,2` of several fields.
    pub fn to_text(&self) -> String {
        if let [value] = **self {
            return value.to_text();
        }
        self.iter().map(|value| value.to_text()).collect::<Vec<_>>().join(",")
    }

    /// The condition that a row has this key.
    pub fn filter(&self) -> Filter {
        let same = |(index, value): (usize, &ValueRef<'_>)| Filter::Compare(index, Comparison::Eq, (*value).to_owned());
        self.iter().enumerate().map(same).reduce(|a, b| a & b).unwrap_or(Filter::Nothing)
    }
}

impl<'a> From<ValueRef<'a>> for KeyRef<'a> {
    fn from(value: ValueRef<'a>) -> Self {
        Self { values: [value, ValueRef::Null, ValueRef::Null, ValueRef::Null], fields: 1 }
    }
}

impl<'a> Deref for KeyRef<'a> {
    type Target = [ValueRef<'a>];
    fn deref(&self) -> &Self::Target {
        &self.values[..self.fields]
    }
}

/// A type that may be a key: that of one field, or a tuple of 2 to 4 of them.
pub trait KeyType: Clone + Eq + Hash + Send + Sync + 'static {
    /// What the key's one field holds; none if it has several.
    const SINGLE: Option<Kind> = None;

    /// The values of its fields.
    fn values(&self) -> KeyRef<'_>;

    /// Reads what [`KeyRef::to_text`] writes.
    ///
    /// # Errors
    ///
    /// An [`Issue`] that says what would be right.
    fn parse_key(text: &str) -> Result<Self, Issue>;

    /// A key that stands for "not known yet" in the draft of a row whose key the database gives.
    fn placeholder() -> Option<Self> {
        None
    }
}

impl<T: FieldType + Eq + Hash> KeyType for T {
    const SINGLE: Option<Kind> = Some(T::KIND);

    #[inline]
    fn values(&self) -> KeyRef<'_> {
        self.value().into()
    }

    fn parse_key(text: &str) -> Result<Self, Issue> {
        if text.is_empty() {
            return Err(Issue::new("type", "must not be empty"));
        }
        T::from_text(text)
    }

    fn placeholder() -> Option<Self> {
        let text = match KeySource::of(T::KIND) {
            KeySource::Uuid7 => "00000000-0000-0000-0000-000000000000",
            _ => "0",
        };
        T::from_text(text).ok()
    }
}

macro_rules! composite {
    ($($part:ident $n:tt),+) => {
        impl<$($part: FieldType + Eq + Hash),+> KeyType for ($($part,)+) {
            fn values(&self) -> KeyRef<'_> {
                KeyRef::of([$(self.$n.value()),+])
            }

            fn parse_key(text: &str) -> Result<Self, Issue> {
                let parts = split(text, [$($n),+].len())?;
                Ok(($($part::from_text(parts[$n]).map_err(|issue| of_part($n, &issue))?,)+))
            }
        }
    };
}

composite!(A 0, B 1);
composite!(A 0, B 1, C 2);
composite!(A 0, B 1, C 2, D 3);

fn split(text: &str, fields: usize) -> Result<Vec<&str>, Issue> {
    let parts: Vec<&str> = text.split(',').collect();
    if parts.len() == fields {
        return Ok(parts);
    }
    Err(Issue::new("type", format!("must be {fields} values with commas between them")))
}

fn of_part(index: usize, issue: &Issue) -> Issue {
    Issue::new(issue.code, format!("must be values with commas between them; value {} {}", index + 1, issue.message))
}

/// Reads a key by the metadata of its fields.
pub(super) fn parse(entity: &'static EntityMeta, text: &str) -> Result<Filter, Issue> {
    let fields = entity.key_fields();
    if let [field] = fields {
        return Ok(KeyRef::from(field.parse(text)?.as_ref()).filter());
    }
    let parts = fields.iter().zip(split(text, fields.len())?).enumerate();
    let values = parts.map(|(n, (field, part))| field.parse(part).map_err(|issue| of_part(n, &issue)));
    let values: Vec<Value> = values.collect::<Result<_, _>>()?;
    Ok(KeyRef::of(values.iter().map(Value::as_ref)).filter())
}

/// What a text must be to be a key: it stands in paths, in which some texts mean something else.
pub(super) fn check_text(text: &str) -> Result<(), Issue> {
    if text.is_empty() || text.chars().count() > LONGEST {
        return Err(Issue::new("length", format!("must have 1 to {LONGEST} characters: it is a key")));
    }
    if matches!(text, "." | "..") {
        return Err(Issue::new("format", "must not be \".\" or \"..\": it is a key, which stands in addresses"));
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use uuid::Uuid;

    #[test]
    fn keys_of_several_fields_come_back_from_their_text() {
        let key = (-3_i32, 7_i64, Uuid::from_u128(5), NaiveDate::from_ymd_opt(2026, 1, 31).unwrap());
        let text = key.values().to_text();
        assert_eq!(text, "-3,7,00000000-0000-0000-0000-000000000005,2026-01-31");
        assert_eq!(KeyType::parse_key(&text), Ok(key));
        assert_eq!(String::parse_key("a,b"), Ok("a,b".to_owned()));
        assert_eq!("a,b".to_owned().values().to_text(), "a,b");
        assert_eq!(<(i64, i64)>::SINGLE, None);
        assert_eq!(i64::SINGLE, Some(Kind::I64));
    }

    #[test]
    fn what_is_no_key_is_told() {
        for text in ["", "1", "1,2,3", ","] {
            assert_eq!(<(i64, i64)>::parse_key(text).unwrap_err().code, "type", "{text:?}");
        }
        let issue = <(i64, i64)>::parse_key("1,x").unwrap_err();
        assert_eq!(issue.message, "must be values with commas between them; value 2 must be an integer");
    }

    #[test]
    fn the_condition_names_each_field() {
        let one = Filter::Compare(0, Comparison::Eq, Value::Int(1));
        assert_eq!(1_i64.values().filter(), one);
        assert_eq!((1_i64, 2_i64).values().filter(), one & Filter::Compare(1, Comparison::Eq, Value::Int(2)));
    }

    #[test]
    fn keys_of_text_can_stand_in_addresses() {
        for text in ["", ".", "..", &"x".repeat(256)] {
            assert!(check_text(text).is_err(), "{text:?}");
        }
        for text in ["a", "a/b", "...", &"ü".repeat(255)] {
            assert!(check_text(text).is_ok(), "{text:?}");
        }
    }
}
