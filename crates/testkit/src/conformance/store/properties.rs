//! The store and memory agree, whatever the rows, the filters and their order.

use super::{
    Caller, Given, Sample,
    caller::Read,
    strategies::{filter, order, row},
};
use crate::conformance::property::for_all;
use kwik_domain::{
    Cursor, Entity, Fields, Filter, Isolation, ListQuery, Lock, Order, Page, Session, Stored, WriteOutcome,
};
use proptest::{
    collection::vec,
    option,
    prelude::{Strategy, any},
};

/// What tells the rows of one case from those of the others.
pub(super) fn batch(number: i64) -> Filter {
    Sample::LEFT.eq(Some(number))
}

pub(super) async fn insert_all(given: &Given, rows: &[Sample], number: i64) -> Vec<Stored<Sample>> {
    let caller = Caller::new();
    let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
    let mut stored = Vec::new();
    for row in rows {
        stored.push(caller.insert(&mut *unit, &Sample { left: Some(number), ..row.clone() }).await);
    }
    unit.commit().await.expect("a commit");
    stored
}

pub(super) fn equal<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: the store gives {found:?}, memory {expected:?}")) }
}

/// How many rows a case of [`filters_agree_with_memory`] has.
const ROWS: usize = 64;
/// How many filters it has. Each is tried as it is and turned round, so that a case decides
/// `2 * ROWS * FILTERS` = 2,048 times whether a row satisfies a filter.
const FILTERS: usize = 16;

/// Rows and filters; those that disagree are shown, all of them would fill pages.
struct Decisions(Vec<Sample>, Vec<Filter>);

impl std::fmt::Debug for Decisions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} rows and {} filters", self.0.len(), self.1.len())
    }
}

/// Random filters over random rows: lists, counts and totals are those of memory. A case makes 2,048
/// decisions whether a row satisfies a filter; with `KWIK_SOAK_CASES=500` that is a million.
pub async fn filters_agree_with_memory(given: Given) {
    let mut number = 0;
    let cases = (vec(row(), ROWS), vec(filter(), FILTERS)).prop_map(|(rows, filters)| Decisions(rows, filters));
    for_all(8, cases, async |Decisions(rows, filters)| {
        number += 1;
        let rows = insert_all(&given, rows, number).await;
        let (caller, mut session) = (Caller::within(batch(number)), given.session());
        for filter in filters {
            let opposite = Filter::Not(Box::new(filter.clone()));
            for filter in [filter, &opposite] {
                let found = caller.keys::<Sample>(&mut *session, filter).await;
                decide(&rows, filter, &found)?;
            }
            let expected = rows.iter().filter(|row| filter.matches(*row)).count() as u64;
            let count = caller.count::<Sample>(&mut *session, filter).await;
            let page = Some(Page { skip: 1, limit: 2 });
            let (_, total) = caller.page::<Sample>(&mut *session, &Read { page, ..Read::of(filter) }).await;
            equal("count and total", &(count, total), &(expected, expected))?;
        }
        Ok(())
    })
    .await;
}

/// Each row is among the keys, in their order, if it satisfies the filter, and only then.
fn decide(rows: &[Stored<Sample>], filter: &Filter, found: &[i64]) -> Result<(), String> {
    let mut keys = found.iter().peekable();
    for row in rows {
        let (is_found, matches) = (keys.next_if_eq(&&row.id).is_some(), filter.matches(row));
        if is_found != matches {
            return Err(format!("the store says {is_found}, memory {matches}: {filter:?} of {:#?}", row.entity));
        }
    }
    equal("keys of no row", &keys.collect(), &Vec::new())
}

/// Random scopes on writes: a row is found if it lies in the scope, written if it still does
/// afterwards, and only then.
pub async fn scopes_of_writes_agree_with_memory(given: Given) {
    for_all(24, (vec((row(), row()), 1..4), vec(filter(), 1..4)), async |(rows, filters)| {
        let (all, mut session) = (Caller::new(), given.session());
        let session = &mut *session;
        for (old, new) in rows {
            for filter in filters {
                let caller = all.scoped(filter.clone());
                let outcome = caller.try_insert(session, new).await.expect("an outcome").map(drop);
                // The key that the database is going to give is not known before.
                if !speaks_of_key(filter) {
                    let expected = if filter.matches(new) { Ok(()) } else { Err(WriteOutcome::OutOfScope) };
                    equal(&format!("insert within {filter:?}"), &outcome, &expected)?;
                }
                let key = all.insert(session, old).await.id;
                let (old, new) = (Sample { id: key, ..old.clone() }, Sample { id: key, ..new.clone() });
                let expected = match (filter.matches(&old), filter.matches(&new)) {
                    (false, _) => Err(WriteOutcome::NotFound),
                    (true, false) => Err(WriteOutcome::OutOfScope),
                    (true, true) => Ok(()),
                };
                let values: Vec<_> = (1..Sample::META.own).map(|index| (index, new.get(index))).collect();
                let outcome = caller.update::<Sample>(session, key, None, &values).await.map(drop);
                equal(&format!("update within {filter:?}"), &outcome, &expected)?;
                let now = all.find::<Sample>(session, &key).await.expect("the row");
                equal("the row", &now.entity, if expected.is_ok() { &new } else { &old })?;
                let inside = filter.matches(&now);
                let deleted = caller.delete::<Sample>(session, key, None).await.is_ok();
                equal("delete", &deleted, &inside)?;
            }
        }
        Ok(())
    })
    .await;
}

