//! The store and memory agree, whatever the rows, the filters and their order.

use super::{
    Caller, Given, Sample,
    caller::Read,
    model,
    strategies::{filter, order, row},
};
use crate::conformance::property::for_all;
use kwik_domain::{Entity, Fields, Filter, Lock, Order, Page, Session, Stored, WriteOutcome};
use proptest::{
    collection::vec,
    option,
    prelude::{Strategy, any},
};

/// What tells the rows of one case from those of the others.
fn batch(number: i64) -> Filter {
    Sample::LEFT.eq(Some(number))
}

async fn insert_all(given: &Given, rows: &[Sample], number: i64) -> Vec<Stored<Sample>> {
    let caller = Caller::new();
    let mut unit = given.store.begin().await.expect("a unit of work");
    let mut stored = Vec::new();
    for row in rows {
        stored.push(caller.insert(&mut *unit, &Sample { left: Some(number), ..row.clone() }).await);
    }
    unit.commit().await.expect("a commit");
    stored
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: the store gives {found:?}, memory {expected:?}")) }
}

/// Random filters over random rows: lists, counts and totals are those of memory, and a filter and
/// its opposite part the rows between them.
pub async fn filters_agree_with_memory(given: Given) {
    let mut number = 0;
    for_all(24, (vec(row(), 0..10), vec(filter(), 1..6)), async |(rows, filters)| {
        number += 1;
        let rows = insert_all(&given, rows, number).await;
        let (caller, mut session) = (Caller::within(batch(number)), given.session());
        for filter in filters {
            let mut parts = Vec::new();
            for filter in [filter.clone(), Filter::Not(Box::new(filter.clone()))] {
                let expected: Vec<i64> =
                    rows.iter().filter(|row| model::holds(&filter, *row)).map(|row| row.id).collect();
                let found = caller.keys::<Sample>(&mut *session, &filter).await;
                equal(&format!("{filter:?}"), &found, &expected)?;
                let count = caller.count::<Sample>(&mut *session, &filter).await;
                equal("count", &count, &(expected.len() as u64))?;
                let page = Some(Page { skip: 1, limit: 2 });
                let (_, total) = caller.page::<Sample>(&mut *session, &Read { page, ..Read::of(&filter) }).await;
                equal("total", &total, &count)?;
                parts.extend(found);
            }
            parts.sort_unstable();
            equal("a filter and its opposite", &parts, &rows.iter().map(|row| row.id).collect())?;
        }
        Ok(())
    })
    .await;
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
                    let expected = if model::holds(filter, new) { Ok(()) } else { Err(WriteOutcome::OutOfScope) };
                    equal(&format!("insert within {filter:?}"), &outcome, &expected)?;
                }
                let key = all.insert(session, old).await.id;
                let (old, new) = (Sample { id: key, ..old.clone() }, Sample { id: key, ..new.clone() });
                let expected = match (model::holds(filter, &old), model::holds(filter, &new)) {
                    (false, _) => Err(WriteOutcome::NotFound),
                    (true, false) => Err(WriteOutcome::OutOfScope),
                    (true, true) => Ok(()),
                };
                let values: Vec<_> = (1..Sample::META.own).map(|index| (index, new.get(index))).collect();
                let outcome = caller.update::<Sample>(session, key, None, &values).await.map(drop);
                equal(&format!("update within {filter:?}"), &outcome, &expected)?;
                let now = all.find::<Sample>(session, &key).await.expect("the row");
                equal("the row", &now.entity, if expected.is_ok() { &new } else { &old })?;
                let inside = model::holds(filter, &now);
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
        Filter::Compare(field, ..) | Filter::In(field, _) | Filter::IsNull(field) | Filter::Text(field, ..) => {
            *field == 0
        }
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
    page: Option<(u64, u64)>,
    lock: bool,
    sort: usize,
}

fn read() -> impl Strategy<Value = Random> {
    let page = option::of((0..4u64, 0..5u64));
    (filter(), filter(), order(), page, any::<bool>(), 0..3usize)
        .prop_map(|(filter, scope, order, page, lock, sort)| Random { filter, scope, order, page, lock, sort })
}

impl Random {
    fn expected(&self, rows: &[Stored<Sample>]) -> (Vec<i64>, u64) {
        let inside = |row: &&Stored<Sample>| model::holds(&self.scope, *row) && model::holds(&self.filter, *row);
        let mut rows: Vec<&Stored<Sample>> = rows.iter().filter(inside).collect();
        rows.sort_by(|a, b| model::sorts(&self.order, *a, *b));
        let total = rows.len() as u64;
        let (skip, limit) = self.page.unwrap_or((0, u64::MAX));
        let part = rows.iter().map(|row| row.id);
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        (part.skip(number(skip)).take(number(limit)).collect(), total)
    }

    async fn check(&self, session: &mut dyn Session, rows: &[Stored<Sample>]) -> Result<(), String> {
        let caller = Caller::within(self.scope.clone());
        let page = self.page.map(|(skip, limit)| Page { skip, limit });
        let lock = if self.lock { Lock::Update } else { Lock::None };
        let read = Read { filter: &self.filter, order: &self.order, page, lock };
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
        let mut unit = given.store.begin().await.expect("a unit of work");
        for read in reads.iter().chain(reads) {
            read.check(&mut *unit, &rows).await?;
            // The same but for one thing.
            for other in [
                Random { page: if read.page.is_some() { None } else { Some((1, 2)) }, ..read.clone() },
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
