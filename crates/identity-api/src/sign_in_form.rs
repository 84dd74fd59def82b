//! The form of signing in: `OAuth2`'s password flow (RFC 6749, section 4.3), in either form that forms have.

use kwik_api::{Call, resource::schema::named};
use kwik_domain::{Error, FieldError, Issue, Malformed, Result, Secret};
use poem::{FromRequest as _, web::Multipart};
use serde_json::{Value, json};

/// The media types of forms.
pub(crate) const FORMS: [&str; 2] = ["application/x-www-form-urlencoded", "multipart/form-data"];

/// Reads email and password.
///
/// # Errors
///
/// [`Error::Malformed`] and [`Error::Invalid`].
pub(crate) async fn credentials(mut call: Call) -> Result<(String, Secret)> {
    let essence = call.request().content_type().and_then(|text| text.split(';').next()).unwrap_or_default();
    let pairs = if essence.trim().eq_ignore_ascii_case(FORMS[1]) {
        parts(call).await?
    } else {
        serde_urlencoded::from_bytes(&call.body(FORMS[0]).await?).unwrap_or_default()
    };
    check(&pairs)
}

/// The parts of a multipart form (RFC 7578).
async fn parts(call: Call) -> Result<Vec<(String, String)>> {
    let (request, mut body) = call.into_request().split();
    let wrong = |_| Malformed::ContentType { expected: FORMS[1] };
    let mut form = Multipart::from_request(&request, &mut body).await.map_err(wrong)?;
    let mut pairs = Vec::new();
    while let Some(part) = form.next_field().await.map_err(|_| Malformed::Incomplete)? {
        let name = part.name().unwrap_or_default().to_owned();
        let value = part.bytes().await.map_err(|_| Malformed::Incomplete)?;
        pairs.push((name, String::from_utf8_lossy(&value).into_owned()));
    }
    Ok(pairs)
}

fn check(pairs: &[(String, String)]) -> Result<(String, Secret)> {
    let mut errors = Vec::new();
    let mut field = |name: &'static str| {
        let mut values = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
        match (values.next(), values.next()) {
            (Some(_), Some(_)) => {
                errors.push(FieldError::new(name, Issue::new("duplicate", "must be given only once")));
                None
            }
            (Some(value), None) if !value.is_empty() => Some(value.clone()),
            _ => None,
        }
    };
    let (username, password, grant) = (field("username"), field("password"), field("grant_type"));
    for (name, value) in [("username", &username), ("password", &password)] {
        if value.is_none() && !errors.iter().any(|e| e.field == name) {
            errors.push(FieldError::new(name, Issue::new("required", "is required")));
        }
    }
    if grant.is_some_and(|grant| grant != "password") {
        errors.push(FieldError::new("grant_type", Issue::new("format", "must be password")));
    }
    match (username, password) {
        (Some(username), Some(password)) if errors.is_empty() => Ok((username, Secret::new(password))),
        _ => Err(Error::Invalid(errors)),
    }
}

/// The form in the document.
pub(crate) fn form_schema() -> Value {
    let schema = json!({
        "type": "object",
        "description": "OAuth2's password flow.",
        "required": ["username", "password"],
        "properties": {
            "username": { "type": "string", "minLength": 1, "description": "The user's email." },
            "password": { "type": "string", "format": "password", "minLength": 1 },
            "grant_type": { "type": "string", "enum": ["password"] },
            "scope": { "type": "string", "description": "Not looked at: a token is good for all that its user may do." },
            "client_id": { "type": "string", "description": "Not looked at." },
            "client_secret": { "type": "string", "format": "password", "description": "Not looked at." },
        },
        "example": { "username": "admin@example.com", "password": "correct horse battery staple" },
    });
    named("SignIn", schema)
}
