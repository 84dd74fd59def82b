//! Money: exact to the last digit, the same on both engines.

use crate::people::{ada, customer, names, wrong};
use http::Method;
use kwik::prelude::Decimal;
use kwik_testkit::{Client, on_each_engine};
use serde_json::json;

/// The credit limit of a new customer whose body says this, as it stands in the JSON.
async fn kept(client: &Client, n: usize, literal: &str) -> String {
    let body = format!(r#"{{"name":"C","email":"c{n}@example.com","credit_limit":{literal}}}"#);
    let created = client.raw(Method::POST, "/customers/", body).await.ok();
    let read = client.get(&format!("/customers/{}", created["id"])).await.ok();
    assert_eq!(created, read, "{literal}");
    read["credit_limit"].as_str().unwrap().to_owned()
}

on_each_engine! {
    async fn comes_back_digit_for_digit(engine) {
        let (_app, ada) = ada(engine).await;
        for (n, text) in [
            "0", "0.00", "1", "0.1", "0.10", "12.50", "100", "1000000", "0.3", "0.30000000000000000000000004",
            "9999999999999999999999999999", "9999999999999999999999999.999", "0.9999999999999999999999999999",
            "0.0000000000000000000000000001", "1.0000000000000000000000000000", "10000.0000", "10000000000000000.00000001",
            "100000000", "99990000", "0.00010000", "123456789.123456789", "9007199254740993", "0.1000000000000000055511151231",
        ].into_iter().enumerate() {
            assert_eq!(kept(&ada, 2 * n, &format!("\"{text}\"")).await, text, "as text");
            assert_eq!(kept(&ada, 2 * n + 1, text).await, text, "as a number of any length");
        }
    }

    async fn adds_up(engine) {
        let (_app, ada) = ada(engine).await;
        let mut sum = Decimal::ZERO;
        for (n, literal) in ["0.1", "0.2"].into_iter().enumerate() {
            sum += kept(&ada, n, literal).await.parse::<Decimal>().unwrap();
        }
        assert_eq!(sum.to_string(), "0.3");
        assert_eq!(kept(&ada, 2, &sum.to_string()).await, "0.3");
    }

    async fn may_have_an_exponent(engine) {
        let (_app, ada) = ada(engine).await;
        for (n, (literal, expected)) in [
            ("1e3", "1000"), ("1E+3", "1000"), ("12.5e1", "125"), ("12.50e1", "125.0"), ("1e-3", "0.001"), ("25E-1", "2.5"),
            ("0e0", "0"), ("1e28", "10000000000000000000000000000"), ("1e-28", "0.0000000000000000000000000001"),
        ].into_iter().enumerate() {
            assert_eq!(kept(&ada, 2 * n, literal).await, expected, "{literal}");
            assert_eq!(kept(&ada, 2 * n + 1, &format!("\"{literal}\"")).await, expected, "{literal}");
        }
    }

    async fn has_no_negative_zero(engine) {
        let (_app, ada) = ada(engine).await;
        for (n, (literal, expected)) in [("-0", "0"), ("-0.00", "0.00"), ("\"-0.0\"", "0.0"), ("-0e5", "0")].into_iter().enumerate() {
            assert_eq!(kept(&ada, n, literal).await, expected, "{literal}");
        }
    }

    async fn that_does_not_fit_is_refused_not_rounded(engine) {
        let (_app, ada) = ada(engine).await;
        let long = "1.23456789012345678901234567890123456789";
        let too_long = wrong("/credit_limit", "range", "must be a decimal number of at most 28 digits");
        for literal in [
            "0.00000000000000000000000000001", "100000000000000000000000000000", long, "123456789012345678901234567890.5",
            "1e29", "1e-29", "1e999", "1e-999", &format!("{long}e0"), &format!("{long}e1"), "1.00000000000000000000000000000001e3",
            "79228162514264337593543950336",
        ] {
            for literal in [literal.to_owned(), format!("\"{literal}\"")] {
                let body = format!(r#"{{"name":"C","email":"c@example.com","credit_limit":{literal}}}"#);
                let problem = ada.raw(Method::POST, "/customers/", body).await.problem(422);
                assert_eq!(problem["errors"], json!([too_long]), "{literal}");
            }
        }
    }

    async fn that_is_no_number_is_refused(engine) {
        let (_app, ada) = ada(engine).await;
        let no_number = wrong("/credit_limit", "type", "must be a decimal number, such as \"12.50\"");
        for literal in [
            r#""""#, r#"" 1""#, r#""1 ""#, r#""1,50""#, r#""1_000""#, r#""+1""#, r#"".5""#, r#""5.""#, r#""0x10""#, r#""NaN""#,
            r#""Infinity""#, r#""1e""#, r#""1e1.5""#, r#""--1""#, r#""1-""#, r#""\u0661""#, r#""1\n""#, "true", "[1]", "{}",
            r#""1e+-3""#, r#""1e--3""#, r#""1e++3""#,
        ] {
            let body = format!(r#"{{"name":"C","email":"c@example.com","credit_limit":{literal}}}"#);
            let problem = ada.raw(Method::POST, "/customers/", body).await.problem(422);
            assert_eq!(problem["errors"], json!([no_number]), "{literal}");
        }
        for literal in ["NaN", "Infinity", "01", "1.", ".5", "+1", "0x10"] {
            let body = format!(r#"{{"name":"C","email":"c@example.com","credit_limit":{literal}}}"#);
            ada.raw(Method::POST, "/customers/", body).await.refused(422, "malformed");
        }
    }

    async fn below_zero_is_no_credit_limit(engine) {
        let (_app, ada) = ada(engine).await;
        for literal in ["-0.01", "\"-1\"", "-1e-28"] {
            let body = format!(r#"{{"name":"C","email":"c@example.com","credit_limit":{literal}}}"#);
            let problem = ada.raw(Method::POST, "/customers/", body).await.problem(422);
            assert_eq!(problem["errors"], json!([wrong("/credit_limit", "range", "must be at least 0")]), "{literal}");
        }
    }

    async fn is_ordered_and_found_as_a_number(engine) {
        let (_app, ada) = ada(engine).await;
        for (name, amount) in [
            ("a", "10"), ("b", "9.5"), ("c", "0.1"), ("d", "0.10"), ("e", "100"), ("f", "9999999999999999999999999999"),
            ("g", "0.0000000000000000000000000001"), ("h", "0"), ("i", "9007199254740993"), ("j", "9007199254740992"),
        ] {
            ada.post("/customers/", &customer(name, amount)).await.ok();
        }
        let sorted = names(&ada.get("/customers/?sorting=credit_limit").await);
        assert_eq!(sorted, ["h", "g", "c", "d", "b", "a", "e", "j", "i", "f"], "0.1 and 0.10 are equal: the key decides");
        let sorted = names(&ada.get("/customers/?sorting=credit_limit:desc").await);
        assert_eq!(sorted, ["f", "i", "j", "e", "a", "b", "c", "d", "g", "h"]);
        for same in ["0.1", "0.100", "1e-1"] {
            let found = names(&ada.get(&format!("/customers/?filter_key=credit_limit&value={same}")).await);
            assert_eq!(found, ["c", "d"], "{same}");
        }
    }

    async fn keeps_its_zeros_in_history(engine) {
        let (_app, ada) = ada(engine).await;
        ada.post("/customers/", &customer("Acme", "1.50")).await.ok();
        ada.put("/customers/1", &json!({ "credit_limit": "1.500" })).await.ok();
        let changes = ada.get("/customers/1/history?limit=1").await.ok()["data"][0]["changes"].clone();
        assert_eq!(changes, json!([{ "field": "credit_limit", "from": "1.50", "to": "1.500" }]));
    }
}
