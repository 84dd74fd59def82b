//! Many to many: sub-resources on both sides, over rows that link.

use super::library::{app, pick, stocked};
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::{Value, json};

const BOTH: [&str; 2] = ["books_read", "topics_read"];

on_each_engine! {
    async fn rows_are_linked_from_both_sides(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = stocked(&app).await;
        assert_eq!(admin.get("/books/1/topics").await.ok(), json!([]));
        let book = admin.post("/books/1/topics", &json!({ "topic_id": 2 })).await;
        assert_eq!((&book.ok()["title"], book.header("etag")), (&json!("One"), Some("\"1\"")));
        admin.post("/topics/2/books", &json!({ "book_id": 2, "weight": 3 })).await.ok();
        assert_eq!(pick(&admin.get("/books/1/topics").await.ok(), &["name"]), json!([["Cooking"]]));
        assert_eq!(pick(&admin.get("/books/1/available-topics").await.ok(), &["name"]), json!([["Rust"], ["Law"]]));
        assert_eq!(pick(&admin.get("/topics/2/books").await.ok(), &["title"]), json!([["One"], ["Two"]]));
        assert_eq!(pick(&admin.get("/topics/2/available-books").await.ok(), &["title"]), json!([["Three"]]));
        let page = admin.get("/topics/2/books?skip=1&limit=1").await.ok();
        assert_eq!(pick(&page, &["title"]), json!([["Two"]]));
        admin.delete("/books/1/topics/2").await.ok();
        assert_eq!(admin.get("/books/1/topics").await.ok(), json!([]));
        admin.post("/books/1/topics", &json!({ "topic_id": 1 })).await.ok();
        admin.post("/books/1/topics", &json!({ "topic_id": 3 })).await.ok();
        admin.delete("/books/1/topics").await.ok();
        assert_eq!(admin.get("/books/1/topics").await.ok(), json!([]));
    }

    async fn repeating_is_no_error_and_each_link_is_recorded_once(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = stocked(&app).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let admin = admin.clone();
            tasks.spawn(async move { admin.post("/books/1/topics", &json!({ "topic_id": 1 })).await.status.as_u16() });
        }
        assert!(tasks.join_all().await.iter().all(|status| *status == 200));
        admin.delete("/books/1/topics/1").await.ok();
        admin.delete("/books/1/topics/1").await.ok();
        let records = admin.get("/audit/?filter=entity%20=%20%22book_topics%22&sorting=id").await.ok();
        assert_eq!(pick(&records["data"], &["action", "entity_key"]), json!([["create", "1,1"], ["delete", "1,1"]]));
    }

    async fn what_is_not_there_is_404_and_what_is_wrong_422(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = stocked(&app).await;
        admin.get("/books/9/topics").await.refused(404, "not_found");
        admin.get("/books/9/available-topics").await.refused(404, "not_found");
        admin.post("/books/9/topics", &json!({ "topic_id": 1 })).await.refused(404, "not_found");
        admin.post("/books/1/topics", &json!({ "topic_id": 9 })).await.refused(404, "not_found");
        admin.delete("/books/1/topics/9").await.refused(404, "not_found");
        admin.get("/books/x/topics").await.refused(422, "invalid_path");
        admin.get("/books/1/topics?sorting=name").await.refused(400, "invalid_query");
        let twice = br#"{ "topic_id": 1, "topic_id": 2, "book_id": 7 }"#;
        let problem = admin.raw(http::Method::POST, "/books/1/topics", &twice[..]).await.refused(422, "invalid");
        assert_eq!(pick(&problem["errors"], &["pointer", "code"]), json!([["/topic_id", "duplicate"]]));
        let wrong = |body: Value| { let admin = admin.clone(); async move { admin.post("/books/1/topics", &body).await.refused(422, "invalid") } };
        assert_eq!(pick(&wrong(json!({})).await["errors"], &["pointer", "code"]), json!([["/topic_id", "required"]]));
        let problem = wrong(json!({ "topic_id": "1", "weight": 10, "colour": 1 })).await;
        assert_eq!(
            pick(&problem["errors"], &["pointer", "code"]),
            json!([["/topic_id", "type"], ["/weight", "range"], ["/colour", "unknown"]])
        );
    }

    async fn links_are_rows_with_permissions_of_their_own(engine) {
        let app = TestApp::start(engine, app).await;
        stocked(&app).await;
        let reader = app.with_permissions(&BOTH).await;
        reader.get("/books/1/topics").await.refused(403, "forbidden");
        reader.post("/books/1/topics", &json!({ "topic_id": 1 })).await.refused(403, "forbidden");
        reader.delete("/books/1/topics").await.refused(403, "forbidden");
        let linker = app.with_permissions(&["books_read", "topics_read", "book_topics_create", "book_topics_read"]).await;
        linker.post("/books/1/topics", &json!({ "topic_id": 1 })).await.ok();
        assert_eq!(pick(&linker.get("/books/1/topics").await.ok(), &["name"]), json!([["Rust"]]));
        linker.delete("/books/1/topics/1").await.refused(403, "forbidden");
        let blind = app.with_permissions(&["topics_read", "book_topics_create", "book_topics_read"]).await;
        blind.post("/books/1/topics", &json!({ "topic_id": 1 })).await.refused(403, "forbidden");
        blind.get("/books/1/topics").await.refused(403, "forbidden");
    }

    async fn removing_a_side_ends_its_links_or_is_refused(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = stocked(&app).await;
        admin.post("/books/1/topics", &json!({ "topic_id": 1 })).await.ok();
        admin.delete("/topics/1").await.refused(409, "reference");
        admin.delete("/books/1").await.ok();
        admin.delete("/topics/1").await.ok();
    }
}
