//! Keys of several fields, and keys that whoever makes a row gives.

use super::{
    Caller, Given,
    audit::object,
    caller::Read,
    concurrency::{assert_gapless, write_at_once},
    properties::equal,
    unique::taken,
};
use crate::conformance::property::for_all;
use chrono::NaiveDate;
use kwik_domain::{
    Comparison, Cursor, Entity, Filter, KeyType, ListQuery, Lock, Order, Page, Stored, Value, ValueRef, WriteOutcome,
};
use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::{Strategy, any},
    sample::Index,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A key of two fields; versioned and audited.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "conformance_seats", crate = kwik_domain)]
pub(super) struct Seat {
    #[entity(key)]
    pub hall: i32,
    #[entity(key)]
    pub number: i64,
    pub rank: Option<i64>,
    #[entity(unique)]
    pub code: Option<String>,
}

/// A key of four fields, one of each kind; neither versioned nor audited.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "conformance_bookings", unversioned, unaudited, crate = kwik_domain)]
pub(super) struct Booking {
    #[entity(key)]
    pub day: NaiveDate,
    #[entity(key)]
    pub guest: Uuid,
    #[entity(key)]
    pub hall: i32,
    #[entity(key)]
    pub seat: i64,
    pub amount: i64,
}

/// A key of text; audited, without a version.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "conformance_coded", unversioned, crate = kwik_domain)]
pub(super) struct Coded {
    #[entity(key, given)]
    pub code: String,
    pub number: i64,
}

/// A number for a key that nobody counts.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "conformance_numbered", crate = kwik_domain)]
pub(super) struct Numbered {
    #[entity(key, given)]
    pub number: i64,
    pub amount: i64,
}

fn seat(hall: i32, number: i64) -> Seat {
    Seat { hall, number, rank: Some(number), code: None }
}

fn booking(day: u32, guest: u128, hall: i32, seat: i64) -> Booking {
    let day = NaiveDate::from_ymd_opt(2026, 1, day).expect("a day");
    Booking { day, guest: Uuid::from_u128(guest), hall, seat, amount: 1 }
}

/// Rows that share all but one field of their keys, each alone found, changed and removed; the trail names
/// the whole key.
pub async fn of_several_fields_find_one_row(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    for (hall, number) in [(1, 1), (1, 2), (2, 1), (-2, 12), (2, 2)] {
        assert_eq!(caller.insert(session, &seat(hall, number)).await.key(), (hall, number));
    }
    let values = [(Seat::RANK.index(), ValueRef::Int(9))];
    let changed = caller.update::<Seat>(session, (2, 1), Some(1), &values).await.expect("a row");
    assert_eq!((changed.key(), changed.rank, changed.version()), ((2, 1), Some(9), 2));
    let stale = caller.update::<Seat>(session, (2, 1), Some(1), &values).await;
    assert_eq!(stale, Err(WriteOutcome::VersionConflict { current: 2 }));
    assert_eq!(caller.delete::<Seat>(session, (1, 2), Some(1)).await.expect("a row").key(), (1, 2));
    assert_eq!(caller.delete::<Seat>(session, (1, 2), None).await, Err(WriteOutcome::NotFound));
    assert_eq!(caller.update::<Seat>(session, (3, 1), None, &values).await, Err(WriteOutcome::NotFound));
    assert_eq!(caller.keys::<Seat>(session, &Filter::All).await, [(-2, 12), (1, 1), (2, 1), (2, 2)]);
    assert_eq!(caller.keys::<Seat>(session, &Seat::RANK.eq(9)).await, [(2, 1)]);
    assert_eq!(caller.find::<Seat>(session, &(2, 1)).await, Some(changed));
    let records = caller.history::<Seat>(session, (2, 1)).await;
    assert_eq!(records.iter().map(|record| record.action.name()).collect::<Vec<_>>(), ["update", "create"]);
    assert_eq!(object(records[1].after.as_ref())["number"], 1);
    assert_eq!(caller.history::<Seat>(session, (1, 2)).await.len(), 2);
    assert!(caller.try_history::<Seat>(session, (7, 7), Page::default()).await.is_none());
    let narrow = Caller::within(Seat::HALL.eq(1));
    assert!(narrow.try_history::<Seat>(session, (2, 1), Page::default()).await.is_none());
    assert_eq!(narrow.update::<Seat>(session, (2, 1), None, &values).await, Err(WriteOutcome::NotFound));
    assert_eq!(narrow.try_insert(session, &seat(5, 5)).await.expect("an answer"), Err(WriteOutcome::OutOfScope));
}

