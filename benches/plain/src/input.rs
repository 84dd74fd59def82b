//! What clients send, and the rules that it has to meet.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};

use crate::problem::{FieldError, Problem};

/// The most rows that a list gives at once.
const MOST_ROWS: i64 = 1000;

/// The body of a create.
#[derive(Debug, Deserialize)]
pub struct CustomerCreate {
    /// 1 to 200 characters.
    pub name: String,
    /// An email address.
    pub email: String,
    /// Not negative; a JSON string or number.
    #[serde(default = "default_credit_limit")]
    pub credit_limit: Decimal,
}

/// The body of an update: the fields to change, at least one.
#[derive(Debug, Default, Deserialize)]
pub struct CustomerUpdate {
    /// 1 to 200 characters.
    #[serde(default, deserialize_with = "not_null")]
    pub name: Option<String>,
    /// An email address.
    #[serde(default, deserialize_with = "not_null")]
    pub email: Option<String>,
    /// Not negative; a JSON string or number.
    #[serde(default, deserialize_with = "not_null")]
    pub credit_limit: Option<Decimal>,
}

/// The query of a list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// How many rows to leave out.
    #[serde(default)]
    pub skip: i64,
    /// How many rows to give, at most 1000.
    #[serde(default = "default_limit")]
    pub limit: i64,
}

fn default_credit_limit() -> Decimal {
    Decimal::from(5000)
}

fn default_limit() -> i64 {
    100
}

/// An absent field is none; a null is an error, since all columns are required.
fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl CustomerCreate {
    /// Checks the rules.
    ///
    /// # Errors
    /// 422 with every field that breaks one.
    pub fn check(&self) -> Result<(), Problem> {
        check(Some(&self.name), Some(&self.email), Some(&self.credit_limit))
    }
}

impl CustomerUpdate {
    /// Checks the rules.
    ///
    /// # Errors
    /// 422 with every field that breaks one, or when no field is sent.
    pub fn check(&self) -> Result<(), Problem> {
        if self.name.is_none() && self.email.is_none() && self.credit_limit.is_none() {
            return Err(Problem::invalid(vec![FieldError { pointer: "", detail: "send at least one field" }]));
        }
        check(self.name.as_deref(), self.email.as_deref(), self.credit_limit.as_ref())
    }
}

impl ListQuery {
    /// Checks the bounds.
    ///
    /// # Errors
    /// 400 when `skip` or `limit` is out of range.
    pub fn check(&self) -> Result<(), Problem> {
        if self.skip < 0 || !(0..=MOST_ROWS).contains(&self.limit) {
            return Err(Problem::new(
                poem::http::StatusCode::BAD_REQUEST,
                "bad_query",
                "skip must not be negative and limit must be from 0 to 1000",
            ));
        }
        Ok(())
    }
}

fn check(name: Option<&str>, email: Option<&str>, credit_limit: Option<&Decimal>) -> Result<(), Problem> {
    let mut errors = Vec::new();
    if let Some(name) = name
        && (!(1..=200).contains(&name.chars().count()) || name.contains('\0'))
    {
        errors.push(FieldError { pointer: "/name", detail: "must have 1 to 200 characters and no NUL" });
    }
    if let Some(email) = email
        && !is_email(email)
    {
        errors.push(FieldError { pointer: "/email", detail: "must be an email address" });
    }
    if let Some(credit_limit) = credit_limit
        && credit_limit.is_sign_negative()
        && !credit_limit.is_zero()
    {
        errors.push(FieldError { pointer: "/credit_limit", detail: "must not be negative" });
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::invalid(errors)) }
}

/// Plain enough for a form: one @, something before it, a domain with a dot inside, no white space or control characters.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let dot_inside = domain.find('.').is_some_and(|at| at > 0 && !domain.ends_with('.'));
    !local.is_empty()
        && text.len() <= 254
        && dot_inside
        && !domain.contains('@')
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_decimal_is_a_string_or_a_number_and_the_default_is_5000() {
        let parse = |json: &str| serde_json::from_str::<CustomerCreate>(json).unwrap();
        let plain = parse(r#"{"name":"a","email":"a@b.c"}"#);
        assert_eq!(plain.credit_limit.to_string(), "5000");
        let text = parse(r#"{"name":"a","email":"a@b.c","credit_limit":"0.30"}"#);
        assert_eq!(text.credit_limit.to_string(), "0.30");
        let number = parse(r#"{"name":"a","email":"a@b.c","credit_limit":12.5}"#);
        assert_eq!(number.credit_limit.to_string(), "12.5");
    }

    #[test]
    fn every_wrong_field_is_named() {
        let wrong = CustomerCreate { name: String::new(), email: "nobody".to_owned(), credit_limit: Decimal::from(-1) };
        assert_eq!(wrong.check().unwrap_err().errors.len(), 3);
    }

    #[test]
    fn an_update_needs_a_field_and_takes_no_null() {
        assert!(CustomerUpdate::default().check().is_err());
        assert!(serde_json::from_str::<CustomerUpdate>(r#"{"name":null}"#).is_err());
    }

    #[test]
    fn emails() {
        for good in ["a@b.c", "first.last@mail.example.com"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "@b.c", "a@b", "a@.c", "a@b.", "a@b@c.d", "a b@c.d"] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
