//! Page tokens: what they open, and to whom.

use super::specimen::{ROWS, ask, body, errors, exhibition, ids};
use kwik::prelude::*;
use kwik_testkit::{Client, TestApp, TestResponse, on_each_engine};
use serde_json::{Value, json};

/// An entity with the same fields as far as lists of it are concerned.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "labels")]
pub struct Label {
    #[entity(key)]
    pub id: i64,
    pub name: String,
}

fn with_labels() -> App {
    super::specimen::app().resource::<Label>()
}

fn token(page: &Value) -> String {
    page["next_page_token"].as_str().unwrap().to_owned()
}

/// Where a relation of the header `Link` leads, as a path for the client.
fn link(answer: &TestResponse, relation: &str) -> Option<String> {
    let mut links = answer.header("link").unwrap().split(", ");
    let target = links.find_map(|link| link.strip_suffix(&format!(">; rel=\"{relation}\"")))?;
    Some(format!("/{}", target.strip_prefix('<').unwrap()))
}

/// The only error of a refused token.
async fn refusal(client: &Client, parameters: &[(&str, &str)]) -> (String, String) {
    let mut errors = errors(&ask(client, parameters).await);
    assert_eq!(errors.len(), 1, "{errors:?}");
    let (parameter, code, _) = errors.remove(0);
    (parameter, code)
}

