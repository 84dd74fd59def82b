//! Typed handles of fields, for conditions in code.

use super::{FieldType, Kind};
use crate::{Comparison, Filter, Order, TextMatch, Value};
use std::marker::PhantomData;

/// The field at an index of entity `E`, holding a `T`: `Customer::EMAIL`. Made by the derive.
pub struct Column<E, T> {
    index: usize,
    marker: PhantomData<fn() -> (E, T)>,
}

impl<E, T> Clone for Column<E, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E, T> Copy for Column<E, T> {}

impl<E, T: FieldType> Column<E, T> {
    /// The handle of the field at `index` of the entity's metadata.
    pub const fn new(index: usize) -> Self {
        Self { index, marker: PhantomData }
    }

    /// Index in the entity's metadata.
    pub const fn index(self) -> usize {
        self.index
    }

    /// A condition; null, which compares with nothing, is looked for by equality alone.
    fn compare(self, comparison: Comparison, value: &T) -> Filter {
        match (value.value().to_owned(), comparison) {
            (Value::Null, Comparison::Eq) => Filter::IsNull(self.index),
            (Value::Null, Comparison::Ne) => !Filter::IsNull(self.index),
            (Value::Null, _) => Filter::Nothing,
            (value, comparison) => Filter::Compare(self.index, comparison, value),
        }
    }

    /// Equal to a value.
    pub fn eq(self, value: impl Into<T>) -> Filter {
        self.compare(Comparison::Eq, &value.into())
    }

    /// Other than a value; null is other than any value.
    pub fn ne(self, value: impl Into<T>) -> Filter {
        self.compare(Comparison::Ne, &value.into())
    }

    /// Less than a value.
    pub fn lt(self, value: impl Into<T>) -> Filter {
        self.compare(Comparison::Lt, &value.into())
    }

    /// At most a value.
    pub fn le(self, value: impl Into<T>) -> Filter {
        self.compare(Comparison::Le, &value.into())
    }

    /// More than a value.
    pub fn gt(self, value: impl Into<T>) -> Filter {
        self.compare(Comparison::Gt, &value.into())
    }

    /// At least a value.
    pub fn ge(self, value: impl Into<T>) -> Filter {
        self.compare(Comparison::Ge, &value.into())
    }

    /// One of some values; nothing is one of none.
    pub fn one_of(self, values: impl IntoIterator<Item = impl Into<T>>) -> Filter {
        Filter::In(self.index, values.into_iter().map(|v| v.into().value().to_owned()).collect())
    }

    /// Null.
    pub fn is_null(self) -> Filter {
        Filter::IsNull(self.index)
    }

    /// With this text somewhere in it, bytewise; of a field that holds text.
    pub fn contains(self, text: impl Into<String>) -> Filter {
        self.text(TextMatch::Contains, text.into())
    }

    /// Beginning with this text; of a field that holds text.
    pub fn starts_with(self, text: impl Into<String>) -> Filter {
        self.text(TextMatch::StartsWith, text.into())
    }

    /// Ending with this text; of a field that holds text.
    pub fn ends_with(self, text: impl Into<String>) -> Filter {
        self.text(TextMatch::EndsWith, text.into())
    }

    fn text(self, text_match: TextMatch, text: String) -> Filter {
        const { assert!(matches!(T::KIND, Kind::Text), "only text has text in it") };
        Filter::Text(self.index, text_match, text)
    }

    /// Sorted by it, least first.
    pub const fn asc(self) -> Order {
        Order { field: self.index, descending: false }
    }

    /// Sorted by it, largest first.
    pub const fn desc(self) -> Order {
        Order { field: self.index, descending: true }
    }
}
