//! API keys in JSON: what is shown of them, and what they are made of.

use chrono::{DateTime, Utc};
use kwik_domain::{Change, Entity, FieldError, Input, Issue, ObjectReader, access::ApiKey, json};
use kwik_identity::{ApiKeyChange, NewApiKey, UsedApiKey};
use serde_json::{Value, json as document};

/// A key with which a program acts on its owner's account.
#[derive(Clone, Debug, Entity)]
#[entity(plural = "ApiKeys", unaudited, unversioned)]
pub(crate) struct ApiKeyForm {
    /// Key.
    #[entity(key)]
    id: i64,
    /// What it is for.
    #[entity(length(1..=100), example = "nightly import", validate = kwik_domain::access::single_line)]
    name: String,
    /// What every key begins with.
    #[entity(read_only, default = "kwik_")]
    prefix: String,
    /// The key's last characters, to tell keys apart.
    #[entity(read_only, default = "", example = "9f2c")]
    suffix: String,
    /// The permissions that it may use, as far as its owner holds them.
    #[entity(create_only)]
    scopes: String,
    /// When it stops working; a moment that has passed means at once. Null: never.
    expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    #[entity(read_only)]
    revoked_at: Option<DateTime<Utc>>,
    /// When it was last used, to about a minute.
    #[entity(read_only)]
    last_used_at: Option<DateTime<Utc>>,
    /// From where.
    #[entity(read_only)]
    last_used_address: Option<String>,
    /// When it was made.
    #[entity(read_only)]
    creation_time: Option<DateTime<Utc>>,
    /// Counts the changes.
    #[entity(read_only, default = 1)]
    version: i64,
}

/// What creating a key takes. Its scopes are a list, which fields of entities are not.
#[derive(Clone, Debug)]
pub(crate) struct ApiKeyInput(pub(crate) NewApiKey);

impl Input for ApiKeyInput {
    const UPDATE: bool = false;

    fn read(reader: &mut ObjectReader<'_>) -> Option<Self> {
        let name = reader.take(ApiKeyForm::NAME.index());
        let scopes = scopes(reader);
        let expires_at = reader.take(ApiKeyForm::EXPIRES_AT.index());
        Some(Self(NewApiKey { name: name?, scopes: scopes?, expires_at: expires_at? }))
    }

    fn changes<'a>(&'a self, _: &mut Vec<Change<'a>>) {}
}

/// A list of texts; every one that is none is told.
fn scopes(reader: &mut ObjectReader<'_>) -> Option<Vec<String>> {
    let index = ApiKeyForm::SCOPES.index();
    let wrong = |code, message: &'static str| FieldError::new("scopes", Issue::new(code, message));
    let Some(raw) = reader.raw(&ApiKeyForm::META.fields[index]) else {
        reader.wrong(wrong("required", "is required"));
        return None;
    };
    let Ok(Value::Array(items)) = serde_json::from_str(raw) else {
        reader.wrong(wrong("type", "must be a list of names of permissions"));
        return None;
    };
    let mut scopes = Vec::with_capacity(items.len());
    let given = items.len();
    for (n, item) in items.into_iter().enumerate().take(MOST_SCOPES + 1) {
        match item {
            Value::String(name) if is_name(&name) => scopes.push(name),
            Value::String(_) => {
                reader.wrong(wrong("format", "must be a name, without white space and control characters").at(n));
            }
            _ => reader.wrong(wrong("type", "must be text").at(n)),
        }
    }
    if given > MOST_SCOPES {
        reader.wrong(wrong("length", "must name at most 500 permissions"));
    }
    (scopes.len() == given).then_some(scopes)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// More permissions than this no key is given.
const MOST_SCOPES: usize = 500;

impl From<ApiKeyFormUpdate> for ApiKeyChange {
    fn from(form: ApiKeyFormUpdate) -> Self {
        Self { name: form.name, expires_at: form.expires_at }
    }
}

/// The JSON of a key, as far as it may be seen.
pub(crate) fn object(UsedApiKey { key, last_use }: &UsedApiKey) -> Value {
    let moment = |at: Option<DateTime<Utc>>| at.map(json::rfc3339);
    let mut out = document!({
        "id": key.id,
        "name": key.name,
        "prefix": "kwik_",
        "suffix": key.suffix,
        "scopes": key.scopes.split_whitespace().collect::<Vec<_>>(),
        "expires_at": moment(key.expires_at),
        "revoked_at": moment(key.revoked_at),
        "last_used_at": last_use.as_ref().map(|last| json::rfc3339(last.at)),
        "last_used_address": last_use.as_ref().map(|last| &last.address),
        "creation_time": moment(key.system.creation_time),
        "version": key.version(),
    });
    let hidden = |name: &str| ApiKey::META.index_of(name).is_some_and(|index| !key.visible.contains(index));
    if let Some(map) = out.as_object_mut() {
        map.retain(|name, _| !hidden(name));
    }
    out
}