on_each_engine! {
    async fn the_link_leads_where_the_token_does(engine) {
        let (_app, ada) = exhibition(engine).await;
        let filter = r#"name != "a" AND grade IN (poor, 'as new')"#;
        let order = "maybe_amount:desc,name";
        let parameters = [("limit", "2"), ("sorting", order), ("filter", filter), ("filter_key", "version"), ("value", "1")];
        let mut by_link = ask(&ada, &parameters).await;
        let first = link(&by_link, "first").unwrap();
        let mut seen = 0;
        loop {
            let page = by_link.ok();
            seen += ids(&page).len();
            let Some(next) = link(&by_link, "next") else {
                assert!(page.get("next_page_token").is_none(), "{page}");
                break;
            };
            let token = token(&page);
            let by_token = ask(&ada, &[&parameters[..], &[("page_token", &token)]].concat()).await;
            by_link = ada.get(&next).await;
            assert_eq!(by_link.ok(), by_token.ok());
            assert_eq!(by_link.header("link"), by_token.header("link"));
            assert_eq!(link(&by_link, "first").as_ref(), Some(&first));
            assert_eq!(by_link.ok()["total"], page["total"], "all pages have one total");
        }
        assert_eq!(seen as u64, ask(&ada, &parameters).await.ok()["total"].as_u64().unwrap());
        assert_eq!(ids(&ada.get(&first).await.ok()), ids(&ask(&ada, &parameters).await.ok()));
    }

    async fn a_last_page_has_no_token(engine) {
        let (_app, ada) = exhibition(engine).await;
        for parameters in [
            &[][..],
            &[("limit", "12")],
            &[("limit", "0")],
            &[("limit", "4"), ("skip", "8")],
            &[("limit", "4"), ("skip", "100")],
            &[("limit", "1"), ("filter", "id = 3")],
            &[("filter", "id = 99")],
            &[("count", "none")],
            &[("count", "estimated"), ("limit", "12")],
        ] {
            let answer = ask(&ada, parameters).await;
            assert!(answer.ok().get("next_page_token").is_none(), "{parameters:?}");
            assert_eq!(link(&answer, "next"), None, "{parameters:?}");
        }
        for parameters in [&[("limit", "11")][..], &[("limit", "3"), ("skip", "8")], &[("count", "none"), ("limit", "11")]] {
            let answer = ask(&ada, parameters).await;
            assert!(answer.ok().get("next_page_token").is_some(), "{parameters:?}");
            assert!(link(&answer, "next").is_some(), "{parameters:?}");
        }
    }

    async fn a_page_behind_a_token_has_the_whole_total(engine) {
        let (_app, ada) = exhibition(engine).await;
        let token = token(&ask(&ada, &[("limit", "5")]).await.ok());
        for (count, total) in [("exact", json!(ROWS)), ("none", Value::Null)] {
            let page = ask(&ada, &[("page_token", &token), ("count", count), ("limit", "3")]).await.ok();
            assert_eq!((&page["total"], ids(&page)), (&total, vec![6, 7, 8]));
        }
        let page = ask(&ada, &[("page_token", &token), ("limit", "0")]).await.ok();
        assert_eq!((&page["total"], ids(&page)), (&json!(ROWS), vec![]));
    }

    async fn a_token_is_for_its_own_list_alone(engine) {
        let app = TestApp::start(engine, with_labels).await;
        let ada = app.admin().await;
        for row in 0..3 {
            ada.post("/specimens/", &body(row)).await.ok();
            ada.post("/labels/", &json!({ "name": "x" })).await.ok();
        }
        let of = async |parameters: &[(&str, &str)]| {
            token(&ask(&ada, &[parameters, &[("limit", "1")]].concat()).await.ok())
        };
        let plain = of(&[]).await;
        let sorted = of(&[("sorting", "name")]).await;
        let filtered = of(&[("filter", "id > 0")]).await;
        let keyed = of(&[("filter_key", "version"), ("value", "1")]).await;
        for (token, parameters) in [
            (&plain, &[("sorting", "name")][..]),
            (&plain, &[("sorting", "id:desc")]),
            (&plain, &[("filter", "id > 0")]),
            (&plain, &[("filter_key", "version"), ("value", "1")]),
            (&sorted, &[]),
            (&sorted, &[("sorting", "name:desc")]),
            (&sorted, &[("sorting", "name,id:desc")]),
            (&sorted, &[("sorting", "maybe_name")]),
            (&filtered, &[]),
            (&filtered, &[("filter", "id > 1")]),
            (&filtered, &[("filter_key", "version"), ("value", "1")]),
            (&keyed, &[("filter_key", "version"), ("value", "2")]),
            (&keyed, &[("filter_key", "id"), ("value", "1")]),
        ] {
            let parameters = [parameters, &[("page_token", token.as_str())]].concat();
            assert_eq!(refusal(&ada, &parameters).await, ("page_token".into(), "mismatch".into()), "{parameters:?}");
        }
        let answer = ada.get(&format!("/labels/?page_token={plain}")).await;
        assert_eq!(errors(&answer)[0].1, "mismatch");
    }

    async fn a_token_of_which_one_character_is_another_opens_nothing(engine) {
        let (_app, ada) = exhibition(engine).await;
        let parameters = [("sorting", "maybe_name"), ("limit", "2")];
        let token = token(&ask(&ada, &parameters).await.ok());
        ask(&ada, &[&parameters[..], &[("page_token", &token)]].concat()).await.ok();
        for at in 0..token.len() {
            let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
            let mut changed = token.clone();
            changed.replace_range(at..=at, other);
            let parameters = [&parameters[..], &[("page_token", &changed)]].concat();
            assert_eq!(refusal(&ada, &parameters).await, ("page_token".into(), "invalid".into()), "character {at}");
        }
        for wrong in ["", "x", "%", &token[1..], &token[..token.len() - 1], &format!("{token}A"), &format!("{token}=")] {
            let parameters = [&parameters[..], &[("page_token", wrong)]].concat();
            assert_eq!(refusal(&ada, &parameters).await, ("page_token".into(), "invalid".into()), "{wrong}");
        }
        let long = "A".repeat(16 * 1024 + 1);
        assert_eq!(refusal(&ada, &[("page_token", &long)]).await, ("page_token".into(), "length".into()));
    }

    async fn a_token_and_rows_to_pass_over_contradict_each_other(engine) {
        let (_app, ada) = exhibition(engine).await;
        let token = token(&ask(&ada, &[("limit", "2")]).await.ok());
        for skip in ["0", "3"] {
            let refused = refusal(&ada, &[("page_token", &token), ("skip", skip)]).await;
            assert_eq!(refused, ("skip".into(), "conflict".into()));
        }
    }

    async fn a_token_of_somebody_else_shows_what_its_bearer_may_see(engine) {
        let (app, ada) = exhibition(engine).await;
        let otto = app.new_user(&["specimens_read_own"]).await;
        for id in [2, 4, 9, 11] {
            ada.put(&format!("/specimens/{id}"), &json!({ "keeper_id": otto.id })).await.ok();
        }
        let otto = app.as_user(&otto).await;
        for sorting in ["id", "id:desc", "name:desc,id", "maybe_moment,flag:desc"] {
            let whole = ids(&ask(&ada, &[("sorting", sorting)]).await.ok());
            for place in 1..ROWS {
                let page = ask(&ada, &[("sorting", sorting), ("limit", &place.to_string())]).await.ok();
                let token = token(&page);
                let page = ask(&otto, &[("sorting", sorting), ("page_token", &token)]).await;
                let own: Vec<_> = whole[place..].iter().copied().filter(|id| [2, 4, 9, 11].contains(id)).collect();
                assert_eq!((ids(&page.ok()), &page.ok()["total"]), (own, &json!(4)), "{sorting} {place}");
                assert_eq!(link(&page, "next"), None, "whether there is more is about his own rows, too");
            }
        }
        let nora = app.with_permissions(&[]).await;
        let token = token(&ask(&ada, &[("limit", "1")]).await.ok());
        ask(&nora, &[("page_token", &token)]).await.refused(403, "forbidden");
    }

    async fn a_token_outlives_the_row_that_it_marks(engine) {
        let (_app, ada) = exhibition(engine).await;
        let parameters = [("sorting", "maybe_grade:desc,name"), ("limit", "4")];
        let whole = ids(&ask(&ada, &[parameters[0]]).await.ok());
        let token = token(&ask(&ada, &parameters).await.ok());
        for id in &whole[2..5] {
            ada.delete(&format!("/specimens/{id}")).await.ok();
        }
        let page = ask(&ada, &[&parameters[..], &[("page_token", &token)]].concat()).await.ok();
        assert_eq!(ids(&page), whole[5..9]);
    }
}
