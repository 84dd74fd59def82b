//! `expand=`: related rows in representations, through the policy of each.

use super::library::{app, pick, stocked};
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::json;

on_each_engine! {
    async fn related_rows_stand_in_lists_and_rows(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = stocked(&app).await;
        let books = admin.get("/books/?expand=author,editor,chapters&sorting=id").await.ok();
        assert_eq!(pick(&books["data"], &["title"]), json!([["One"], ["Two"], ["Three"]]));
        let authors = books["data"].as_array().unwrap().iter().map(|book| book["author"]["name"].clone());
        assert_eq!(authors.collect::<Vec<_>>(), ["Ann", "Sue", "Ann"]);
        assert_eq!(books["data"][0]["editor"]["name"], "Sue");
        assert_eq!(pick(&books["data"][0]["chapters"], &["number", "pages", "book_id"]), json!([[1, 10, 1], [2, 20, 1]]));
        assert_eq!(books["data"][2]["chapters"], json!([]));
        let book = admin.get("/books/2?expand=author").await.ok();
        assert_eq!((&book["author"]["name"], &book["editor"]), (&json!("Sue"), &json!(null)));
        assert!(admin.get("/books/2").await.ok().get("author").is_none(), "only what was asked for");
        assert!(admin.get("/books/").await.ok()["data"][0].get("chapters").is_none(), "in lists, parts too");
    }

    async fn a_dot_follows_further(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = stocked(&app).await;
        admin.post("/books/1/topics", &json!({ "topic_id": 2 })).await.ok();
        let topics = admin.get("/topics/?expand=books.author,books.chapters&sorting=id").await.ok();
        let cooking = &topics["data"][1]["books"][0];
        assert_eq!((&cooking["author"]["name"], &cooking["chapters"][1]["pages"]), (&json!("Ann"), &json!(20)));
        assert_eq!(topics["data"][0]["books"], json!([]));
        let rows = admin.get("/books/?expand=chapters.book.author,chapters&limit=1").await.ok();
        assert_eq!(rows["data"][0]["chapters"][0]["book"]["author"]["name"], "Ann");
    }

    async fn every_row_is_seen_through_its_own_policy(engine) {
        let app = TestApp::start(engine, app).await;
        stocked(&app).await;
        let reader = app.with_permissions(&["books_read", "authors_read"]).await;
        let books = reader.get("/books/?expand=author,editor&sorting=id").await.ok();
        let (ann, nobody) = (&books["data"][0]["author"], &books["data"][0]["editor"]);
        assert_eq!(ann["name"], "Ann");
        assert!(ann.get("debts").is_none(), "a field that is kept from the reader");
        assert_eq!(nobody, &json!(null), "a row out of reach is as if there were none");
        assert_eq!(books["data"][1]["author"], json!(null));
        let clerk = app.with_permissions(&["books_read"]).await;
        let denied = clerk.get("/books/?expand=author").await.refused(403, "forbidden");
        assert!(denied["detail"].as_str().unwrap().contains("authors_read"), "{denied}");
        clerk.get("/books/?expand=chapters").await.ok();
        let treasurer = app.with_permissions(&["books_read", "authors_read", "authors_read_money"]).await;
        assert_eq!(treasurer.get("/books/1?expand=author").await.ok()["author"]["debts"], 7);
    }

    async fn what_is_not_there_cannot_be_followed(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = stocked(&app).await;
        for (path, what) in [
            ("/books/?expand=nobody", "author, editor, chapters, topics"),
            ("/books/?expand=author.debts", "Author has none"),
            ("/books/1?expand=chapters.book.chapters.book", "at most 3"),
            ("/books/?expand=author&expand=editor", "only once"),
        ] {
            let problem = admin.get(path).await.refused(400, "invalid_query");
            assert_eq!(problem["errors"][0]["parameter"], "expand");
            assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(what), "{problem}");
        }
        let problem = admin.get("/authors/?expand=books").await.refused(400, "invalid_query");
        assert_eq!(problem["errors"][0]["code"], "unknown", "nothing can be followed from there");
        assert_eq!(admin.get("/books/?expand=").await.ok()["total"], 3);
    }

    async fn pages_keep_what_was_asked_for_and_tags_change_with_it(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = stocked(&app).await;
        let page = admin.get("/books/?limit=1&expand=author&sorting=title").await;
        assert!(page.header("link").unwrap().contains("expand=author"), "{:?}", page.header("link"));
        let token = page.ok()["next_page_token"].as_str().unwrap().to_owned();
        let next = admin.get(&format!("/books/?limit=1&sorting=title&page_token={token}&expand=editor")).await.ok();
        assert_eq!(next["data"][0]["editor"]["name"], "Sue", "what is shown is no part of the place");
        let before = admin.get("/books/1?expand=author").await.header("etag").unwrap().to_owned();
        admin.put("/authors/1", &json!({ "name": "Anna" })).await.ok();
        let headers = [("if-none-match", before.as_str())];
        let known = admin.send(http::Method::GET, "/books/1?expand=author", &headers, Vec::new()).await;
        assert_eq!(known.ok()["author"]["name"], "Anna");
        admin.json(http::Method::PUT, "/books/1", &[("if-match", &before)], &json!({ "title": "1" })).await.ok();
    }
}

#[tokio::test]
async fn the_document_says_what_can_be_followed() {
    let app = TestApp::start(kwik_testkit::database::Engine::Sqlite, app).await;
    let document: serde_json::Value = serde_json::from_str(&app.service().document).unwrap();
    let list = &document["paths"]["/books/"]["get"]["parameters"];
    let expand = list.as_array().unwrap().iter().find(|parameter| parameter["name"] == "expand").unwrap();
    assert!(expand["description"].as_str().unwrap().contains("`author`, `editor`, `chapters`, `topics`"), "{expand}");
    let book = &document["components"]["schemas"]["Book"]["properties"];
    assert_eq!(book["chapters"]["items"]["$ref"], "#/components/schemas/Chapter");
    assert_eq!(book["author"]["allOf"][0]["$ref"], "#/components/schemas/Author");
    assert!(document["components"]["schemas"]["Chapter"]["properties"]["pages"].is_object());
    let schemas = &document["components"]["schemas"];
    for (body, part) in [("BookCreate", "ChapterPart"), ("BookUpdate", "ChapterPartUpdate")] {
        let items = &schemas[body]["properties"]["chapters"]["items"];
        assert_eq!(items["$ref"], format!("#/components/schemas/{part}"));
        let lines = &schemas[part];
        assert_eq!((&lines["required"], &lines["properties"]["book_id"]), (&json!(["number", "pages"]), &json!(null)));
    }
    assert!(schemas["ChapterPartUpdate"]["properties"]["id"].is_object());
}
