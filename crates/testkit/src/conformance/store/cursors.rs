//! Places between rows, at which a page begins.

use super::{
    Caller, Given, Sample,
    caller::Read,
    filters,
    properties::{batch, equal, insert_all},
    sample,
    strategies::{filter, order, row},
};
use crate::conformance::property::for_all;
use chrono::DateTime;
use kwik_domain::{Cursor, Entity, Filter, ListQuery, Order, Page, Session, Stored, Value};
use proptest::{
    collection::vec,
    prelude::{Strategy, any},
    prop_oneof,
};
use rust_decimal::Decimal;

/// The place behind a row.
fn behind(row: &Stored<Sample>, order: &[Order]) -> Cursor {
    ListQuery { order: order.to_vec(), ..ListQuery::default() }.cursor(row, Sample::META)
}

fn keys(rows: &[Stored<Sample>]) -> Vec<i64> {
    rows.iter().map(|row| row.id).collect()
}

/// Rows that some databases would put in another order: text of other scripts and cases, decimals of
/// other scales, doubles, equal moments, nulls.
async fn odd_rows(given: &Given) -> Vec<Stored<Sample>> {
    let texts = ["", "B", "Z", "a", "aB", "ä", "é", "e\u{301}", "🦀", "%"];
    let decimals = ["-10", "-9.5", "0.00", "0", "1.0", "1", "1.00", "9.5", "10", "79228162514264337593543950335"];
    let doubles = [-1e300, -0.0, 0.0, 0.1, 0.1 + 0.2, 3.3e-300, 1e22, 5e-324, f64::MAX, f64::MIN];
    let micros = [0, -1, 0, 1, 1_769_851_800_123_456, -62_135_596_800_000_000, 0, 2, 1, 253_402_300_799_999_999];
    let odd = |n: usize| {
        let decimal: Decimal = decimals[n].parse().expect("a decimal");
        let moment = DateTime::from_timestamp_micros(micros[n]).expect("a moment");
        let row = Sample { text: texts[n].to_owned(), decimal, double: doubles[n], moment, ..sample().bare() };
        let maybe_text = Some(texts[9 - n].to_owned());
        let maybe = Sample { maybe_text, maybe_decimal: Some(decimal), maybe_double: Some(doubles[n]), ..row.clone() };
        if n.is_multiple_of(3) { row } else { Sample { maybe_moment: Some(moment), ..maybe } }
    };
    let mut rows = filters::rows(given).await;
    let (caller, mut session) = (Caller::new(), given.session());
    for n in 0..texts.len() {
        rows.push(caller.insert(&mut *session, &odd(n)).await);
    }
    rows
}

/// Behind each row, in an order by each field, come the rows that memory sorts after it: text bytewise,
/// numbers by value, nulls as the largest.
pub async fn compare_as_the_order_does(given: Given) {
    let rows = odd_rows(&given).await;
    let (caller, mut session) = (Caller::new(), given.session());
    let by = |field, descending| Order { field, descending };
    for field in Sample::compared() {
        for order in [&[by(field, false)][..], &[by(field, true)], &[by(field, true), by(0, true)]] {
            let mut sorted: Vec<&Stored<Sample>> = rows.iter().collect();
            sorted.sort_by(|a, b| Order::of_rows(order, *a, *b));
            for (n, row) in sorted.iter().enumerate() {
                let after = behind(row, order);
                let read = Read { order, after: Some(&after), ..Read::of(&Filter::All) };
                let found = keys(&caller.fetch::<Sample>(&mut *session, &read).await);
                let expected: Vec<i64> = sorted[n + 1..].iter().map(|row| row.id).collect();
                assert_eq!(found, expected, "{order:?} {after:?}");
            }
        }
    }
}

/// A place needs no row, and is the same in whatever form its values are written.
pub async fn find_their_place_between_rows(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let mut ids = Vec::new();
    for text in ["1", "1.0", "1.00", "2"] {
        let decimal: Decimal = text.parse().expect("a decimal");
        ids.push(caller.insert(&mut *session, &Sample { decimal, ..sample() }).await.id);
    }
    let order = [Order { field: Sample::DECIMAL.index(), descending: false }];
    let cases = [
        ("1.000", ids[0], &ids[1..]),
        ("1", ids[1], &ids[2..]),
        ("1.0", i64::MAX, &ids[3..]),
        ("0.99", i64::MAX, &ids[..]),
        ("1.5", 0, &ids[3..]),
        ("2.0", ids[3], &[]),
    ];
    for (decimal, key, expected) in cases {
        let after = Cursor(vec![Value::Decimal(decimal.parse().expect("a decimal")), Value::Int(key)]);
        let read = Read { order: &order, after: Some(&after), ..Read::of(&Filter::All) };
        assert_eq!(keys(&caller.fetch::<Sample>(&mut *session, &read).await), expected, "{decimal} {key}");
    }
    for (key, expected) in [(ids[1], &ids[2..]), (0, &ids[..]), (i64::MIN, &ids[..]), (i64::MAX, &[])] {
        let after = Cursor(vec![Value::Int(key)]);
        let read = Read { after: Some(&after), ..Read::of(&Filter::All) };
        assert_eq!(keys(&caller.fetch::<Sample>(&mut *session, &read).await), expected, "{key}");
    }
}

