//! `q=`: words that are searched for in the fields marked for it.

use super::specimen::{errors, ids, list, raw};
use kwik::prelude::*;
use kwik_testkit::{Client, TestApp, TestResponse, database::Engine, on_each_engine};
use serde_json::{Value, json};

/// Somebody who is looked for.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "contacts")]
pub struct Contact {
    #[entity(key)]
    pub id: i64,
    #[entity(search, length(0..=300))]
    pub name: String,
    #[entity(search)]
    pub city: Option<String>,
    #[entity(search, guard = "notes")]
    pub note: Option<String>,
    pub phone: String,
}

/// All that is searched in is guarded.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "dossiers")]
pub struct Dossier {
    #[entity(key)]
    pub id: i64,
    #[entity(search, guard = "text")]
    pub text: Option<String>,
}

fn app() -> App {
    let north = Rows::of::<Contact>(Contact::CITY.ne(Some("Secret".to_owned()))).unless("contacts_secret");
    App::new().resource::<Contact>().resource::<Dossier>().policy(north)
}

const CONTACTS: [(&str, Option<&str>, Option<&str>); 6] = [
    ("Ada Lovelace", Some("London"), Some("first")),
    ("ADALBERT 100%", None, None),
    ("M\u{fc}ller", Some("M\u{dc}NCHEN"), None),
    ("ada_1", Some("Lond\u{f6}n"), Some("ada")),
    ("Zoe", Some("Secret"), Some("lovelace")),
    ("Zoe", Some("Lovelace"), None),
];

async fn addresses(engine: Engine) -> (TestApp, Client, Client) {
    let app = TestApp::start(engine, app).await;
    let ada = app.admin().await;
    for (name, city, note) in CONTACTS {
        ada.post("/contacts/", &json!({ "name": name, "city": city, "note": note, "phone": "lovelace" })).await.ok();
    }
    let sam = app.with_permissions(&["contacts_read", "dossiers_read"]).await;
    (app, ada, sam)
}

async fn ask(client: &Client, parameters: &[(&str, &str)]) -> TestResponse {
    client.get(&list(parameters).replacen("specimens", "contacts", 1)).await
}

async fn found(client: &Client, q: &str) -> Vec<i64> {
    let page = ask(client, &[("q", q)]).await.ok();
    assert_eq!(page["total"], ids(&page).len(), "{q}");
    ids(&page)
}

on_each_engine! {
    async fn every_word_is_found_somewhere(engine) {
        let (_app, ada, _) = addresses(engine).await;
        for (q, expected) in [
            ("ada", &[1, 2, 4][..]),
            ("ADA lond", &[1, 4]),
            ("london ada", &[1]),
            ("lovelace", &[1, 5, 6]),
            ("lovelace zoe", &[5, 6]),
            ("%", &[2]),
            ("_", &[4]),
            ("m\u{fc}ller", &[3]),
            // Letters beyond A to Z have a case.
            ("M\u{dc}LLER", &[]),
            ("m\u{dc}nchen", &[3]),
            ("ada nobody", &[]),
        ] {
            assert_eq!(found(&ada, q).await, expected, "{q}");
        }
    }

    async fn what_is_not_seen_is_not_searched(engine) {
        let (app, ada, sam) = addresses(engine).await;
        assert_eq!(found(&sam, "lovelace").await, [1, 6]);
        assert_eq!(found(&sam, "first").await, Vec::<i64>::new());
        assert_eq!(found(&ada, "first").await, [1]);
        let all = app.with_permissions(&["contacts_read", "contacts_read_notes", "contacts_secret"]).await;
        assert_eq!(found(&all, "lovelace zoe").await, [5, 6]);
        // A row out of reach is as one that does not fit.
        let [hidden, none] = [ask(&sam, &[("q", "secret")]).await, ask(&sam, &[("q", "qwerty")]).await];
        assert_eq!(hidden.ok(), none.ok());
    }

    async fn where_nothing_is_searched_it_is_unknown(engine) {
        let (app, _, sam) = addresses(engine).await;
        let ada = app.admin().await;
        for (client, path) in [(&sam, "/dossiers/"), (&ada, "/users/")] {
            let [q, w] = [client.get(&format!("{path}?q=a")).await, client.get(&format!("{path}?w=a")).await];
            let found = errors(&q);
            assert_eq!((found[0].0.as_str(), found[0].1.as_str()), ("q", "unknown"), "{path}");
            assert_eq!(found[0].2, errors(&w)[0].2, "{path}");
            assert!(!found[0].2.contains(", q"), "{path}");
        }
        ada.get("/dossiers/?q=a").await.ok();
    }

    async fn it_goes_with_filters_and_pages(engine) {
        let (_app, ada, _) = addresses(engine).await;
        let page = ask(&ada, &[("q", "ada"), ("filter", "city = null")]).await.ok();
        assert_eq!((ids(&page), &page["total"]), (vec![2], &json!(1)));
        let asked = [("q", "ada"), ("sorting", "id:desc"), ("limit", "2")];
        let page = ask(&ada, &asked).await.ok();
        assert_eq!((ids(&page), &page["total"]), (vec![4, 2], &json!(3)));
        let token = page["next_page_token"].as_str().unwrap();
        let next = ask(&ada, &[&asked[..], &[("page_token", token)]].concat()).await;
        assert!(next.header("link").unwrap().contains("q=ada"));
        assert_eq!(ids(&next.ok()), [1]);
        for q in [&[][..], &[("q", "Ada")]] {
            let other = ask(&ada, &[q, &asked[1..], &[("page_token", token)]].concat()).await;
            assert_eq!(errors(&other)[0].1, "mismatch");
        }
    }

    async fn it_is_bounded(engine) {
        let (_app, ada, _) = addresses(engine).await;
        for (q, code) in [("", "words"), (" ", "words"), (&"a ".repeat(11), "words"), (&"a".repeat(201), "length"), ("a\0", "characters")] {
            let answer = ask(&ada, &[("q", q)]).await;
            assert_eq!(errors(&answer).iter().map(|e| (e.0.as_str(), e.1.as_str())).collect::<Vec<_>>(), [("q", code)], "{q:?}");
        }
        found(&ada, &"ab ".repeat(10)).await;
        assert_eq!(raw(&ask(&ada, &[("q", "a"), ("q", "b")]).await).0, 400);
    }

    async fn the_document_names_the_fields(engine) {
        let (app, ..) = addresses(engine).await;
        let document: Value = serde_json::from_str(&app.service().document).unwrap();
        let q = |path: &str| {
            let parameters = document["paths"][path]["get"]["parameters"].as_array().unwrap();
            parameters.iter().find(|parameter| parameter["name"] == "q").cloned()
        };
        let of_contacts = q("/contacts/").unwrap();
        assert!(of_contacts["description"].as_str().unwrap().ends_with("in `name`, `city`, `note`."), "{of_contacts}");
        let pattern = r"^\s*\S+(\s+\S+){0,9}\s*$";
        assert_eq!(of_contacts["schema"], json!({ "type": "string", "pattern": pattern, "maxLength": 200 }));
        assert_eq!(q("/users/"), None);
    }
}
