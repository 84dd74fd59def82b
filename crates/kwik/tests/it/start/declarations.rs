//! Programs that are declared wrongly.

use kwik::prelude::*;
use kwik_testkit::{TestApp, database::Engine, on_each_engine};
use poem_openapi::payload::PlainText;

/// A note.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "notes")]
pub struct Note {
    #[entity(key)]
    pub id: i64,
    pub text: String,
}

/// A bill, whose group makes the name of a permission of [`BillLine`].
#[derive(Clone, Debug, Entity)]
#[entity(collection = "bill")]
pub struct Bill {
    #[entity(key)]
    pub id: i64,
    #[entity(guard = "lines_delete")]
    pub total: Option<i64>,
}

/// A line of it.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "bill_update_lines")]
pub struct BillLine {
    #[entity(key)]
    pub id: i64,
}

/// Why a program does not start.
async fn refusal(engine: Engine, app: App) -> String {
    let error = TestApp::first_start(engine, app, |_| {}).await.err().expect("it must not start");
    assert!(matches!(error, kwik::Error::Declaration(_)), "{error}");
    error.to_string()
}

macro_rules! endpoint {
    ($name:ident, $($attributes:tt)*) => {
        struct $name;

        #[OpenApi]
        impl $name {
            /// An endpoint.
            #[oai($($attributes)*)]
            async fn answer(&self, _everybody: Public) -> PlainText<String> {
                PlainText("open".to_owned())
            }
        }
    };
}

endpoint!(Hidden, path = "/hidden", method = "get", operation_id = "hidden", hidden);
endpoint!(Unnamed, path = "/unnamed", method = "get");
endpoint!(Twice, path = "/twice", method = "get", operation_id = "twice");
endpoint!(TwiceAgain, path = "/twice", method = "get", operation_id = "twiceAgain");
endpoint!(TwiceWithSlash, path = "/twice/", method = "get", operation_id = "twiceWithSlash");
endpoint!(SameName, path = "/same-name", method = "get", operation_id = "twice");
endpoint!(OverNotes, path = "/notes", method = "get", operation_id = "overNotes");
endpoint!(OverSignIn, path = "/login/access-token", method = "post", operation_id = "overSignIn");

struct Undeclared;

#[OpenApi]
impl Undeclared {
    /// An endpoint.
    #[oai(path = "/undeclared", method = "post", operation_id = "undeclared")]
    async fn answer(&self) -> PlainText<String> {
        PlainText("open".to_owned())
    }
}

struct TwoWays;

#[OpenApi]
impl TwoWays {
    /// An endpoint.
    #[oai(path = "/two-ways", method = "get", operation_id = "twoWays")]
    async fn answer(&self, _everybody: Public, _signed_in: SignedIn) -> PlainText<String> {
        PlainText("open".to_owned())
    }
}

struct OverOne;

#[OpenApi]
impl OverOne {
    /// An endpoint.
    #[oai(path = "/notes/:note", method = "get", operation_id = "overOne")]
    async fn answer(&self, _everybody: Public, note: Path<i64>) -> PlainText<String> {
        PlainText(note.0.to_string())
    }
}

struct Beside;

#[OpenApi]
impl Beside {
    /// An endpoint that has a path with others, and a method of its own.
    #[oai(path = "/notes/:note", method = "post", operation_id = "beside")]
    async fn answer(&self, _everybody: Public, note: Path<i64>) -> PlainText<String> {
        PlainText(note.0.to_string())
    }
}

/// Another entity of the same name.
mod other {
    use kwik::prelude::*;

    #[derive(Clone, Debug, Entity)]
    #[entity(collection = "other_notes")]
    pub struct Note {
        #[entity(key)]
        pub id: i64,
    }
}

/// Defaults that are no values of their fields.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "wrongs")]
pub struct Wrong {
    #[entity(key)]
    pub id: i64,
    #[entity(default = "12.5.0")]
    pub amount: Decimal,
    #[entity(default = "purple")]
    pub colour: Colour,
}

#[derive(Clone, Copy, Debug, FieldType)]
pub enum Colour {
    Red,
}

on_each_engine! {
    async fn a_permission_has_one_meaning(engine) {
        let text = refusal(engine, App::new().resource::<Bill>().resource::<BillLine>()).await;
        let line = "the permission bill_update_lines_delete would be both of Bill and of BillLine; rename one";
        assert!(text.contains(line), "{text}");
    }

    async fn a_route_that_does_not_say_who_may_call_it_is_named(engine) {
        let text = refusal(engine, App::new().api(|_| Undeclared)).await;
        assert_eq!(text.lines().next(), Some("the program is declared wrongly:"));
        assert!(text.contains("POST /undeclared does not declare who may call it; give it an extractor Allow<…>, SignedIn or Public"), "{text}");
        let text = refusal(engine, App::new().api(|_| TwoWays)).await;
        assert!(text.contains("GET /two-ways declares who may call it in more than one way"), "{text}");
    }

    async fn a_hidden_route_is_a_route(engine) {
        let text = refusal(engine, App::new().api(|_| Hidden)).await;
        assert!(text.contains("GET /hidden does not declare who may call it"), "{text}");
        assert!(text.contains("do not hide it"), "{text}");
    }

    async fn an_operation_has_a_name_of_its_own(engine) {
        let text = refusal(engine, App::new().api(|_| Unnamed)).await;
        assert!(text.contains("GET /unnamed has no operation_id"), "{text}");
        let text = refusal(engine, App::new().api(|_| Twice).api(|_| SameName)).await;
        assert!(text.contains("GET /same-name: the operation id twice is taken"), "{text}");
    }

    async fn a_route_is_there_once_whatever_its_slash_and_parameters(engine) {
        let twice = |app: App, route: &'static str| async move {
            let text = refusal(engine, app).await;
            assert!(text.contains(&format!("{route} is there twice")), "{text}");
            assert_eq!(text.lines().count(), 2, "said once: {text}");
        };
        twice(App::new().api(|_| Twice).api(|_| TwiceAgain), "GET /twice").await;
        twice(App::new().api(|_| Twice).api(|_| TwiceWithSlash), "GET /twice").await;
        twice(App::new().resource::<Note>().api(|_| OverNotes), "GET /notes").await;
        twice(App::new().resource::<Note>().api(|_| OverOne), "GET /notes/{}").await;
        twice(App::new().api(|_| OverSignIn), "POST /login/access-token").await;
    }

    async fn a_path_may_have_methods_of_several_origins(engine) {
        let app = TestApp::first_start(engine, App::new().resource::<Note>().api(|_| Beside), |_| {}).await.unwrap();
        assert_eq!(app.anonymous().post("/notes/7", &serde_json::json!({})).await.body, b"7");
        app.anonymous().get("/notes/7").await.refused(401, "not_authenticated");
        app.admin().await.get("/notes/7").await.refused(404, "not_found");
    }

    async fn an_entity_that_is_declared_wrongly_is_named_with_all_that_is_wrong(engine) {
        let text = refusal(engine, App::new().resource::<Wrong>()).await;
        for line in ["Wrong.amount: default must be a decimal number", "Wrong.colour: default must be one of: red"] {
            assert!(text.contains(line), "{line} in: {text}");
        }
    }

    async fn two_entities_share_neither_names_nor_tables(engine) {
        for app in [
            App::new().resource::<Note>().resource::<other::Note>(),
            App::new().resource::<Note>().resource::<Note>(),
        ] {
            let error = TestApp::first_start(engine, app, |_| {}).await.err().expect("it must not start").to_string();
            assert!(error.contains("Note") || error.contains("notes"), "{error}");
        }
    }
}
