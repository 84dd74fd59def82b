//! Typed handles of fields, for conditions in code.

use super::{Entity, FieldType, Kind};
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
        const { assert!(T::KIND.is_ordered(), "bytes, JSON and arrays are not compared") }
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
        const { assert!(T::KIND.is_ordered(), "bytes, JSON and arrays are not compared") }
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

    /// With this text somewhere in it, the case of the letters A to Z aside; of a field that holds text.
    pub fn search(self, text: impl Into<String>) -> Filter {
        self.text(TextMatch::Search, text.into())
    }

    /// Referring to a row that is there and satisfies a condition:
    /// `Order::CUSTOMER_ID.related::<Customer>(Customer::NAME.eq("Acme"))`. No row satisfies it when the field
    /// refers to another entity than `C`.
    ///
    /// # Panics
    ///
    /// At compile time, when the field is of another kind than the keys of `C`; where debug assertions are on,
    /// when it refers to another entity.
    pub fn related<C: Entity>(self, condition: Filter) -> Filter
    where
        E: Entity,
    {
        const {
            assert!(C::META.keys == 1, "a reference is to an entity whose key is one field");
            assert!(T::KIND as u8 == C::META.fields[0].kind as u8, "a reference is of the kind of the other's key");
        }
        let refers = E::META.fields[self.index].references.is_some_and(|reference| reference.target().is(C::META));
        debug_assert!(refers, "{}.{} refers to no {}", E::META.name, E::META.fields[self.index].name, C::META.name);
        if refers { Filter::Related(self.index, Box::new(condition)) } else { Filter::Nothing }
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