/// Every kind that may be a part, without version and trail; in a unit of work, under a lock.
pub async fn of_four_fields_find_one_row(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let rows =
        [booking(1, 1, 1, 1), booking(2, 1, 1, 1), booking(1, 2, 1, 1), booking(1, 1, 2, 1), booking(1, 1, 1, 2)];
    for row in &rows {
        caller.insert(&mut *session, row).await;
    }
    let mut unit = given.store.begin(kwik_domain::Isolation::ReadCommitted).await.expect("a unit of work");
    let values = [(Booking::AMOUNT.index(), ValueRef::Int(5))];
    for row in &rows[1..4] {
        assert!(caller.find_for_update::<Booking>(&mut *unit, &row.key()).await.is_some());
        let changed = caller.update::<Booking>(&mut *unit, row.key(), None, &values).await.expect("a row");
        assert_eq!(changed.entity, Booking { amount: 5, ..row.clone() });
    }
    assert!(caller.delete::<Booking>(&mut *unit, rows[0].key(), None).await.is_ok());
    unit.commit().await.expect("a commit");
    let session = &mut *session;
    assert_eq!(caller.count::<Booking>(session, &Booking::AMOUNT.eq(5)).await, 3);
    assert_eq!(caller.find::<Booking>(session, &rows[0].key()).await, None);
    let untouched = caller.find::<Booking>(session, &rows[4].key()).await.expect("a row");
    assert_eq!(untouched.entity, rows[4]);
    assert_eq!(<Booking as Entity>::Key::parse_key(&untouched.key().values().to_text()), Ok(rows[4].key()));
}

/// Text is a key byte for byte, whatever stands in it.
pub async fn of_text_are_taken_literally(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    let codes = ["A", "a", "a,b", "a/b", " a", "%", "'; --", "Ü", "世界", "0", "00"];
    for (code, number) in codes.into_iter().zip(0..) {
        caller.insert(session, &Coded { code: code.to_owned(), number }).await;
    }
    for (code, number) in codes.into_iter().zip(0..) {
        let row = caller.find::<Coded>(session, &code.to_owned()).await.expect("a row");
        assert_eq!(row.number, number);
        let values = [(Coded::NUMBER.index(), ValueRef::Int(number + 100))];
        assert_eq!(caller.update::<Coded>(session, code.to_owned(), None, &values).await.expect("a row").code, code);
        assert_eq!(caller.history::<Coded>(session, code.to_owned()).await.len(), 2, "{code:?}");
    }
    let mut sorted = codes.to_vec();
    sorted.sort_unstable();
    assert_eq!(caller.keys::<Coded>(session, &Filter::All).await, sorted);
    assert!(caller.delete::<Coded>(session, "a".to_owned(), None).await.is_ok());
    assert!(caller.find::<Coded>(session, &"A".to_owned()).await.is_some());
}

/// A number that is given is kept as it is, the extremes too.
pub async fn of_numbers_are_the_callers(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    for number in [7, i64::MAX, i64::MIN, 0, -1] {
        assert_eq!(caller.insert(&mut *session, &Numbered { number, amount: 1 }).await.key(), number);
    }
    let values = [(Numbered::AMOUNT.index(), ValueRef::Int(2))];
    assert_eq!(caller.update::<Numbered>(&mut *session, 0, Some(1), &values).await.expect("a row").amount, 2);
    assert_eq!(caller.delete::<Numbered>(&mut *session, i64::MIN, None).await.expect("a row").amount, 1);
    assert_eq!(caller.keys::<Numbered>(&mut *session, &Filter::All).await, [-1, 0, 7, i64::MAX]);
}

/// A key that is there is told by the names of its fields; another unique value by its own.
pub async fn are_named_when_taken(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    let coded = |hall| Seat { code: Some("x".to_owned()), ..seat(hall, 1) };
    caller.insert(session, &coded(1)).await;
    taken::<_, Seat>(caller.try_insert(session, &seat(1, 1)).await, &["hall", "number"]);
    taken::<_, Seat>(caller.try_insert(session, &coded(2)).await, &["code"]);
    caller.insert(session, &booking(1, 1, 1, 1)).await;
    let all = ["day", "guest", "hall", "seat"];
    taken::<_, Booking>(caller.try_insert(session, &booking(1, 1, 1, 1)).await, &all);
    let row = Coded { code: "x".to_owned(), number: 1 };
    caller.insert(session, &row).await;
    taken::<_, Coded>(caller.try_insert(session, &row).await, &["code"]);
    let row = Numbered { number: 3, amount: 1 };
    caller.insert(session, &row).await;
    taken::<_, Numbered>(caller.try_insert(session, &row).await, &["number"]);
    // What is taken where the caller sees nothing is nobody's business.
    let narrow = Caller::within(Seat::HALL.eq(9));
    assert_eq!(narrow.try_insert(session, &seat(1, 1)).await.expect("an answer"), Err(WriteOutcome::OutOfScope));
}

