//! About how many rows there are, where there are more than are counted.

use crate::fixture::{fill_roles, open, permit};
use kwik_domain::{Column, Entity, Filter, Lock, Select, Session, access::Role};
use kwik_testkit::{database::Engine, on_each_engine};

async fn estimate(session: &mut dyn Session, scope: Filter, filter: Filter) -> Option<u64> {
    let permit = permit(Role::META, scope);
    let select = Select { permit: &permit, filter: &filter, order: &[], after: None, page: None, lock: Lock::None };
    session.estimate(&select).await.unwrap()
}

fn id() -> Column<Role, i64> {
    Column::new(0)
}

on_each_engine! {
    /// Whether a scope has few rows or many, nothing is told of those that are not in it.
    async fn within_a_scope_end_at_ten_thousand(engine) {
        let opened = open(engine).await;
        fill_roles(&opened.place, 12_000).await;
        let mut session = opened.given.store.session();
        let first: i64 = 1;
        for (last, expected) in [(9_999, Some(9_999)), (10_000, Some(10_000)), (10_001, None), (11_000, None)] {
            let scope = Filter::And(vec![id().ge(first), id().le(last)]);
            assert_eq!(estimate(&mut *session, scope.clone(), Filter::All).await, expected, "up to {last}");
            assert_eq!(estimate(&mut *session, scope, id().gt(11_990)).await, Some(0), "up to {last}");
        }
        opened.database.close().await;
    }

    /// Of all rows the guess is near the truth after the figures were brought up to date: of the whole
    /// table, of a part of it, and of nothing.
    async fn of_all_rows_are_near_the_truth(engine) {
        let opened = open(engine).await;
        fill_roles(&opened.place, 12_000).await;
        let mut session = opened.given.store.session();
        let mut guess = async |filter| estimate(&mut *session, Filter::All, filter).await.unwrap();
        let exact = engine == Engine::Sqlite;
        for (filter, rows) in [
            (Filter::All, 12_000),
            (id().le(3_000), 3_000),
            (id().gt(6_000), 6_000),
            (id().one_of([5, 6, 7]), 3),
            (id().eq(7), 1),
            (!id().is_null(), 12_000),
        ] {
            let found = guess(filter.clone()).await;
            let near = if exact { found == rows } else { found.abs_diff(rows) <= rows / 10 + 1 };
            assert!(near, "{filter:?}: {found} instead of {rows}");
        }
        let nothing = guess(Filter::Nothing).await;
        assert!(nothing <= 1, "{nothing}");
        opened.database.close().await;
    }
}
