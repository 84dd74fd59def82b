//! `filter_key` and `value`.

use crate::people::{ada_and_three_customers, names, wrong_parameter};
use kwik_testkit::{Client, on_each_engine};
use serde_json::json;

async fn filtered(client: &Client, field: &str, value: &str) -> Vec<String> {
    names(&client.get(&format!("/customers/?filter_key={field}&value={value}")).await)
}

on_each_engine! {
    async fn find_the_rows_with_exactly_that_value(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        ada.put("/customers/2", &json!({ "name": "Acme" })).await.ok();
        assert_eq!(filtered(&ada, "id", "3").await, ["Cobra"]);
        assert_eq!(filtered(&ada, "name", "Acme").await, ["Acme", "Acme"]);
        assert_eq!(filtered(&ada, "email", "cobra%40example.com").await, ["Cobra"]);
        assert_eq!(filtered(&ada, "version", "2").await, ["Acme"]);
        assert_eq!(filtered(&ada, "creator_user_id", "1").await.len(), 3);
        assert_eq!(filtered(&ada, "last_modifier_user_id", "1").await, ["Acme"]);
        for none in ["acme", "Acm", "Acme+", "", "%25", "A_me", "Acme%27"] {
            assert_eq!(filtered(&ada, "name", none).await, [""; 0], "{none}");
        }
    }

    async fn compare_money_as_numbers(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        for same in ["20.5", "20.50", "20.500000", "2.05e1", "205E-1"] {
            assert_eq!(filtered(&ada, "credit_limit", same).await, ["Bolt"], "{same}");
        }
    }

    async fn compare_moments_whatever_their_offset(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        let created = ada.get("/customers/2").await.ok()["creation_time"].as_str().unwrap().to_owned();
        assert!(filtered(&ada, "creation_time", &created).await.contains(&"Bolt".to_owned()));
        let parsed = chrono::DateTime::parse_from_rfc3339(&created).unwrap();
        let there = parsed.with_timezone(&chrono::FixedOffset::east_opt(5 * 3600).unwrap()).to_rfc3339();
        assert!(filtered(&ada, "creation_time", &there.replace('+', "%2B")).await.contains(&"Bolt".to_owned()));
    }

    async fn come_with_pages_orders_and_the_total_of_what_they_find(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        let page = ada.get("/customers/?filter_key=creator_user_id&value=1&sorting=id:desc&limit=1&skip=1").await;
        assert_eq!((names(&page), &page.ok()["total"]), (vec!["Bolt".to_owned()], &json!(3)));
        let none = ada.get("/customers/?filter_key=name&value=Nobody").await.ok();
        assert_eq!(none, json!({ "total": 0, "data": [] }));
    }

    async fn with_a_value_of_the_wrong_type_are_refused(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        for (field, value, code, detail) in [
            ("id", "one", "type", "must be an integer"),
            ("id", "1.0", "type", "must be an integer"),
            ("id", "", "type", "must be an integer"),
            ("id", "9223372036854775808", "range", "must be an integer of at most 64 bits"),
            ("credit_limit", "much", "type", "must be a decimal number, such as \"12.50\""),
            ("credit_limit", "NaN", "type", "must be a decimal number, such as \"12.50\""),
            ("name", "a%00b", "characters", "must not contain the character NUL"),
            ("creation_time", "yesterday", "type", "must be a date and time with an offset, such as \"2026-01-31T09:30:00Z\""),
        ] {
            let problem = ada.get(&format!("/customers/?filter_key={field}&value={value}")).await.problem(400);
            assert_eq!(problem["errors"], json!([wrong_parameter("value", code, detail)]), "{field}={value}");
        }
    }

    async fn need_both_parts_once(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        for (query, error) in [
            ("filter_key=name", wrong_parameter("value", "required", "is required beside filter_key")),
            ("value=Acme", wrong_parameter("filter_key", "required", "is required beside value")),
            ("filter_key=name&value=a&value=b", wrong_parameter("value", "duplicate", "must be given only once")),
            ("filter_key=id&filter_key=id&value=1", wrong_parameter("filter_key", "duplicate", "must be given only once")),
        ] {
            assert_eq!(ada.get(&format!("/customers/?{query}")).await.problem(400)["errors"], json!([error]), "{query}");
        }
    }
}
