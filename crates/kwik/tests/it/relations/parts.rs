//! Rows that are parts of others: written and read with them, in one unit of work.

use super::library::{Author, Book, BookCreate, Chapter, ChapterCreate, ChapterUpdate, app, pick, stocked};
use kwik::prelude::*;
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::{Value, json};

/// The numbers of the audit trail: entity and action of each record.
async fn trail(admin: &kwik_testkit::Client, since: i64) -> Value {
    let filter = format!("/audit/?filter=id%20%3E%20{since}%20AND%20entity%20!=%20%22access%22&sorting=id&limit=100");
    pick(&admin.get(&filter).await.ok()["data"], &["entity", "action"])
}

async fn last(admin: &kwik_testkit::Client) -> i64 {
    admin.get("/audit/?sorting=id:desc&limit=1").await.ok()["data"][0]["id"].as_i64().unwrap()
}

on_each_engine! {
    async fn a_whole_is_made_and_shown_with_its_parts(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = stocked(&app).await;
        let since = last(&admin).await;
        let body = json!({ "title": "New", "author_id": 1, "chapters": [
            { "number": 1, "pages": 3, "title": "Begin" }, { "number": 2, "pages": 4, "book_id": 77, "id": 55 },
        ] });
        let created = admin.post("/books/", &body).await.ok();
        assert_eq!(created["pages"], 7, "the rule sees the parts");
        assert_eq!(pick(&created["chapters"], &["book_id", "number", "pages"]), json!([[4, 1, 3], [4, 2, 4]]));
        assert_eq!(trail(&admin, since).await, json!([["books", "create"], ["chapters", "create"], ["chapters", "create"]]));
        assert_eq!(admin.get("/books/4").await.ok(), created);
        let none = admin.post("/books/", &json!({ "title": "Empty", "author_id": 1 })).await.ok();
        assert_eq!(none["chapters"], json!([]));
    }

    async fn a_change_makes_the_parts_what_it_says(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = stocked(&app).await;
        let before = admin.get("/books/1").await.ok();
        let (first, second) = (&before["chapters"][0]["id"], &before["chapters"][1]["id"]);
        let since = last(&admin).await;
        // The first is left as it is, the second changed, a third is new.
        let chapters = json!([
            { "id": second, "number": 2, "pages": 21 }, { "id": first, "number": 1, "pages": 10 }, { "number": 3, "pages": 1 },
        ]);
        let changed = admin.put("/books/1", &json!({ "chapters": chapters })).await.ok();
        assert_eq!(pick(&changed["chapters"], &["number", "pages", "version"]), json!([[1, 10, 1], [2, 21, 2], [3, 1, 1]]));
        assert_eq!(changed["version"], 2, "the whole has changed, too");
        assert_eq!(trail(&admin, since).await, json!([["books", "update"], ["chapters", "update"], ["chapters", "create"]]));
        // What is not named goes, and what was unique in it is free.
        let since = last(&admin).await;
        let chapters = json!([{ "number": 2, "pages": 5 }]);
        let changed = admin.patch("/books/1", &json!({ "chapters": chapters })).await.ok();
        assert_eq!(pick(&changed["chapters"], &["number", "pages"]), json!([[2, 5]]));
        assert_eq!(trail(&admin, since).await, json!([
            ["books", "update"], ["chapters", "delete"], ["chapters", "delete"], ["chapters", "delete"], ["chapters", "create"],
        ]));
        let sent_back = admin.get("/books/1?expand=author").await.ok();
        assert_eq!(admin.put("/books/1", &sent_back).await.ok()["chapters"], sent_back["chapters"]);
        let untouched = admin.put("/books/1", &json!({ "title": "Other" })).await.ok();
        assert_eq!(untouched["chapters"], sent_back["chapters"], "what a change does not name stays");
        assert_eq!(admin.put("/books/1", &json!({ "chapters": [] })).await.ok()["chapters"], json!([]));
    }

    async fn what_a_change_does_not_say_of_a_part_stays(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = stocked(&app).await;
        let id = admin.get("/books/1").await.ok()["chapters"][0]["id"].as_i64().unwrap();
        let sold = ChapterUpdate { sold: Some(5), fee: Some(Some(7)), title: Some(Some("Begin".into())), ..Default::default() };
        let data = app.service().services.data.clone();
        data.single().repository::<Chapter>().update(&app.system(), id, None, &sold).await.unwrap();
        let of = |book: &Value| pick(&book["chapters"], &["number", "pages", "title", "sold", "fee"]);
        let change = json!({ "chapters": [{ "id": id, "number": 1, "pages": 11, "sold": 99 }] });
        assert_eq!(of(&admin.put("/books/1", &change).await.ok()), json!([[1, 11, "Begin", 5, 7]]));
        // Whoever does not see a field sends back what they have read.
        let clerk = app.with_permissions(&["books_read", "books_update", "books_delete", "authors_read"]).await;
        let mut read = clerk.get("/books/1").await.ok();
        assert!(read["chapters"][0].get("fee").is_none());
        read["chapters"][0]["pages"] = json!(12);
        clerk.put("/books/1", &read).await.ok();
        assert_eq!(of(&admin.get("/books/1").await.ok()), json!([[1, 12, "Begin", 5, 7]]));
        let cleared = json!({ "chapters": [{ "id": id, "number": 1, "pages": 12, "title": null, "fee": null }] });
        assert_eq!(of(&admin.put("/books/1", &cleared).await.ok()), json!([[1, 12, null, 5, null]]));
    }

    async fn a_repository_writes_no_parts_and_says_so(engine) {
        let app = TestApp::start(engine, app).await;
        stocked(&app).await;
        let chapter = ChapterCreate { book_id: 0, number: 1, pages: 1, title: None, sold: 0, fee: None };
        let book = BookCreate { title: "X".into(), author_id: 1, edited_by: None, pages: 0, chapters: vec![chapter] };
        let data = app.service().services.data.clone();
        let refused = data.single().repository::<Book>().create(&app.system(), &book).await;
        assert!(matches!(&refused, Err(Error::Internal(why)) if why.contains("Work::create")), "{refused:?}");
    }

    async fn errors_say_which_part_and_nothing_is_written(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = stocked(&app).await;
        let since = last(&admin).await;
        let book = |chapters: Value| json!({ "title": "New", "author_id": 1, "chapters": chapters });
        let pointers = |problem: &Value| pick(&problem["errors"], &["pointer", "code"]);
        let wrong = book(json!([{ "number": 1, "pages": 0 }, { "pages": "1", "colour": 1 }, 7]));
        let problem = admin.post("/books/", &wrong).await.refused(422, "invalid");
        assert_eq!(pointers(&problem), json!([
            ["/chapters/0/pages", "range"], ["/chapters/1/number", "required"], ["/chapters/1/pages", "type"],
            ["/chapters/1/colour", "unknown"], ["/chapters/2", "type"],
        ]));
        let twice = br#"{ "title": "T", "author_id": 1, "chapters": [], "chapters": [] }"#;
        let problem = admin.raw(http::Method::POST, "/books/", &twice[..]).await.refused(422, "invalid");
        assert_eq!(pointers(&problem), json!([["/chapters", "duplicate"]]));
        let problem = admin.post("/books/", &book(json!({}))).await.refused(422, "invalid");
        assert_eq!(pointers(&problem), json!([["/chapters", "type"]]));
        let twice = book(json!([{ "number": 1, "pages": 1 }, { "number": 1, "pages": 2 }]));
        admin.post("/books/", &twice).await.refused(409, "taken");
        let foreign = admin.get("/books/2").await.ok()["chapters"][0]["id"].clone();
        let problem = admin.put("/books/1", &json!({ "chapters": [{ "id": foreign, "number": 1, "pages": 1 }] })).await;
        assert_eq!(pointers(&problem.refused(422, "invalid")), json!([["/chapters/0/id", "reference"]]));
        let own = admin.get("/books/1").await.ok()["chapters"][0]["id"].clone();
        let renumbered = json!({ "chapters": [{ "id": own, "number": 9, "pages": 1 }] });
        let problem = admin.put("/books/1", &renumbered).await.refused(422, "invalid");
        assert_eq!(pointers(&problem), json!([["/chapters/0/number", "fixed"]]));
        let long = json!({ "title": "Long", "chapters": [{ "number": 1, "pages": 101 }] });
        admin.put("/books/1", &long).await.refused(409, "too_long");
        assert_eq!(trail(&admin, since).await, json!([]), "nothing of it has happened");
        assert_eq!(admin.get("/books/1").await.ok()["title"], "One");
    }

    async fn removing_a_whole_removes_its_parts(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = stocked(&app).await;
        let since = last(&admin).await;
        admin.delete("/books/1").await.ok();
        assert_eq!(trail(&admin, since).await, json!([["chapters", "delete"], ["chapters", "delete"], ["books", "delete"]]));
    }

    async fn parts_are_bounded_by_the_policy_of_their_own(engine) {
        let app = TestApp::start(engine, app).await;
        stocked(&app).await;
        let clerk = app.with_permissions(&["books_read", "books_create", "authors_read"]).await;
        let book = json!({ "title": "New", "author_id": 1, "chapters": [{ "number": 1, "pages": 3 }] });
        assert_eq!(clerk.post("/books/", &book).await.ok()["chapters"][0]["pages"], 3);
        clerk.put("/books/1", &json!({ "chapters": [] })).await.refused(403, "forbidden");
        let writer = app.with_permissions(&["books_read", "books_update", "authors_read"]).await;
        writer.put("/books/1", &json!({ "chapters": [{ "number": 9, "pages": 3 }] })).await.refused(403, "forbidden");
    }

    async fn of_two_changes_at_once_one_comes_after_the_other(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = stocked(&app).await;
        let changes = (0..16).map(|n| {
            let admin = admin.clone();
            async move {
                let chapters: Value = (1..=3).map(|number| json!({ "number": number, "pages": n + 1 })).collect();
                admin.put("/books/3", &json!({ "chapters": chapters })).await.status.as_u16()
            }
        });
        let mut tasks = tokio::task::JoinSet::new();
        changes.for_each(|change| drop(tasks.spawn(change)));
        let statuses = tasks.join_all().await;
        assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
        let book = admin.get("/books/3").await.ok();
        let pages = pick(&book["chapters"], &["pages"]);
        assert_eq!((pages.as_array().unwrap().len(), &book["version"]), (3, &json!(17)));
        assert!(pages.as_array().unwrap().iter().all(|page| *page == pages[0]), "the parts of one change: {pages}");
    }
}

#[test]
fn parts_do_not_change_by_themselves() {
    let whole = || App::new().resource::<Author>().resource::<Book>();
    let refused = whole().resource::<Chapter>().fingerprint().unwrap_err().to_string();
    assert!(refused.contains("Chapter: its rows are parts of rows of Book"), "{refused}");
    let looked_at = |chapters: kwik::ResourceOptions| chapters.only([Operations::List, Operations::Get]);
    whole().resource_with::<Chapter>(looked_at).fingerprint().unwrap();
}