fn speaks_of_key(filter: &Filter) -> bool {
    match filter {
        Filter::All | Filter::Nothing => false,
        Filter::Compare(field, ..)
        | Filter::In(field, _)
        | Filter::IsNull(field)
        | Filter::Text(field, ..)
        | Filter::Related(field, _) => *field == 0,
        Filter::And(parts) | Filter::Or(parts) => parts.iter().any(speaks_of_key),
        Filter::Not(part) => speaks_of_key(part),
    }
}

/// One read of many.
#[derive(Clone, Debug)]
struct Random {
    filter: Filter,
    scope: Filter,
    order: Vec<Order>,
    /// The place of the row behind which to begin.
    after: Option<usize>,
    page: Option<(u64, u64)>,
    lock: bool,
    sort: usize,
}

fn read() -> impl Strategy<Value = Random> {
    let page = option::of((0..4u64, 0..5u64));
    (filter(), filter(), order(), option::of(0..9usize), page, any::<bool>(), 0..3usize).prop_map(
        |(filter, scope, order, after, page, lock, sort)| Random { filter, scope, order, after, page, lock, sort },
    )
}

impl Random {
    fn after(&self, rows: &[Stored<Sample>]) -> Option<Cursor> {
        let query = ListQuery { order: self.order.clone(), ..ListQuery::default() };
        self.after.map(|place| query.cursor(&rows[place], Sample::META))
    }

    fn expected(&self, rows: &[Stored<Sample>]) -> (Vec<i64>, u64) {
        let inside = |row: &&Stored<Sample>| self.scope.matches(*row) && self.filter.matches(*row);
        let first = self.after.map(|place| &rows[place]);
        let mut rows: Vec<&Stored<Sample>> = rows.iter().filter(inside).collect();
        let total = rows.len() as u64;
        rows.retain(|row| first.is_none_or(|first| Order::of_rows(&self.order, *row, first).is_gt()));
        rows.sort_by(|a, b| Order::of_rows(&self.order, *a, *b));
        let (skip, limit) = self.page.unwrap_or((0, u64::MAX));
        let part = rows.iter().map(|row| row.id);
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        (part.skip(number(skip)).take(number(limit)).collect(), total)
    }

    async fn check(&self, session: &mut dyn Session, rows: &[Stored<Sample>]) -> Result<(), String> {
        let caller = Caller::within(self.scope.clone());
        let page = self.page.map(|(skip, limit)| Page { skip, limit });
        let lock = if self.lock { Lock::Update } else { Lock::None };
        let after = self.after(rows);
        let after = after.as_ref();
        let read = Read { filter: &self.filter, order: &self.order, after, page, lock };
        let (keys, total) = self.expected(rows);
        let found = |rows: Vec<Stored<Sample>>| rows.iter().map(|row| row.id).collect::<Vec<_>>();
        match self.sort {
            0 => equal("rows", &found(caller.fetch::<Sample>(session, &read).await), &keys),
            1 => {
                let (rows, all) = caller.page::<Sample>(session, &read).await;
                equal("page", &(found(rows), all), &(keys, total))
            }
            _ => equal("count", &caller.count::<Sample>(session, &self.filter).await, &total),
        }
    }
}

/// Reads of random shapes, one after the other and then again: each gets its own answer, never that
/// of a read that looks alike.
pub async fn statements_are_never_mixed_up(given: Given) {
    let rows: Vec<Sample> =
        (0..9).map(|n| Sample { small: n % 3, maybe_small: (n % 2 == 0).then_some(n), ..super::sample() }).collect();
    let rows = insert_all(&given, &rows, 1).await;
    for_all(24, vec(read(), 1..8), async |reads| {
        let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
        for read in reads.iter().chain(reads) {
            read.check(&mut *unit, &rows).await?;
            // The same but for one thing.
            for other in [
                Random { page: if read.page.is_some() { None } else { Some((1, 2)) }, ..read.clone() },
                Random { after: if read.after.is_some() { None } else { Some(4) }, ..read.clone() },
                Random { after: read.after.map(|place| (place + 1) % 9), ..read.clone() },
                Random { lock: !read.lock, ..read.clone() },
                Random { scope: read.filter.clone(), filter: read.scope.clone(), ..read.clone() },
                Random { sort: (read.sort + 1) % 3, ..read.clone() },
            ] {
                other.check(&mut *unit, &rows).await?;
            }
        }
        Ok(())
    })
    .await;
}
