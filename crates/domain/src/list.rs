//! What a list is asked for, and what it answers.

use crate::{Comparison, EntityMeta, Fields, Filter, Order, Page, Stored, Value};

/// Whether a list says how many rows there are on all pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Count {
    /// Every row is counted.
    #[default]
    Exact,
    /// The database guesses where counting would take long. It counts where a guess could tell
    /// something of rows that the reader may not see, and gives no number where that takes too long.
    Estimated,
    /// It does not.
    None,
}

/// A place between two rows of a sorted list: the values of the last row before it, one for each field
/// that [`ListQuery::total_order`] sorts by. It stays where it is while rows come and go.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor(pub Vec<Value>);

/// What a list is asked for.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// Which rows.
    pub filter: Filter,
    /// In which order; the key is the last thing sorted by.
    pub order: Vec<Order>,
    /// Which part.
    pub page: Page,
    /// Where it begins; at the first row without one.
    pub after: Option<Cursor>,
    /// Whether to count.
    pub count: Count,
}

impl ListQuery {
    /// A page of the rows that satisfy a filter, in the order of their keys, counted.
    pub fn new(filter: Filter, page: Page) -> Self {
        Self { filter, page, ..Self::default() }
    }

    /// The order with the key as its last part, which makes it total.
    pub fn total_order(&self, entity: &'static EntityMeta) -> Vec<Order> {
        Order::total(&self.order, entity)
    }

    /// The place behind a row.
    pub fn cursor(&self, row: &dyn Fields, entity: &'static EntityMeta) -> Cursor {
        Cursor(self.total_order(entity).iter().map(|by| row.get(by.field).to_owned()).collect())
    }
}

/// A page of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing<E> {
    /// The page.
    pub rows: Vec<Stored<E>>,
    /// How many rows there are on all pages; none when that was not found out.
    pub total: Option<u64>,
    /// Where the next page begins; none when this is the last one.
    pub next: Option<Cursor>,
}

impl Order {
    /// By the key, or by its first field.
    pub const KEY: Self = Self { field: 0, descending: false };

    /// The order with the key as its last part. What would come after the key decides nothing and is
    /// left out.
    pub fn total(order: &[Self], entity: &'static EntityMeta) -> Vec<Self> {
        let mut total: Vec<Self> = order.to_vec();
        let places = (0..entity.keys).map(|key| order.iter().position(|by| by.field == key));
        // Of a key that is there in part, nothing is the largest.
        if let Some(last) = places.max_by_key(|place| place.unwrap_or(usize::MAX)).flatten() {
            total.truncate(last + 1);
        } else {
            let missing = (0..entity.keys).filter(|key| order.iter().all(|by| by.field != *key));
            total.extend(missing.map(|field| Self { field, descending: false }));
        }
        total
    }
}

impl Cursor {
    /// The rows behind it, as a condition: the same as what a row comparison of SQL would say, and right
    /// for nulls (the largest values) and for mixed directions too. A part that each such row satisfies
    /// stands first, so that an index on the first field finds the place.
    pub fn filter(&self, meta: &'static EntityMeta, order: &[Order]) -> Filter {
        let mut behind = Filter::Nothing;
        for (by, value) in order.iter().zip(&self.0).rev() {
            let nullable = meta.fields[by.field].nullable;
            let here = same(by.field, value);
            behind = beyond(*by, value, nullable) | (here & behind);
        }
        match (order.first(), self.0.first()) {
            (Some(by), Some(value)) if order.len() > 1 && !value.as_ref().is_null() => {
                let nullable = meta.fields[by.field].nullable;
                let comparison = if by.descending { Comparison::Le } else { Comparison::Ge };
                let from = Filter::Compare(by.field, comparison, value.clone());
                let from = if nullable && !by.descending { from | Filter::IsNull(by.field) } else { from };
                from & behind
            }
            _ => behind,
        }
    }
}

fn same(field: usize, value: &Value) -> Filter {
    if value.as_ref().is_null() { Filter::IsNull(field) } else { Filter::Compare(field, Comparison::Eq, value.clone()) }
}

/// The rows whose field comes after the value: nulls are at the end, or at the beginning of what is
/// descending.
fn beyond(by: Order, value: &Value, nullable: bool) -> Filter {
    match (value.as_ref().is_null(), by.descending) {
        (true, false) => Filter::Nothing,
        (true, true) => !Filter::IsNull(by.field),
        (false, false) if nullable => {
            Filter::Compare(by.field, Comparison::Gt, value.clone()) | Filter::IsNull(by.field)
        }
        (false, false) => Filter::Compare(by.field, Comparison::Gt, value.clone()),
        (false, true) => Filter::Compare(by.field, Comparison::Lt, value.clone()),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::{Entity, ValueRef, access::User};

    struct Row(Vec<Value>);
    impl Fields for Row {
        fn get(&self, index: usize) -> ValueRef<'_> {
            self.0.get(index).map_or(ValueRef::Null, Value::as_ref)
        }
    }

    #[test]
    fn the_key_is_the_last_thing_sorted_by() {
        let name = Order { field: 1, descending: true };
        assert_eq!(Order::total(&[name], User::META), [name, Order::KEY]);
        let key = Order { field: 0, descending: true };
        assert_eq!(Order::total(&[key, name], User::META), [key]);
    }

    #[test]
    fn what_is_behind_a_cursor_is_what_sorts_after_its_row() {
        let names = [None, Some("a"), Some("b")];
        // Field 4 of audit columns may be null: any nullable field serves.
        let field = User::META.fields.iter().position(|f| f.nullable).unwrap();
        let rows: Vec<Row> = (0..18)
            .map(|n| {
                let mut row = vec![Value::Null; User::META.fields.len()];
                row[0] = Value::Int(n);
                row[1] = Value::Text(["x", "y"][usize::try_from(n % 2).unwrap()].to_owned());
                row[field] = names[usize::try_from(n % 3).unwrap()].map_or(Value::Null, |t| Value::Text(t.to_owned()));
                Row(row)
            })
            .collect();
        for bits in 0..8 {
            let order = [(field, bits & 1 > 0), (1, bits & 2 > 0), (0, bits & 4 > 0)];
            let order = order.map(|(field, descending)| Order { field, descending });
            let query = ListQuery { order: order.to_vec(), ..ListQuery::default() };
            for row in &rows {
                let behind = query.cursor(row, User::META).filter(User::META, &query.total_order(User::META));
                for other in &rows {
                    let after = Order::of_rows(&order, other, row).is_gt();
                    assert_eq!(behind.matches(other), after, "{order:?} {behind:?}");
                }
            }
        }
    }
}
