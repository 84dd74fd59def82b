//! Filters that reach into other entities, as far as the reader reaches.

use super::specimen::{errors, ids, list, raw};
use kwik::{
    domain::{Grants, Via, access::User},
    prelude::*,
};
use kwik_testkit::{Client, TestApp, TestResponse, database::Engine, on_each_engine};
use serde_json::{Value, json};
use std::sync::Arc;

/// Where buyers are.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "districts")]
pub struct District {
    #[entity(key)]
    pub id: i64,
    pub name: String,
}

/// Who buys.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "buyers")]
pub struct Buyer {
    #[entity(key)]
    pub id: i64,
    pub name: String,
    pub email: Option<String>,
    #[entity(guard = "terms")]
    pub discount: Option<Decimal>,
    #[entity(references = District)]
    pub district_id: Option<i64>,
}

/// What was bought.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "purchases")]
pub struct Purchase {
    #[entity(key)]
    pub id: i64,
    pub total: i64,
    #[entity(references = Buyer)]
    pub buyer_id: i64,
    /// Who sent the buyer.
    #[entity(references = Buyer)]
    pub referrer_id: Option<i64>,
}

fn app() -> App {
    let shown = Rows::of::<Buyer>(Buyer::NAME.ne("Hidden")).unless("buyers_hidden");
    let own = Rows::of::<Purchase>(Purchase::BUYER_ID.related::<Buyer>(Buyer::NAME.starts_with("A")));
    App::new()
        .resource::<District>()
        .resource::<Buyer>()
        .resource::<Purchase>()
        .policy(shown)
        .policy(own.unless("purchases_any"))
}

const READ: [&str; 4] = ["purchases_read", "purchases_any", "buyers_read", "districts_read"];

/// The buyers 1 Acme in the north, 2 Brill and 3 Hidden; the purchases 1 to 5 of Acme, Brill, Hidden and twice
/// Acme, the fourth of whom Hidden sent, the fifth nobody.
async fn shop(engine: Engine) -> (TestApp, Client) {
    let app = TestApp::start(engine, app).await;
    let ada = app.admin().await;
    ada.post("/districts/", &json!({ "name": "North" })).await.ok();
    for (name, email, district) in
        [("Acme", None, Some(1)), ("Brill", Some("b@b.example"), None), ("Hidden", None, Some(1))]
    {
        let buyer = json!({ "name": name, "email": email, "discount": "2.5", "district_id": district });
        ada.post("/buyers/", &buyer).await.ok();
    }
    for (total, buyer, referrer) in [(10, 1, Some(2)), (20, 2, Some(1)), (30, 3, None), (40, 1, Some(3)), (50, 1, None)]
    {
        ada.post("/purchases/", &json!({ "total": total, "buyer_id": buyer, "referrer_id": referrer })).await.ok();
    }
    (app, ada)
}

async fn ask(client: &Client, parameters: &[(&str, &str)]) -> TestResponse {
    client.get(&list(parameters).replacen("specimens", "purchases", 1)).await
}

async fn found(client: &Client, filter: &str) -> Vec<i64> {
    let page = ask(client, &[("filter", filter)]).await.ok();
    let ids = ids(&page);
    assert_eq!(page["total"], ids.len(), "{filter}");
    for count in ["estimated", "none"] {
        let page = ask(client, &[("filter", filter), ("count", count)]).await.ok();
        assert_eq!(super::specimen::ids(&page), ids, "{filter}");
    }
    ids
}

/// Filters on who sent a buyer: for all of them, and under `NOT`, a row out of reach is as none.
const OF_REFERRERS: [&str; 12] = [
    "referrer.name = \"Hidden\"",
    "referrer.name != \"Hidden\"",
    "referrer.name:*",
    "referrer.id = 3",
    "referrer.id IN (1, 2, 3)",
    "referrer.email = null",
    "referrer.email != null",
    "referrer.district.name = North",
    "referrer.district_id = 1",
    "referrer.version >= 1",
    "referrer.name:\"i\" OR referrer.id > 2",
    "referrer.name = \"*n\" AND NOT referrer.email:b",
];

