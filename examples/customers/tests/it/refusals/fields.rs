//! Wrong members of a body: all of them at once, each with what would be right.

use crate::people::{ada, ada_and_three_customers, wrong};
use http::Method;
use kwik_testkit::{Client, on_each_engine};
use serde_json::{Value, json};

/// What is wrong with a body that makes a customer.
async fn errors(client: &Client, body: &str) -> Value {
    let mut problem = client.raw(Method::POST, "/customers/", body).await.problem(422);
    assert_eq!(problem["code"], "invalid", "{body}");
    problem["errors"].take()
}

/// What is wrong with one member of an otherwise right body.
async fn error(client: &Client, name: &str, literal: &str) -> Value {
    let mut body = json!({ "name": "Acme", "email": "acme@example.com", "credit_limit": "1" });
    body.as_object_mut().unwrap().remove(name);
    let rest = body.to_string();
    let mut errors = errors(client, &format!(r#"{{"{name}":{literal},{}"#, &rest[1..])).await;
    assert_eq!(errors.as_array().unwrap().len(), 1, "{name}: {literal}: {errors}");
    errors[0].take()
}

on_each_engine! {
    async fn a_problem_says_everything_that_is_wrong(engine) {
        let (_app, ada) = ada(engine).await;
        let body = r#"{"name":"","email":"nobody","colour":"red","credit_limit":"-1","a/b~c":1}"#;
        assert_eq!(ada.raw(Method::POST, "/customers/", body).await.problem(422), json!({
            "code": "invalid",
            "detail": "5 fields are not valid",
            "errors": [
                wrong("/name", "length", "must have at least 1 character"),
                wrong("/email", "format", "must be an email address, such as \"name@example.com\""),
                wrong("/credit_limit", "range", "must be at least 0"),
                wrong("/colour", "unknown", "is not a field of this entity"),
                wrong("/a~1b~0c", "unknown", "is not a field of this entity"),
            ],
        }));
    }

    async fn what_is_required_must_be_there(engine) {
        let (_app, ada) = ada(engine).await;
        let missing = json!([wrong("/name", "required", "is required"), wrong("/email", "required", "is required")]);
        assert_eq!(errors(&ada, "{}").await, missing);
        assert_eq!(errors(&ada, r#"{"id":1,"version":1}"#).await, missing);
        for name in ["name", "email", "credit_limit"] {
            assert_eq!(error(&ada, name, "null").await, wrong(&format!("/{name}"), "null", "must not be null"));
        }
    }

    async fn nothing_is_made_of_another_type(engine) {
        let (_app, ada) = ada(engine).await;
        for literal in ["1", "1.5", "true", "[]", "{}", r#"["a"]"#, r#"{"a":"b"}"#] {
            assert_eq!(error(&ada, "name", literal).await, wrong("/name", "type", "must be text"), "{literal}");
        }
    }

    async fn names_are_1_to_200_characters_long(engine) {
        let (_app, ada) = ada(engine).await;
        let long = format!("\"{}\"", "\u{1f980}".repeat(201));
        assert_eq!(error(&ada, "name", &long).await, wrong("/name", "length", "must have at most 200 characters"));
        assert_eq!(error(&ada, "name", r#""""#).await, wrong("/name", "length", "must have at least 1 character"));
    }

    async fn an_address_looks_like_one(engine) {
        let (_app, ada) = ada(engine).await;
        let no_address = wrong("/email", "format", "must be an email address, such as \"name@example.com\"");
        let long = format!("{}@example.com", "a".repeat(65));
        for address in [
            "", "@", "a", "a@", "@b.example", "a@b", "a@@b.example", "a b@c.example", "a@b..example", "a@.example", "a@b.example.",
            ".a@b.example", "a.@b.example", "a..b@c.example", "a@-b.example", "a@b-.example", " a@b.example", "a@b.example ",
            "a@b_c.example", "<a@b.example>", "A <a@b.example>", "a@b.example,c@d.example", "a@[127.0.0.1]", "a\\n@b.example", &long,
        ] {
            assert_eq!(error(&ada, "email", &format!("\"{address}\"")).await, no_address, "{address}");
        }
        for (n, address) in ["a@b.example", "a+b.c@d-e.example", "o'neil@b.example", "ä@ö.example", "1@2.example"].iter().enumerate() {
            let created = ada.post("/customers/", &json!({ "name": format!("C{n}"), "email": address })).await.ok();
            assert_eq!(created["email"], **address);
        }
    }

    async fn a_name_that_is_no_field_is_refused_and_not_at_any_length(engine) {
        let (_app, ada) = ada(engine).await;
        let unknown = wrong("/Name", "unknown", "is not a field of this entity");
        assert_eq!(error(&ada, "Name", r#""x""#).await, unknown, "names are exact");
        assert_eq!(error(&ada, "colour", r#"{"a":[1,{"b":"c"}]}"#).await["code"], "unknown");
        let pointer = error(&ada, &"x".repeat(5000), "1").await["pointer"].clone();
        assert_eq!(pointer, format!("/{}", "x".repeat(64)));
    }

    async fn a_member_that_stands_twice_is_refused(engine) {
        let (_app, ada) = ada(engine).await;
        let twice = wrong("/name", "duplicate", "must be given only once");
        for body in [
            r#"{"name":"A","name":"A","email":"a@example.com"}"#,
            r#"{"name":"A","email":"a@example.com","n\u0061me":"B"}"#,
            r#"{"name":"A","name":"B","name":"C","email":"a@example.com"}"#,
        ] {
            let errors = errors(&ada, body).await;
            assert!(errors.as_array().unwrap().iter().all(|e| *e == twice), "{body}: {errors}");
        }
        let change = ada.raw(Method::PUT, "/customers/1", r#"{"name":"A","name":"B"}"#).await.problem(422);
        assert_eq!(change["errors"], json!([twice]));
    }

    async fn text_is_whole_unicode_without_nul(engine) {
        let (_app, ada) = ada(engine).await;
        let nul = wrong("/name", "characters", "must not contain the character NUL");
        assert_eq!(error(&ada, "name", r#""a\u0000b""#).await, nul);
        let whole = wrong("/name", "characters", "must be text of whole Unicode characters");
        for literal in [r#""\ud800""#, r#""\udc00""#, r#""\ud800\ud800""#, r#""\udc00\ud800""#, r#""a\ud83ex""#] {
            assert_eq!(error(&ada, "name", literal).await, whole, "{literal}");
        }
        assert_eq!(error(&ada, "email", r#""a\u0000@b.example""#).await["pointer"], "/email");
    }

    async fn a_change_changes_something_and_sets_no_null(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        let nothing = json!({
            "code": "invalid", "detail": "one field is not valid",
            "errors": [wrong("", "empty", "must have at least one field that can be changed")],
        });
        for body in ["{}", r#"{"id":7}"#, r#"{"version":1,"creation_time":null}"#] {
            for method in [Method::PUT, Method::PATCH] {
                assert_eq!(ada.raw(method, "/customers/1", body).await.problem(422), nothing, "{body}");
            }
        }
        let problem = ada.put("/customers/1", &json!({ "name": null, "email": "x", "credit_limit": -1, "size": 1 })).await.problem(422);
        assert_eq!(problem["errors"], json!([
            wrong("/name", "null", "must not be null"),
            wrong("/email", "format", "must be an email address, such as \"name@example.com\""),
            wrong("/credit_limit", "range", "must be at least 0"),
            wrong("/size", "unknown", "is not a field of this entity"),
        ]));
        assert_eq!(ada.get("/customers/1").await.ok()["version"], 1, "nothing has changed");
    }

    async fn no_answer_repeats_what_was_sent(engine) {
        let (_app, ada) = ada_and_three_customers(engine).await;
        let secret = "hunter2-hunter2";
        let body = json!({ "name": [secret], "email": secret, "credit_limit": secret, "other": secret });
        let answers = [
            ada.post("/customers/", &body).await,
            ada.put("/customers/1", &body).await,
            ada.raw(Method::POST, "/customers/", format!(r#"{{"name":{secret}"#)).await,
            ada.get(&format!("/customers/{secret}")).await,
            ada.get(&format!("/customers/?limit={secret}&sorting={secret}&filter_key={secret}&value={secret}")).await,
            ada.get(&format!("/customers/?filter_key=id&value={secret}")).await,
            ada.get(&format!("/{secret}/")).await,
            ada.with_token(secret).get("/customers/").await,
            ada.form("/login/access-token", &[("username", secret), ("password", secret)]).await,
            ada.form("/login/access-token", &[("username", secret), ("grant_type", secret)]).await,
            ada.json(Method::PUT, "/customers/1", &[("if-match", secret)], &json!({ "name": "A" })).await,
            ada.send(Method::POST, "/customers/", &[("content-type", secret)], secret.into()).await,
        ];
        for answer in answers {
            assert!(answer.status.is_client_error(), "{}", answer.status);
            let text = String::from_utf8(answer.body.clone()).unwrap();
            assert!(!text.contains("hunter2") && !format!("{:?}", answer.headers).contains("hunter2"), "{text}");
        }
    }
}