/// The total and the count are those of all rows, wherever the page begins; rows may be passed over, too.
pub async fn do_not_change_the_total(given: Given) {
    let (caller, mut session) = (Caller::within(Sample::SMALL.ge(1)), given.session());
    let mut rows = Vec::new();
    for small in 0..7 {
        rows.push(Caller::new().insert(&mut *session, &Sample { small, ..sample() }).await);
    }
    let order = [Order { field: Sample::MAYBE_SMALL.index(), descending: true }];
    for order in [&[][..], &order] {
        for (place, found) in [(1, 2), (3, 2), (5, 0), (6, 0)] {
            let after = behind(&rows[place], order);
            let page = Some(Page { skip: 1, limit: 2 });
            let filter = Sample::SMALL.lt(7);
            let read = Read { order, after: Some(&after), page, ..Read::of(&filter) };
            let (page, total) = caller.page::<Sample>(&mut *session, &read).await;
            assert_eq!((page.len(), total), (found, 6), "behind row {place}");
            assert_eq!(caller.fetch::<Sample>(&mut *session, &read).await, page);
            let estimate = caller.estimate::<Sample>(&mut *session, &read).await;
            assert!(estimate.is_none_or(|rows| rows == 6), "{estimate:?}");
        }
    }
}

/// A list that is read by places.
#[derive(Clone, Debug)]
struct Walk {
    filter: Filter,
    scope: Filter,
    order: Vec<Order>,
    limit: u64,
}

fn walk() -> impl Strategy<Value = Walk> {
    // Most filters let few rows through, and a walk of one page shows little.
    let scope = || prop_oneof![3 => proptest::prelude::Just(Filter::All), 1 => filter()];
    (scope(), scope(), order(), 1..5u64).prop_map(|(filter, scope, order, limit)| Walk { filter, scope, order, limit })
}

impl Walk {
    /// The next page, and how many rows there are on all.
    async fn page(
        &self,
        session: &mut dyn Session,
        number: i64,
        after: Option<&Cursor>,
    ) -> (Vec<Stored<Sample>>, Option<u64>) {
        let caller = Caller::within(batch(number) & self.scope.clone());
        let page = Some(Page { skip: 0, limit: self.limit });
        let read = Read { order: &self.order, after, page, ..Read::of(&self.filter) };
        // A page with its total is another statement than one without.
        if self.limit.is_multiple_of(2) {
            return (caller.fetch(session, &read).await, None);
        }
        let (rows, total) = caller.page(session, &read).await;
        (rows, Some(total))
    }

    fn has(&self, row: &Stored<Sample>) -> bool {
        self.scope.matches(row) && self.filter.matches(row)
    }
}

/// Page after page, each beginning behind the last row of the one before, whatever the filter, the scope,
/// the order and the size of a page: every row comes once, in order.
pub async fn walk_over_every_row_once(given: Given) {
    let mut number = 0;
    for_all(12, (vec(row(), 0..10), vec(walk(), 1..4)), async |(rows, walks)| {
        number += 1;
        let (rows, mut session) = (insert_all(&given, rows, number).await, given.session());
        for walk in walks {
            let mut expected: Vec<&Stored<Sample>> = rows.iter().filter(|row| walk.has(row)).collect();
            expected.sort_by(|a, b| Order::of_rows(&walk.order, *a, *b));
            let expected: Vec<i64> = expected.iter().map(|row| row.id).collect();
            let (mut found, mut after) = (Vec::new(), None);
            // One page more than there can be: it is empty.
            for _ in 0..=rows.len() {
                let (page, total) = walk.page(&mut *session, number, after.as_ref()).await;
                equal("total", &total.unwrap_or(expected.len() as u64), &(expected.len() as u64))?;
                after = page.last().map(|row| behind(row, &walk.order)).or(after);
                found.extend(keys(&page));
            }
            equal(&format!("{walk:?}"), &found, &expected)?;
        }
        Ok(())
    })
    .await;
}

/// What happens between two pages.
#[derive(Clone, Debug)]
enum Event {
    Insert(Box<Sample>),
    /// The row at this place among those there are, counted round.
    Delete(usize),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![row().prop_map(|row| Event::Insert(Box::new(row))), any::<usize>().prop_map(Event::Delete)]
}

/// While rows come and go between the pages, that of the last place among them: each row that was there
/// all the time comes once, no row comes twice, and they come in order.
pub async fn hold_while_rows_come_and_go(given: Given) {
    let (all, mut number) = (Caller::new(), 0);
    for_all(12, (vec(row(), 1..10), walk(), vec(event(), 1..12)), async |(rows, walk, events)| {
        number += 1;
        let (mut lasting, mut session) = (insert_all(&given, rows, number).await, given.session());
        let mut there = keys(&lasting);
        let (mut found, mut after) = (Vec::new(), None);
        let mut events = events.iter();
        loop {
            let (page, _) = walk.page(&mut *session, number, after.as_ref()).await;
            after = page.last().map(|row| behind(row, &walk.order)).or(after);
            let is_last = page.is_empty();
            found.extend(page);
            match events.next() {
                Some(Event::Insert(row)) => {
                    let row = Sample { left: Some(number), ..(**row).clone() };
                    there.push(all.insert(&mut *session, &row).await.id);
                }
                Some(Event::Delete(_)) if there.is_empty() => {}
                Some(Event::Delete(place)) => {
                    let key = there.swap_remove(place % there.len());
                    all.delete::<Sample>(&mut *session, key, None).await.expect("a row");
                    lasting.retain(|row| row.id != key);
                }
                None if is_last => break,
                None => {}
            }
        }
        let in_order = found.is_sorted_by(|a, b| Order::of_rows(&walk.order, a, b).is_lt());
        equal("each once, in order", &in_order, &true)?;
        let came = keys(&found);
        let missed: Vec<_> = lasting.iter().filter(|row| walk.has(row) && !came.contains(&row.id)).collect();
        equal("rows that were passed over", &missed, &Vec::new())
    })
    .await;
}
