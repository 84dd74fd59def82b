//! Create, read, change, delete: every answer with status, headers and body.

use crate::people::{CLERK, ada, ada_and_three_customers, customer, timeless};
use http::Method;
use kwik_testkit::{TestResponse, on_each_engine};
use serde_json::{Value, json};

fn acme() -> Value {
    json!({
        "id": 1, "name": "Acme", "email": "acme@example.com", "credit_limit": "100", "version": 1,
        "creation_time": "some time", "creator_user_id": 1,
        "last_modification_time": null, "last_modifier_user_id": null,
    })
}

fn head(answer: &TestResponse) -> (u16, Option<&str>, Option<&str>, Option<&str>) {
    (answer.status.as_u16(), answer.header("content-type"), answer.header("etag"), answer.header("location"))
}

on_each_engine! {
    async fn creating_answers_201_with_the_customer_and_where_it_is(engine) {
        let (_app, ada) = ada(engine).await;
        let created = ada.post("/customers/", &customer("Acme", "100")).await;
        let place = Some("/api/v1/customers/1");
        assert_eq!(head(&created), (201, Some("application/json"), Some("\"1\""), place));
        assert_eq!(timeless(created.json()), acme());
        let read = ada.get("//api/v1/customers/1").await;
        assert_eq!(read.json(), created.json(), "Location leads to it, and it is the same");
    }

    async fn members_come_in_the_order_of_the_entity(engine) {
        let (_app, ada) = ada(engine).await;
        let created = ada.post("/customers/", &customer("Acme", "100")).await;
        let text = String::from_utf8(created.body).unwrap();
        let order = ["id", "name", "email", "credit_limit", "version", "creation_time", "creator_user_id"];
        let places: Vec<_> = order.iter().map(|name| text.find(&format!("\"{name}\":")).unwrap()).collect();
        assert!(places.is_sorted(), "{text}");
    }

    async fn the_credit_limit_is_5000_unless_it_is_given(engine) {
        let (_app, ada) = ada(engine).await;
        let body = json!({ "name": "Acme", "email": "acme@example.com" });
        assert_eq!(ada.post("/customers/", &body).await.ok()["credit_limit"], "5000");
    }

    async fn the_domain_of_an_address_is_lower_cased_and_its_local_part_kept(engine) {
        let (_app, ada) = ada(engine).await;
        let body = json!({ "name": "Acme", "email": "Sales@ACME.Example" });
        assert_eq!(ada.post("/customers/", &body).await.ok()["email"], "Sales@acme.example");
    }

    async fn reading_answers_200_with_an_etag(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        let read = ada.get("/customers/1").await;
        assert_eq!(head(&read), (200, Some("application/json"), Some("\"1\""), None));
        assert_eq!(timeless(read.json()), acme());
    }

    async fn changing_sets_what_is_sent_and_nothing_else(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        let changed = ada.put("/customers/1", &json!({ "name": "Acme Ltd" })).await;
        assert_eq!(head(&changed), (200, Some("application/json"), Some("\"2\""), None));
        assert_eq!(timeless(changed.json()), json!({
            "id": 1, "name": "Acme Ltd", "email": "acme@example.com", "credit_limit": "100", "version": 2,
            "creation_time": "some time", "creator_user_id": 1,
            "last_modification_time": "some time", "last_modifier_user_id": 1,
        }));
        assert_eq!(ada.get("/customers/1").await.json(), changed.json());
    }

    async fn patch_is_put_as_a_json_merge_patch_or_as_json(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        let change = json!({ "credit_limit": "7.00" });
        assert_eq!(ada.patch("/customers/1", &change).await.ok()["credit_limit"], "7.00");
        let plain = ada.json(Method::PATCH, "/customers/1", &[], &json!({ "name": "A" })).await;
        assert_eq!((&plain.ok()["name"], &plain.ok()["version"]), (&json!("A"), &json!(3)));
    }

    async fn a_customer_may_be_sent_back_as_it_was_read(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        let mut read = ada.get("/customers/1").await.ok();
        let created = read["creation_time"].clone();
        read["name"] = json!("Acme Ltd");
        // What only the service sets is ignored, even where it says something else.
        read["id"] = json!(99);
        read["version"] = json!(70);
        read["creation_time"] = json!("1999-01-01T00:00:00.000000Z");
        read["creator_user_id"] = json!("nobody");
        let changed = ada.put("/customers/1", &read).await.ok();
        assert_eq!((&changed["id"], &changed["name"], &changed["version"]), (&json!(1), &json!("Acme Ltd"), &json!(2)));
        assert_eq!((&changed["creation_time"], &changed["creator_user_id"]), (&created, &json!(1)));
        let copy = json!({ "id": 1, "version": 9, "name": "Copy", "email": "copy@example.com" });
        let copy = ada.post("/customers/", &copy).await.ok();
        assert_eq!((&copy["id"], &copy["version"]), (&json!(4), &json!(1)));
    }

    async fn deleting_answers_200_with_the_customer_as_it_was(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        ada.put("/customers/1", &json!({ "name": "Acme Ltd" })).await.ok();
        let last = ada.get("/customers/1").await.json();
        let deleted = ada.delete("/customers/1").await;
        assert_eq!((deleted.status.as_u16(), deleted.json()), (200, last));
        ada.get("/customers/1").await.refused(404, "not_found");
        ada.delete("/customers/1").await.refused(404, "not_found");
        assert_eq!(ada.get("/customers/").await.ok()["total"], 2);
    }

    async fn a_key_is_never_given_twice(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        ada.delete("/customers/3").await.ok();
        assert_eq!(ada.post("/customers/", &customer("Delta", "1")).await.ok()["id"], 4);
    }

    async fn a_deleted_customers_address_is_free_again(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        ada.delete("/customers/1").await.ok();
        ada.post("/customers/", &customer("Acme", "1")).await.ok();
    }

    async fn every_path_works_with_and_without_its_final_slash(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        for (bare, slashed) in [
            ("/customers", "/customers/"),
            ("/customers/1", "/customers/1/"),
            ("/customers/1/history", "/customers/1/history/"),
        ] {
            let (bare, slashed) = (ada.get(bare).await, ada.get(slashed).await);
            assert_eq!((bare.ok(), bare.headers.get("etag")), (slashed.ok(), slashed.headers.get("etag")));
        }
        assert_eq!(ada.post("/customers", &customer("Delta", "1")).await.status, 201);
        assert_eq!(ada.put("/customers/1/", &json!({ "name": "A" })).await.ok()["version"], 2);
        assert_eq!(ada.patch("/customers/1/", &json!({ "name": "B" })).await.ok()["version"], 3);
        ada.delete("/customers/1/").await.ok();
    }

    async fn a_clerk_does_what_clerks_may_and_is_named(engine) {
        let (app, ada) = ada_and_three_customers(engine).await;
        let clara = app.with_permissions(&CLERK).await;
        let changed = clara.put("/customers/1", &json!({ "name": "Acme Ltd" })).await.ok();
        assert_eq!((&changed["creator_user_id"], &changed["last_modifier_user_id"]), (&json!(1), &json!(2)));
        clara.delete("/customers/1").await.refused(403, "forbidden");
        assert_eq!(ada.get("/customers/").await.ok()["total"], 3);
    }

    async fn texts_of_every_script_and_length_come_back_as_they_went(engine) {
        let (_app, ada) = ada(engine).await;
        let longest = "x".repeat(200);
        let widest = "\u{1f980}".repeat(200);
        let texts = [
            "Ünïcödé & Söhne", "株式会社", "שלום", "👩‍👩‍👧‍👦", "e\u{301}", "\u{e9}", "tab\there", "line\nbreak", "\u{7f}\u{1}",
            "quote ' double \" back \\ percent % under _", "'; DROP TABLE customers; --", "$1 ? :x {y}", " ", &longest, &widest,
        ];
        for (n, text) in texts.iter().enumerate() {
            let body = json!({ "name": text, "email": format!("c{n}@example.com") });
            let id = ada.post("/customers/", &body).await.ok()["id"].clone();
            assert_eq!(ada.get(&format!("/customers/{id}")).await.ok()["name"], **text, "{text:?}");
        }
        let escaped = r#"{"name":"\u0041\ud83e\udd80\/","email":"e@example.com"}"#;
        assert_eq!(ada.raw(Method::POST, "/customers/", escaped).await.ok()["name"], "A\u{1f980}/");
    }
}
