//! Fields that a reader does not see are as unknown as fields that do not exist.

use super::specimen::{COMMON, ask, exhibition, ids, list, raw};
use kwik_testkit::{Client, on_each_engine};
use serde_json::json;

/// Nobody sees these, or nobody may ask for them.
const CLOSED: [&str; 3] = ["remark", "pin", "tax_number"];
/// These are seen with a permission of their own.
const GUARDED: [&str; 2] = ["price", "cost"];

/// Every way to name a field.
const WAYS: [&[(&str, &str)]; 16] = [
    &[("sorting", "NAME")],
    &[("sorting", "NAME:desc")],
    &[("sorting", "NAME:up")],
    &[("sorting", "id,NAME:asc")],
    &[("sorting", "NAME,NAME")],
    &[("filter_key", "NAME"), ("value", "1.00")],
    &[("filter_key", "NAME"), ("value", "x")],
    &[("filter_key", "NAME")],
    &[("filter", "NAME = 1")],
    &[("filter", "NAME:*")],
    &[("filter", "NAME = null")],
    &[("filter", "NAME IN (1, 2)")],
    &[("filter", "NAME ~ 'x")],
    &[("filter", "NAME")],
    &[("filter", "id = 1 AND (NOT NAME > 3 OR id = 2)")],
    &[("sorting", "NAME"), ("filter", "NAME = 1"), ("filter_key", "NAME"), ("value", "1"), ("limit", "51")],
];

async fn is_unknown(client: &Client, name: &str) {
    for way in WAYS {
        let ask = async |name: &str| {
            let named: Vec<_> = way.iter().map(|(key, value)| (*key, value.replace("NAME", name))).collect();
            let named: Vec<_> = named.iter().map(|(key, value)| (*key, value.as_str())).collect();
            raw(&ask(client, &named).await)
        };
        let unknown = ask("colour").await;
        assert_eq!(unknown.0, 400, "{way:?}");
        assert_eq!(ask(name).await, unknown, "{name} {way:?}");
        assert!(!unknown.2.contains(name), "{name} {way:?}: {}", unknown.2);
    }
}

on_each_engine! {
    async fn what_nobody_may_ask_for_is_unknown_to_everybody(engine) {
        let (app, ada) = exhibition(engine).await;
        let sam = app.with_permissions(&COMMON).await;
        for name in CLOSED {
            is_unknown(&ada, name).await;
            is_unknown(&sam, name).await;
        }
    }

    async fn what_needs_a_permission_is_unknown_without_it(engine) {
        let (app, ada) = exhibition(engine).await;
        let writer = app.with_permissions(&[&COMMON[..], &["specimens_update_price"]].concat()).await;
        let sam = app.with_permissions(&COMMON).await;
        for name in GUARDED {
            is_unknown(&sam, name).await;
            is_unknown(&writer, name).await;
        }
        ada.put("/specimens/7", &json!({ "price": "9.5", "cost": "3" })).await.ok();
        let reader = app.with_permissions(&["specimens_read", "specimens_read_price"]).await;
        for client in [&ada, &reader] {
            assert_eq!(ids(&ask(client, &[("filter", "price > 9 AND cost = 3.000")]).await.ok()), [7]);
            assert_eq!(ids(&ask(client, &[("filter_key", "price"), ("value", "9.50")]).await.ok()), [7]);
            assert_eq!(ids(&ask(client, &[("sorting", "price,id:desc"), ("limit", "2")]).await.ok()), [7, 12]);
            assert_eq!(ids(&ask(client, &[("sorting", "cost:desc"), ("limit", "1")]).await.ok()), [7]);
        }
    }

    async fn rows_and_tokens_show_nothing_of_them(engine) {
        let (app, ada) = exhibition(engine).await;
        let sam = app.with_permissions(&COMMON).await;
        ada.put("/specimens/7", &json!({ "price": "98765", "pin": "1234", "tax_number": "T-1" })).await.ok();
        let page = sam.get("/specimens/7").await;
        for name in ["price", "cost", "pin", "remark"] {
            assert!(page.ok().get(name).is_none(), "{name}");
        }
        let page = ask(&sam, &[("limit", "50")]).await;
        assert!(!String::from_utf8_lossy(&page.body).contains("98765"));
        for sorted in ["price", "colour"] {
            // With a token that somebody else got for this order.
            let first = ask(&ada, &[("sorting", "price"), ("limit", "1")]).await.ok();
            let token = first["next_page_token"].as_str().unwrap();
            let answer = ask(&sam, &[("sorting", sorted), ("page_token", token)]).await;
            let plain = ask(&sam, &[("sorting", sorted)]).await;
            assert_eq!(raw(&answer), raw(&plain), "the token changes nothing");
        }
    }

    async fn a_permission_that_is_taken_away_closes_them_with_the_next_request(engine) {
        let (app, ada) = exhibition(engine).await;
        let user = app.new_user(&["specimens_read", "specimens_read_price"]).await;
        let reader = app.as_user(&user).await;
        let path = list(&[("sorting", "price"), ("limit", "1")]);
        let token = reader.get(&path).await.ok()["next_page_token"].as_str().unwrap().to_owned();
        app.service().services.users.set_active(&app.system(), &user.email, false).await.unwrap();
        reader.get(&path).await.refused(401, "invalid_token");
        let sam = app.with_permissions(&COMMON).await;
        sam.get(&format!("{path}&page_token={token}")).await.refused(400, "invalid_query");
        ada.get(&format!("{path}&page_token={token}")).await.ok();
    }
}