on_each_engine! {
    async fn conditions_hold_for_the_row_beyond(engine) {
        let (_app, ada) = shop(engine).await;
        for (filter, expected) in [
            ("buyer.name = Acme", &[1, 4, 5][..]),
            ("buyer.name != Acme", &[2, 3]),
            ("NOT buyer.name = Acme", &[2, 3]),
            ("buyer.name:\"i\" AND total > 20", &[3]),
            ("buyer.name IN (Brill, Hidden)", &[2, 3]),
            ("buyer.email = null", &[1, 3, 4, 5]),
            ("buyer.email != null", &[2]),
            ("buyer.email:*", &[2]),
            ("buyer.discount >= 2.50", &[1, 2, 3, 4, 5]),
            ("buyer.district.name = North", &[1, 3, 4, 5]),
            ("buyer.district.name != North", &[]),
            ("NOT buyer.district.name = North", &[2]),
            ("referrer.name:*", &[1, 2, 4]),
            ("NOT referrer.name:*", &[3, 5]),
            ("referrer.district.id = 1 AND (buyer.id = 2 OR total = 40)", &[2, 4]),
        ] {
            assert_eq!(found(&ada, filter).await, expected, "{filter}");
        }
    }

    async fn a_row_out_of_reach_is_as_none(engine) {
        let (app, ada) = shop(engine).await;
        let sam = app.with_permissions(&READ).await;
        for filter in OF_REFERRERS {
            for filter in [filter.to_owned(), format!("NOT ({filter})")] {
                let ids = found(&sam, &filter).await;
                assert_eq!(ids.contains(&4), ids.contains(&5), "{filter}: {ids:?}");
            }
        }
        assert_eq!(found(&sam, "buyer.name:*").await, [1, 2, 4, 5]);
        // Byte for byte: the hidden one, and one who sent nobody.
        let hidden = raw(&ask(&sam, &[("filter", "referrer.id = 3")]).await);
        ada.put("/purchases/4", &json!({ "referrer_id": null })).await.ok();
        let none = raw(&ask(&sam, &[("filter", "referrer.id = 3")]).await);
        assert_eq!((hidden.0, hidden.2), (none.0, none.2));
        let all = app.with_permissions(&[&READ[..], &["buyers_hidden"]].concat()).await;
        assert_eq!(found(&all, "buyer.name = Hidden").await, [3]);
    }

    async fn fields_and_entities_out_of_reach_are_unknown(engine) {
        let (app, _ada) = shop(engine).await;
        let sam = app.with_permissions(&READ).await;
        let without_buyers = app.with_permissions(&["purchases_read", "purchases_any", "districts_read"]).await;
        let without_districts = app.with_permissions(&["purchases_read", "purchases_any", "buyers_read"]).await;
        for (client, name, unknown) in [
            (&sam, "buyer.discount", "buyer.colour"),
            (&without_buyers, "buyer.name", "colour.name"),
            (&without_buyers, "referrer.district.name", "colour.district.name"),
            (&without_districts, "buyer.district.name", "buyer.colour.name"),
        ] {
            for way in ["NAME = 1", "NAME:*", "NAME", "NAME IN (", "total = 1 AND (NOT NAME = null)"] {
                let [found, expected] = [name, unknown].map(|name| way.replace("NAME", name));
                let [found, expected] = [ask(client, &[("filter", &found)]).await, ask(client, &[("filter", &expected)]).await];
                assert_eq!(raw(&found), raw(&expected), "{name} {way}");
                assert_eq!(errors(&found)[0].1, "unknown", "{name} {way}");
                assert!(!errors(&found)[0].2.contains("discount"), "{name} {way}");
            }
        }
        let terms = app.with_permissions(&[&READ[..], &["buyers_read_terms"]].concat()).await;
        assert_eq!(found(&terms, "buyer.discount = 2.5").await, [1, 2, 4, 5]);
    }

    async fn code_reaches_no_further(engine) {
        let (app, _ada) = shop(engine).await;
        let of = |permissions: &[&str]| {
            let permissions = permissions.iter().map(|name| (*name).to_owned()).collect();
            let actor = Actor::user(7, Via::Nothing, Arc::new(Grants { permissions, ..Grants::default() }));
            Ctx { actor: Arc::new(actor), ..app.system() }
        };
        let (sam, nobody) = (of(&READ), of(&["purchases_read", "purchases_any"]));
        let data = &app.service().services.data;
        let hidden = Purchase::BUYER_ID.related::<Buyer>(Buyer::NAME.eq("Hidden"));
        let discount = Purchase::BUYER_ID.related::<Buyer>(Buyer::DISCOUNT.is_null());
        let page = Page { skip: 0, limit: 10 };
        for (ctx, filter, expected) in [
            (&app.system(), &hidden, &[3][..]),
            (&sam, &hidden, &[]),
            (&sam, &!hidden.clone(), &[1, 2, 3, 4, 5]),
            (&nobody, &hidden, &[]),
            (&nobody, &!hidden.clone(), &[1, 2, 3, 4, 5]),
            (&nobody, &discount, &[]),
        ] {
            let mut work = data.begin().await.unwrap();
            let mut repo = work.repo();
            let rows = Repository::<Purchase>::list(&mut repo, ctx, filter, &[], page).await.unwrap();
            assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), expected, "{filter:?}");
            let locked = repo.list_locked::<Purchase>(ctx, Action::Read, filter).await.unwrap();
            let counted = Repository::<Purchase>::count(&mut repo, ctx, filter).await.unwrap();
            let listing = Repository::<Purchase>::page(&mut repo, ctx, &ListQuery::new(filter.clone(), page)).await.unwrap();
            let number = expected.len();
            assert_eq!((locked.len(), counted, listing.total), (number, number as u64, Some(number as u64)), "{filter:?}");
        }
        let mut work = data.begin().await.unwrap();
        let mut repo = work.repo();
        let filter = Purchase::TOTAL.gt(0) & !discount;
        let refused = [
            Repository::<Purchase>::list(&mut repo, &sam, &filter, &[], page).await.map(drop).unwrap_err(),
            Repository::<Purchase>::count(&mut repo, &sam, &filter).await.map(drop).unwrap_err(),
            Repository::<Purchase>::page(&mut repo, &sam, &ListQuery::new(filter.clone(), page)).await.map(drop).unwrap_err(),
            repo.list_locked::<Purchase>(&sam, Action::Read, &filter).await.map(drop).unwrap_err(),
        ];
        for error in refused {
            assert!(matches!(&error, Error::InvalidQuery(errors) if errors[0].issue.code == "unknown"), "{error:?}");
        }
    }

    async fn a_list_goes_on_page_by_page(engine) {
        let (_app, ada) = shop(engine).await;
        let filter = "buyer.district.name = \"N*\" AND NOT referrer.id = 2";
        let mut parameters = vec![("filter", filter), ("sorting", "total:desc"), ("limit", "1")];
        let (mut seen, mut tokens) = (Vec::new(), Vec::<String>::new());
        loop {
            let page = match tokens.last() {
                None => ask(&ada, &parameters).await.ok(),
                Some(token) => ask(&ada, &[&parameters[..], &[("page_token", token)]].concat()).await.ok(),
            };
            assert_eq!(page["total"], 3);
            seen.extend(ids(&page));
            let Some(token) = page["next_page_token"].as_str() else { break };
            tokens.push(token.to_owned());
        }
        assert_eq!(seen, [5, 4, 3]);
        parameters[0].1 = "buyer.district.name = \"N*\" AND NOT referrer.id = 1";
        let other = ask(&ada, &[&parameters[..], &[("page_token", &tokens[0])]].concat()).await;
        assert_eq!(errors(&other)[0].1, "mismatch");
    }

    async fn a_policy_may_look_at_other_rows(engine) {
        let (app, ada) = shop(engine).await;
        let verbs = ["purchases_read", "purchases_create", "purchases_update", "purchases_delete", "buyers_read"];
        let clerk = app.with_permissions(&verbs).await;
        let page = clerk.get("/purchases/").await.ok();
        assert_eq!((ids(&page), &page["total"]), (vec![1, 4, 5], &json!(3)));
        assert_eq!(clerk.get("/purchases/?count=estimated&limit=1").await.ok()["total"], 3);
        let missing = |answer: &TestResponse, id: &str| {
            let (status, _, text) = raw(answer);
            (status, text.replace(&format!("id={id} "), ""))
        };
        for id in ["2", "99"] {
            clerk.get(&format!("/purchases/{id}")).await.refused(404, "not_found");
            clerk.put(&format!("/purchases/{id}"), &json!({ "total": 1 })).await.refused(404, "not_found");
            clerk.delete(&format!("/purchases/{id}")).await.refused(404, "not_found");
        }
        let [hidden, none] = [clerk.get("/purchases/2").await, clerk.get("/purchases/99").await];
        assert_eq!(missing(&hidden, "2"), missing(&none, "99"));
        // The row as it is going to be.
        clerk.post("/purchases/", &json!({ "total": 1, "buyer_id": 2 })).await.refused(403, "forbidden");
        clerk.put("/purchases/1", &json!({ "buyer_id": 2 })).await.refused(403, "forbidden");
        clerk.put("/purchases/1", &json!({ "total": 2 })).await.ok();
        clerk.post("/purchases/", &json!({ "total": 6, "buyer_id": 1 })).await.ok();
        // What the other row says counts as it is now.
        ada.put("/buyers/2", &json!({ "name": "Ada" })).await.ok();
        ada.put("/buyers/1", &json!({ "name": "Zoe" })).await.ok();
        assert_eq!(ids(&clerk.get("/purchases/").await.ok()), [2]);
        clerk.delete("/purchases/1").await.refused(404, "not_found");
        assert_eq!(clerk.delete("/purchases/2").await.ok()["id"], 2);
        assert_eq!(clerk.get("/purchases/").await.ok()["total"], 0);
    }

    async fn the_document_names_what_can_be_followed(engine) {
        let (app, _ada) = shop(engine).await;
        let document: Value = serde_json::from_str(&app.service().document).unwrap();
        let filter = |path: &str| {
            let parameters = document["paths"][path]["get"]["parameters"].as_array().unwrap();
            let filter = parameters.iter().find(|parameter| parameter["name"] == "filter").unwrap();
            filter["description"].as_str().unwrap().to_owned()
        };
        assert!(filter("/purchases/").ends_with("Before a dot and a field of theirs: `buyer` (Buyer), `referrer` (Buyer)."));
        assert!(!filter("/districts/").contains("dot"));
    }
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "Purchase.total refers to no User")]
fn a_handle_refers_to_its_own_entity() {
    let _ = Purchase::TOTAL.related::<User>(Filter::All);
}
