//! Entity tags of single reads: who has the row already is not sent it again.

use super::specimen::{COMMON, body, errors, exhibition};
use http::Method;
use kwik::{
    domain::access::{UserRole, UserRoleCreate},
    prelude::*,
};
use kwik_testkit::{Client, TestResponse, on_each_engine};
use serde_json::json;

async fn get(client: &Client, id: i64, tags: &str) -> TestResponse {
    client.send(Method::GET, &format!("/specimens/{id}"), &[("if-none-match", tags)], Vec::new()).await
}

fn tag(answer: &TestResponse) -> String {
    answer.header("etag").unwrap().to_owned()
}

/// The row is not sent again, but for its tag.
#[track_caller]
fn is_known(answer: &TestResponse, expected: &str) {
    assert_eq!(answer.status, 304, "{}", String::from_utf8_lossy(&answer.body));
    assert_eq!((answer.body.len(), answer.header("etag")), (0, Some(expected)));
    assert_eq!(answer.header("content-type"), None);
}

on_each_engine! {
    async fn a_row_that_is_known_is_not_sent_again(engine) {
        let (_app, ada) = exhibition(engine).await;
        let one = tag(&ada.get("/specimens/1").await);
        assert_eq!(one, "\"1\"");
        for tags in ["\"1\"", "W/\"1\"", "*", "\"7\", \"1\"", "\"1\",\"7\"", " \"a-b\" , W/\"1\" ", "\"\", \"1\""] {
            is_known(&get(&ada, 1, tags).await, &one);
        }
        for tags in ["\"2\"", "\"01\"", "W/\"2\", \"1-0\"", "\"\"", "\"*\""] {
            assert_eq!(get(&ada, 1, tags).await.ok()["id"], 1, "{tags}");
        }
        let lines = [("if-none-match", "\"7\""), ("if-none-match", "\"1\"")];
        is_known(&ada.send(Method::GET, "/specimens/1", &lines, Vec::new()).await, &one);
    }

    async fn another_version_is_sent(engine) {
        let (_app, ada) = exhibition(engine).await;
        let old = tag(&ada.get("/specimens/1").await);
        let changed = ada.put("/specimens/1", &json!({ "small": 8 })).await;
        let answer = get(&ada, 1, &old).await;
        assert_eq!((&answer.ok()["small"], tag(&answer)), (&json!(8), tag(&changed)), "an answer to a write has the tag too");
        is_known(&get(&ada, 1, &tag(&answer)).await, "\"2\"");
        let made = ada.post("/specimens/", &body(0)).await;
        is_known(&get(&ada, made.ok()["id"].as_i64().unwrap(), &tag(&made)).await, "\"1\"");
    }

    async fn what_is_no_list_of_tags_is_refused(engine) {
        let (_app, ada) = exhibition(engine).await;
        for tags in ["1", "\"1", "1\"", "w/\"1\"", "\"1\" \"2\"", "\"1\";\"2\"", "W/1", "W/", "**", "\"1\", 2", "\"a b\"", "zqwxkvyz"] {
            let answer = get(&ada, 1, tags).await;
            let expected = "must be entity tags, such as \"3\", with commas between them";
            assert_eq!(errors(&answer), [("If-None-Match".into(), "format".into(), expected.into())], "{tags}");
            assert!(!String::from_utf8_lossy(&answer.body).contains("zqwx"));
        }
    }

    async fn a_missing_row_is_missing_whatever_is_known(engine) {
        let (app, ada) = exhibition(engine).await;
        let otto = app.with_permissions(&["specimens_read_own"]).await;
        for tags in ["*", "\"1\"", "W/\"1\", \"2\""] {
            get(&ada, 99, tags).await.refused(404, "not_found");
            get(&otto, 1, tags).await.refused(404, "not_found");
        }
        let gone = tag(&ada.delete("/specimens/1").await);
        get(&ada, 1, &gone).await.refused(404, "not_found");
    }

    async fn who_sees_less_has_another_tag(engine) {
        let (app, ada) = exhibition(engine).await;
        let sam = app.with_permissions(&COMMON).await;
        let (less, more) = (tag(&sam.get("/specimens/1").await), tag(&ada.get("/specimens/1").await));
        assert_ne!(less, more);
        is_known(&get(&sam, 1, &less).await, &less);
        assert!(get(&ada, 1, &less).await.ok().get("price").is_some());
        assert!(get(&sam, 1, &more).await.ok().get("price").is_none());
        is_known(&get(&sam, 1, &format!("{more}, {less}")).await, &less);
        let written = sam.put("/specimens/1", &json!({ "small": 1 })).await;
        is_known(&get(&sam, 1, &tag(&written)).await, &tag(&written));
        let writer = app.with_permissions(&["specimens_read", "specimens_update_price"]).await;
        assert_eq!(tag(&writer.get("/specimens/2").await), tag(&sam.get("/specimens/2").await), "seeing counts, not writing");
    }

    async fn whoever_comes_to_see_more_is_sent_it(engine) {
        let (app, ada) = exhibition(engine).await;
        ada.put("/specimens/1", &json!({ "price": "7.70" })).await.ok();
        let user = app.new_user(&COMMON).await;
        let sam = app.as_user(&user).await;
        let old = tag(&sam.get("/specimens/1").await);
        is_known(&get(&sam, 1, &old).await, &old);
        let services = &app.service().services;
        let role = services.users.create_role(&app.system(), "appraisers", &["specimens_read_price"]).await.unwrap();
        let link = UserRoleCreate { user_id: user.id, role_id: role.id };
        let link = services.data.single().repository::<UserRole>().create(&app.system(), &link).await.unwrap();
        let answer = get(&sam, 1, &old).await;
        assert_eq!(answer.ok()["price"], "7.70");
        let new = tag(&answer);
        is_known(&get(&sam, 1, &new).await, &new);
        services.data.single().repository::<UserRole>().delete(&app.system(), link.id, None).await.unwrap();
        let answer = get(&sam, 1, &new).await;
        assert!(answer.ok().get("price").is_none(), "who comes to see less learns that too");
        is_known(&get(&sam, 1, &old).await, &old);
    }

    async fn either_form_of_tag_keeps_updates_from_being_lost(engine) {
        let (app, ada) = exhibition(engine).await;
        let sam = app.with_permissions(&COMMON).await;
        let put = async |client: &Client, tag: &str| {
            client.json(Method::PUT, "/specimens/1", &[("if-match", tag)], &json!({ "flag": true })).await
        };
        let old = [tag(&sam.get("/specimens/1").await), tag(&ada.get("/specimens/1").await)];
        let mut current = old.clone();
        for client in [&sam, &ada] {
            for form in [0, 1] {
                put(client, &current[form]).await.ok();
                current = [tag(&sam.get("/specimens/1").await), tag(&ada.get("/specimens/1").await)];
                for tag in &old {
                    put(client, tag).await.refused(412, "version_conflict");
                }
                put(client, &format!("W/{}", current[form])).await.refused(412, "version_conflict");
            }
        }
        let refused = put(&sam, &old[0]).await;
        put(&sam, &tag(&refused)).await.ok();
        sam.send(Method::DELETE, "/specimens/1", &[("if-match", &old[0])], Vec::new()).await.refused(412, "version_conflict");
        let current = tag(&sam.get("/specimens/1").await);
        sam.send(Method::DELETE, "/specimens/1", &[("if-match", &current)], Vec::new()).await.ok();
    }
}
