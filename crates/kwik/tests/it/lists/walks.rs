//! Lists that are walked from end to end while rows come and go.

use super::specimen::{LAST, ROWS, ask, body, exhibition, ids};
use kwik_testkit::{Client, on_each_engine};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// Orders of one to three fields, with nulls and in both directions, and with many equal values.
const ORDERS: [&str; 16] = [
    "",
    "id:desc",
    "name",
    "name:desc",
    "flag,name:desc",
    "maybe_name",
    "maybe_name:desc,id:desc",
    "maybe_flag:desc,grade",
    "maybe_amount,maybe_day:desc",
    "maybe_moment:desc,maybe_reference,id:desc",
    "maybe_ratio",
    "ratio:desc,maybe_large",
    "maybe_grade,maybe_flag,maybe_small:desc,id",
    "maybe_small:desc",
    "creation_time:desc",
    "last_modification_time,last_modifier_user_id:desc",
];

/// The page behind a token.
async fn page(client: &Client, order: &str, filter: &str, limit: usize, token: Option<&str>) -> Value {
    let limit = limit.to_string();
    let mut parameters = vec![("sorting", order), ("limit", limit.as_str()), ("count", "none")];
    if !filter.is_empty() {
        parameters.push(("filter", filter));
    }
    parameters.extend(token.map(|token| ("page_token", token)));
    ask(client, &parameters).await.ok()
}

/// No row twice, and those that were there all the time are all there, in their order.
fn check(order: &str, walked: &[i64], before: &[i64]) {
    let distinct: BTreeSet<_> = walked.iter().collect();
    assert_eq!(distinct.len(), walked.len(), "{order}: no row comes twice: {walked:?}");
    let stayed: Vec<_> = walked.iter().copied().filter(|id| *id <= LAST).collect();
    assert_eq!(stayed, before, "{order}");
}

on_each_engine! {
    async fn walks_of_every_length_give_what_one_page_gives(engine) {
        let (_app, ada) = exhibition(engine).await;
        for order in ORDERS {
            for filter in ["", "maybe_name != null OR id > 6"] {
                let whole = ids(&page(&ada, order, filter, 50, None).await);
                for limit in [1, 2, 5, 11] {
                    let (mut walked, mut token) = (Vec::new(), None::<String>);
                    loop {
                        let page = page(&ada, order, filter, limit, token.as_deref()).await;
                        walked.extend(ids(&page));
                        token = page["next_page_token"].as_str().map(str::to_owned);
                        if token.is_none() {
                            break;
                        }
                        assert_eq!(ids(&page).len(), limit, "{order}: a page before the last one is full");
                    }
                    assert_eq!(walked, whole, "{order} {filter} {limit}");
                }
            }
        }
    }

    async fn rows_that_come_and_go_between_pages_make_no_gap_and_no_duplicate(engine) {
        let (app, ada) = exhibition(engine).await;
        let other = app.with_permissions(&["specimens_create", "specimens_delete", "specimens_update"]).await;
        for order in ORDERS {
            let before = ids(&page(&ada, order, "", 50, None).await);
            let mut passing = Vec::new();
            for row in 0..6 {
                passing.push(other.post("/specimens/", &body(row)).await.ok()["id"].as_i64().unwrap());
            }
            let (mut walked, mut token, mut step) = (Vec::new(), None::<String>, 0);
            loop {
                // Pages may be of different lengths.
                let page = page(&ada, order, "", 1 + step % 4, token.as_deref()).await;
                walked.extend(ids(&page));
                token = page["next_page_token"].as_str().map(str::to_owned);
                if token.is_none() {
                    break;
                }
                if let Some(id) = passing.pop() {
                    other.delete(&format!("/specimens/{id}")).await.ok();
                }
                // What comes is before, at and behind the place.
                for row in if step < 4 { [step, step + 5] } else { [0, 0] } {
                    let id = other.post("/specimens/", &body(row)).await.ok()["id"].as_i64().unwrap();
                    if step % 2 == 0 || step >= 4 {
                        other.delete(&format!("/specimens/{id}")).await.ok();
                    } else {
                        passing.insert(0, id);
                    }
                }
                step += 1;
            }
            check(order, &walked, &before);
            for id in passing {
                other.delete(&format!("/specimens/{id}")).await.ok();
            }
            assert_eq!(ids(&page(&ada, order, "", 50, None).await), before, "only guests came and went");
        }
    }

    async fn rows_that_come_and_go_all_the_time_make_no_gap_and_no_duplicate(engine) {
        let (app, ada) = exhibition(engine).await;
        let other = app.with_permissions(&["specimens_create", "specimens_delete"]).await;
        let is_over = Arc::new(AtomicBool::new(false));
        let writer = tokio::spawn({
            let is_over = is_over.clone();
            async move {
                let mut writes = 0;
                while !is_over.load(Ordering::Relaxed) {
                    let mut ids = Vec::new();
                    for row in 0..4 {
                        ids.push(other.post("/specimens/", &body(writes + row)).await.ok()["id"].clone());
                    }
                    for id in ids {
                        other.delete(&format!("/specimens/{id}")).await.ok();
                    }
                    writes += 1;
                }
                writes
            }
        });
        let old = format!("id <= {ROWS}");
        for order in ORDERS {
            let before = ids(&page(&ada, order, &old, 50, None).await);
            for limit in [1, 3] {
                let (mut walked, mut token) = (Vec::new(), None::<String>);
                loop {
                    let page = page(&ada, order, "", limit, token.as_deref()).await;
                    walked.extend(ids(&page));
                    token = page["next_page_token"].as_str().map(str::to_owned);
                    if token.is_none() {
                        break;
                    }
                }
                check(order, &walked, &before);
            }
        }
        is_over.store(true, Ordering::Relaxed);
        assert!(writer.await.unwrap() > 0);
    }

    async fn a_row_whose_sorted_fields_do_not_change_stays_in_its_place(engine) {
        let (_app, ada) = exhibition(engine).await;
        let order = "maybe_day:desc,flag";
        let before = ids(&page(&ada, order, "", 50, None).await);
        let (mut walked, mut token) = (Vec::new(), None::<String>);
        loop {
            let page = page(&ada, order, "", 2, token.as_deref()).await;
            walked.extend(ids(&page));
            token = page["next_page_token"].as_str().map(str::to_owned);
            if token.is_none() {
                break;
            }
            for id in 1..=ROWS {
                ada.put(&format!("/specimens/{id}"), &json!({ "small": walked.len() })).await.ok();
            }
        }
        assert_eq!(walked, before);
    }
}