/// The trail of many writers of one row is a chain, with a version and without one.
pub async fn of_many_writers_leave_a_gapless_chain(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    caller.insert(session, &seat(1, 1)).await;
    caller.insert(session, &seat(1, 2)).await;
    write_at_once::<Seat>(&given, (1, 2), Seat::RANK.index()).await;
    assert_gapless(&caller.history::<Seat>(session, (1, 2)).await, "rank");
    assert_eq!(caller.history::<Seat>(session, (1, 1)).await.len(), 1);
    caller.insert(session, &Coded { code: "ü/%".to_owned(), number: 0 }).await;
    write_at_once::<Coded>(&given, "ü/%".to_owned(), Coded::NUMBER.index()).await;
    assert_gapless(&caller.history::<Coded>(session, "ü/%".to_owned()).await, "number");
}

type Key = (i32, i64);

/// Rows by key, an order, a scope, the sizes of pages.
fn walk() -> impl Strategy<Value = (BTreeMap<Key, Option<i64>>, Vec<Order>, Filter, u64)> {
    let rows = btree_map((-2..3i32, -2..3i64), option::of(0..3i64), 1..16);
    let by = (0..3usize, any::<bool>()).prop_map(|(field, descending)| Order { field, descending });
    let order = vec(by, 0..4).prop_map(|mut order| {
        let mut seen = [false; 3];
        order.retain(|by| !std::mem::replace(&mut seen[by.field], true));
        order
    });
    let compared = (0..2usize, -2..3i64, 0..6usize).prop_map(|(field, value, comparison)| {
        use Comparison::{Eq, Ge, Gt, Le, Lt, Ne};
        Filter::Compare(field, [Eq, Ne, Lt, Le, Gt, Ge][comparison], Value::Int(value))
    });
    (rows, order, option::of(compared).prop_map(Option::unwrap_or_default), 1..5u64)
}

/// Random orders over the parts of keys and another field, each in its own direction: pages by place walk over
/// every row once, in the order of memory.
pub async fn of_several_fields_are_walked_over_once(given: Given) {
    let (all, mut session) = (Caller::new(), given.session());
    for_all(24, walk(), async |(rows, order, scope, limit)| {
        for key in all.keys::<Seat>(&mut *session, &Filter::All).await {
            all.delete::<Seat>(&mut *session, key, None).await.expect("a row");
        }
        let mut stored = Vec::new();
        for ((hall, number), rank) in rows {
            stored.push(all.insert(&mut *session, &Seat { rank: *rank, ..seat(*hall, *number) }).await);
        }
        let total = Order::total(order, Seat::META);
        equal("the whole key is in the order", &(0..2).all(|key| total.iter().any(|by| by.field == key)), &true)?;
        let mut expected: Vec<&Stored<Seat>> = stored.iter().filter(|row| scope.matches(*row)).collect();
        expected.sort_by(|a, b| Order::of_rows(&total, *a, *b));
        let expected: Vec<Key> = expected.iter().map(|row| row.key()).collect();
        let caller = Caller::within(scope.clone());
        let query = ListQuery { order: order.clone(), ..ListQuery::default() };
        let (mut found, mut after): (Vec<Key>, Option<Cursor>) = (Vec::new(), None);
        loop {
            let page = Some(Page { skip: 0, limit: *limit });
            let read = Read { order, after: after.as_ref(), page, ..Read::of(&Filter::All) };
            let (rows, count) = caller.page::<Seat>(&mut *session, &read).await;
            equal("the total", &usize::try_from(count).ok(), &Some(expected.len()))?;
            let Some(last) = rows.last() else { break };
            after = Some(query.cursor(last, Seat::META));
            found.extend(rows.iter().map(|row| row.key()));
            if found.len() > expected.len() {
                break;
            }
        }
        equal("the walk", &found, &expected)
    })
    .await;
}

/// Random keys, most of which differ in one field from another: reads, locked reads and changes by key meet
/// exactly that row.
pub async fn are_never_mixed_up(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let keys = btree_map((1..4u32, 0..3u128, -1..2i32), -1..2i64, 2..12);
    for_all(12, (keys, any::<Index>()), async |(keys, chosen)| {
        let rows: Vec<Booking> =
            keys.iter().map(|((day, guest, hall), seat)| booking(*day, *guest, *hall, *seat)).collect();
        for row in &rows {
            caller.insert(&mut *session, row).await;
        }
        let chosen = chosen.get(&rows);
        let values = [(Booking::AMOUNT.index(), ValueRef::Int(2))];
        caller.update::<Booking>(&mut *session, chosen.key(), None, &values).await.expect("a row");
        let filter = Booking::AMOUNT.eq(2);
        let read = Read { lock: Lock::Update, ..Read::of(&filter) };
        let changed = caller.fetch::<Booking>(&mut *session, &read).await;
        equal("changed", &changed.iter().map(|row| row.key()).collect::<Vec<_>>(), &vec![chosen.key()])?;
        for row in &rows {
            caller.delete::<Booking>(&mut *session, row.key(), None).await.expect("a row");
        }
        equal("left", &caller.count::<Booking>(&mut *session, &Filter::All).await, &0)
    })
    .await;
}
