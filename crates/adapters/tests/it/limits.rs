//! How long a read may take that a client asks for.

use crate::fixture::{self, connect_impatiently, fill_roles, permit};
use kwik_domain::{
    Entity, Filter, Isolation, Lock, Order, Page, RowReader, Select, Session, StoreError, TextMatch, access::Role,
};
use kwik_testkit::on_each_engine;
use std::time::Duration;

/// A filter that looks at each row many times over, and finds none.
fn laborious() -> Filter {
    let text = |n| Filter::Text(1, TextMatch::Contains, format!("no such name {n}"));
    Filter::Or((0..3_000).map(text).collect())
}

/// What a count, a list, a page and a guess come to.
async fn outcomes(session: &mut dyn Session, filter: &Filter) -> Vec<Result<(), StoreError>> {
    let all = permit(Role::META, Filter::All);
    let narrow = permit(Role::META, Filter::Compare(0, kwik_domain::Comparison::Gt, kwik_domain::Value::Int(0)));
    let order = [Order { field: 1, descending: true }];
    let page = Some(Page { skip: 0, limit: 5 });
    let select = Select { permit: &all, filter, order: &order, after: None, page, lock: Lock::None };
    let mut sink = |_: &dyn RowReader| Ok(());
    vec![
        session.count(&select).await.map(drop),
        session.fetch(&select, &mut sink).await,
        session.fetch_page(&select, &mut sink).await.map(drop),
        session.estimate(&Select { permit: &narrow, ..select }).await.map(drop),
    ]
}

on_each_engine! {
    /// It is ended, by itself and in a unit of work, and what comes after it is served.
    async fn a_laborious_read_is_ended(engine) {
        let place = fixture::place(engine).await;
        fill_roles(&place, 20_000).await;
        let database = connect_impatiently(place.url(), Duration::from_millis(150)).await;
        let store = database.store();
        for _ in 0..2 {
            for outcome in outcomes(&mut *store.session(), &laborious()).await {
                assert!(matches!(outcome, Err(StoreError::Timeout)), "{outcome:?}");
            }
            for outcome in outcomes(&mut *store.session(), &Filter::All).await {
                outcome.unwrap();
            }
        }
        let mut unit = store.begin(Isolation::ReadCommitted).await.unwrap();
        let outcome = outcomes(&mut *unit, &laborious()).await.remove(0);
        assert!(matches!(outcome, Err(StoreError::Timeout)), "{outcome:?}");
        unit.commit().await.unwrap_err();
        crate::roles::make_in(&database, "quick").await.unwrap();
        database.close().await;
    }
}
