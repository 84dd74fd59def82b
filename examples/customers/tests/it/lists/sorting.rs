//! `sorting`.

use crate::people::{ada, ada_and_three_customers, customer, names};
use kwik_testkit::{Client, on_each_engine};
use serde_json::json;

async fn sorted(client: &Client, sorting: &str) -> Vec<String> {
    names(&client.get(&format!("/customers/?sorting={sorting}")).await)
}

on_each_engine! {
    async fn is_by_a_field_up_or_down(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        let (up, down) = (["Acme", "Bolt", "Cobra"], ["Cobra", "Bolt", "Acme"]);
        for field in ["id", "name", "email"] {
            assert_eq!(sorted(&ada, field).await, up, "{field}");
            assert_eq!(sorted(&ada, &format!("{field}:asc")).await, up, "{field}");
            assert_eq!(sorted(&ada, &format!("{field}:desc")).await, down, "{field}");
        }
        assert_eq!(sorted(&ada, "credit_limit").await, down, "100 > 20.50 > 3, as numbers");
        assert_eq!(sorted(&ada, "").await, up);
        assert_eq!(sorted(&ada, "name:desc,").await, down);
    }

    async fn is_by_several_fields_and_the_key_decides_last(engine) {
        let (_app, ada) = ada(engine).await;
        for (n, credit_limit) in ["2", "1", "2", "1"].into_iter().enumerate() {
            ada.post("/customers/", &customer(&format!("C{n}"), credit_limit)).await.ok();
        }
        assert_eq!(sorted(&ada, "credit_limit,id:desc").await, ["C3", "C1", "C2", "C0"]);
        assert_eq!(sorted(&ada, "credit_limit:desc,name:desc").await, ["C2", "C0", "C3", "C1"]);
        assert_eq!(sorted(&ada, "credit_limit:desc").await, ["C0", "C2", "C1", "C3"], "the key goes up");
        assert_eq!(sorted(&ada, "id:desc,name").await, ["C3", "C2", "C1", "C0"]);
    }

    async fn is_bytewise_for_text(engine) {
        let (_app, ada) = ada(engine).await;
        for (n, name) in ["a", "B", "Ä", "b", "A", "Z", "é", "_", "10", "9", "a b", "a-b"].iter().enumerate() {
            let body = json!({ "name": name, "email": format!("c{n}@example.com") });
            ada.post("/customers/", &body).await.ok();
        }
        assert_eq!(sorted(&ada, "name").await, ["10", "9", "A", "B", "Z", "_", "a", "a b", "a-b", "b", "Ä", "é"]);
    }

    async fn nulls_come_in_the_same_place_on_both_engines(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        ada.put("/customers/2", &json!({ "name": "Bolt" })).await.ok();
        assert_eq!(sorted(&ada, "last_modifier_user_id").await, ["Bolt", "Acme", "Cobra"], "last, as the largest");
        assert_eq!(sorted(&ada, "last_modifier_user_id:desc").await, ["Acme", "Cobra", "Bolt"], "so first, downwards");
        assert_eq!(sorted(&ada, "last_modification_time:desc,id:desc").await, ["Cobra", "Acme", "Bolt"]);
    }

    async fn pages_of_equal_rows_miss_none_and_repeat_none(engine) {
        let (_app, ada) = ada(engine).await;
        for n in 0..12 {
            ada.post("/customers/", &customer(&format!("C{n:02}"), "1.0")).await.ok();
        }
        let mut seen = Vec::new();
        for skip in [0, 5, 10] {
            seen.extend(sorted(&ada, &format!("credit_limit:desc&limit=5&skip={skip}")).await);
        }
        assert_eq!(seen, (0..12).map(|n| format!("C{n:02}")).collect::<Vec<_>>());
    }

    async fn by_what_is_no_field_is_refused(engine) {
        let (_app, ada) = ada(engine).await;
        for (sorting, code) in [
            ("colour", "unknown"), ("Name", "unknown"), ("name;id", "unknown"), ("id,colour:desc", "unknown"),
            ("(select+1)", "unknown"), ("%22name%22", "unknown"), ("name:DESC", "direction"), ("name:", "direction"),
            ("name:asc:desc", "direction"), ("name,name", "duplicate"), ("name,id,name:desc", "duplicate"),
        ] {
            let problem = ada.get(&format!("/customers/?sorting={sorting}")).await.problem(400);
            let error = &problem["errors"][0];
            assert_eq!((error["parameter"].as_str(), error["code"].as_str()), (Some("sorting"), Some(code)), "{sorting}");
        }
    }
}
