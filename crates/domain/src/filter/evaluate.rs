//! What filters and orders mean, in memory. Databases agree: the conformance suite of stores compares
//! them with this on random cases.

use super::{Comparison, Filter, TextMatch};
use crate::{Fields, Order, ValueRef};
use std::cmp::Ordering;

impl Filter {
    /// Whether a row satisfies it.
    pub fn matches(&self, row: &dyn Fields) -> bool {
        match self {
            Self::All => true,
            Self::Nothing => false,
            Self::Compare(field, comparison, value) => compares(row.get(*field), *comparison, value.as_ref()),
            Self::In(field, values) => {
                values.iter().any(|value| compares(row.get(*field), Comparison::Eq, value.as_ref()))
            }
            Self::IsNull(field) => row.get(*field).is_null(),
            Self::Text(field, text_match, text) => match (row.get(*field), text_match) {
                (ValueRef::Text(value), TextMatch::Contains) => value.contains(text),
                (ValueRef::Text(value), TextMatch::StartsWith) => value.starts_with(text),
                (ValueRef::Text(value), TextMatch::EndsWith) => value.ends_with(text),
                (ValueRef::Text(value), TextMatch::Search) => {
                    value.to_ascii_lowercase().contains(&text.to_ascii_lowercase())
                }
                _ => false,
            },
            Self::Related(field, part) => row.related(*field).is_some_and(|other| part.matches(other)),
            Self::And(parts) => parts.iter().all(|part| part.matches(row)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(row)),
            Self::Not(part) => !part.matches(row),
        }
    }
}

fn compares(field: ValueRef<'_>, comparison: Comparison, value: ValueRef<'_>) -> bool {
    let ordering = order(field, value);
    match comparison {
        Comparison::Eq => ordering == Some(Ordering::Equal),
        Comparison::Ne => ordering != Some(Ordering::Equal),
        Comparison::Lt => ordering == Some(Ordering::Less),
        Comparison::Le => matches!(ordering, Some(Ordering::Less | Ordering::Equal)),
        Comparison::Gt => ordering == Some(Ordering::Greater),
        Comparison::Ge => matches!(ordering, Some(Ordering::Greater | Ordering::Equal)),
    }
}

/// The order of two values of one kind; none when one of them is null.
fn order(a: ValueRef<'_>, b: ValueRef<'_>) -> Option<Ordering> {
    match (a, b) {
        (ValueRef::Bool(a), ValueRef::Bool(b)) => Some(a.cmp(&b)),
        (ValueRef::Int(a), ValueRef::Int(b)) => Some(a.cmp(&b)),
        (ValueRef::F64(a), ValueRef::F64(b)) => a.partial_cmp(&b),
        (ValueRef::Text(a), ValueRef::Text(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        (ValueRef::Decimal(a), ValueRef::Decimal(b)) => Some(a.cmp(&b)),
        (ValueRef::Uuid(a), ValueRef::Uuid(b)) => Some(a.cmp(&b)),
        (ValueRef::Date(a), ValueRef::Date(b)) => Some(a.cmp(&b)),
        (ValueRef::Timestamp(a), ValueRef::Timestamp(b)) => Some(a.cmp(&b)),
        (ValueRef::Time(a), ValueRef::Time(b)) => Some(a.cmp(&b)),
        _ => None,
    }
}

impl Order {
    /// The order of two rows by some fields, and by the key at last. Nulls are the largest.
    pub fn of_rows(by: &[Self], a: &dyn Fields, b: &dyn Fields) -> Ordering {
        let fields = by.iter().chain([&Self::KEY]).map(|by| {
            let (a, b) = (a.get(by.field), b.get(by.field));
            let ascending = match (a.is_null(), b.is_null()) {
                (false, false) => order(a, b).unwrap_or(Ordering::Equal),
                (a, b) => a.cmp(&b),
            };
            if by.descending { ascending.reverse() } else { ascending }
        });
        fields.fold(Ordering::Equal, Ordering::then)
    }
}
