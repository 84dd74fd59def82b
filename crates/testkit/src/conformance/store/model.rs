//! What filters and orders mean, in memory: the suite's yardstick.

use kwik_domain::{Comparison, Fields, Filter, Order, TextMatch, ValueRef};
use std::cmp::Ordering;

/// Whether a row satisfies a filter.
pub(super) fn holds(filter: &Filter, row: &dyn Fields) -> bool {
    match filter {
        Filter::All => true,
        Filter::Nothing => false,
        Filter::Compare(field, comparison, value) => compares(row.get(*field), *comparison, value.as_ref()),
        Filter::In(field, values) => {
            values.iter().any(|value| compares(row.get(*field), Comparison::Eq, value.as_ref()))
        }
        Filter::IsNull(field) => row.get(*field).is_null(),
        Filter::Text(field, text_match, text) => match (row.get(*field), text_match) {
            (ValueRef::Text(value), TextMatch::Contains) => value.contains(text),
            (ValueRef::Text(value), TextMatch::StartsWith) => value.starts_with(text),
            (ValueRef::Text(value), TextMatch::EndsWith) => value.ends_with(text),
            _ => false,
        },
        Filter::And(parts) => parts.iter().all(|part| holds(part, row)),
        Filter::Or(parts) => parts.iter().any(|part| holds(part, row)),
        Filter::Not(part) => !holds(part, row),
    }
}

fn compares(field: ValueRef<'_>, comparison: Comparison, value: ValueRef<'_>) -> bool {
    let ordering = if field.is_null() { None } else { order(field, value) };
    match comparison {
        Comparison::Eq => ordering == Some(Ordering::Equal),
        Comparison::Ne => ordering != Some(Ordering::Equal),
        Comparison::Lt => ordering == Some(Ordering::Less),
        Comparison::Le => matches!(ordering, Some(Ordering::Less | Ordering::Equal)),
        Comparison::Gt => ordering == Some(Ordering::Greater),
        Comparison::Ge => matches!(ordering, Some(Ordering::Greater | Ordering::Equal)),
    }
}

/// The order of two values of one kind, neither of them null.
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
        _ => None,
    }
}

/// The order of two rows: nulls are the largest, the key decides at last.
pub(super) fn sorts(by: &[Order], a: &dyn Fields, b: &dyn Fields) -> Ordering {
    let key = Order { field: 0, descending: false };
    let fields = by.iter().chain([&key]).map(|by| {
        let (a, b) = (a.get(by.field), b.get(by.field));
        let ascending = match (a.is_null(), b.is_null()) {
            (false, false) => order(a, b).unwrap_or(Ordering::Equal),
            (a, b) => a.cmp(&b),
        };
        if by.descending { ascending.reverse() } else { ascending }
    });
    fields.fold(Ordering::Equal, Ordering::then)
}
