//! The seam between HTTP and a typed entity: bytes in, bytes out.

use super::{OperationKind, history::write_history, schema};
use async_trait::async_trait;
use kwik_app::{CrudService, Shown};
use kwik_domain::{
    Ctx, Cursor, Entity, EntityMeta, Error, FieldSet, FieldType, Fields, ListQuery, Page, ParameterError, Result,
    Stored, ValueRef, entity::parse_json, json,
};
use serde_json::Value;

/// What becomes the answer.
#[derive(Debug)]
pub struct Reply {
    /// The JSON.
    pub body: Vec<u8>,
    /// The row's version.
    pub version: Option<i64>,
    /// The row's key, in its plain text form.
    pub key: Option<String>,
    /// The fields that the reader may see.
    pub visible: FieldSet,
    /// The token of a list's next page.
    pub next_page_token: Option<String>,
    /// What the representation says that does not change with the row's version: a number of other rows.
    pub count: Option<u64>,
}

/// Makes the token of the page that begins at a place.
pub type Token<'a> = &'a (dyn Fn(&Cursor) -> String + Sync);

/// An entity's operations, with the entity's type hidden.
///
/// # Errors
///
/// Keys come as text: [`Error::InvalidPath`] when one is none. For the rest see
/// [`kwik_domain::Repository`].
#[async_trait]
#[expect(clippy::missing_errors_doc, reason = "said once, for all methods")]
pub trait Resource: Send + Sync {
    /// The metadata.
    fn meta(&self) -> &'static EntityMeta;
    /// The fields that the policy keeps from somebody.
    fn guarded(&self) -> FieldSet;
    /// The fields that the reader may see.
    fn visible(&self, ctx: &Ctx) -> Result<FieldSet>;
    /// A page of rows.
    async fn list(&self, ctx: &Ctx, query: &ListQuery, token: Token<'_>) -> Result<Reply>;
    /// A new row.
    async fn create(&self, ctx: &Ctx, body: &[u8]) -> Result<Reply>;
    /// One row.
    async fn get(&self, ctx: &Ctx, key: &str) -> Result<Reply>;
    /// Changes of a row.
    async fn update(&self, ctx: &Ctx, key: &str, expected: Option<i64>, body: &[u8]) -> Result<Reply>;
    /// The end of a row.
    async fn delete(&self, ctx: &Ctx, key: &str, expected: Option<i64>) -> Result<Reply>;
    /// The audit records of a row.
    async fn history(&self, ctx: &Ctx, key: &str, page: Page) -> Result<Reply>;
    /// Whether the text is a key at all.
    fn check_key(&self, key: &str) -> Result<()>;

    /// The schemas that the document has of it.
    fn schemas(&self) -> Vec<(String, Value)> {
        schema::all(self.meta(), self.guarded())
    }

    /// Says in the document what is special about an operation.
    fn describe(&self, _kind: OperationKind, _operation: &mut Value) {}
}

/// The operations of entity `E`.
pub struct Typed<E: Entity>(pub CrudService<E>);

fn key<E: Entity>(text: &str) -> Result<E::Key> {
    E::Key::from_text(text).map_err(|issue| Error::InvalidPath(ParameterError::new("id", issue)))
}

fn one<E: Entity>(shown: &Shown<Stored<E>>) -> Reply {
    let row = &shown.value;
    let mut body = Vec::with_capacity(256);
    json::write_entity(&mut body, E::META, row, shown.visible);
    let version = E::META.versioned.then(|| row.version());
    Reply { body, version, key: Some(row.get(0).to_text()), visible: shown.visible, next_page_token: None, count: None }
}

/// The JSON of a page whose rows are written so.
pub fn page_body<T>(
    rows: &[T],
    write: impl Fn(&mut Vec<u8>, &T),
    total: Option<u64>,
    next_page_token: Option<&str>,
) -> Vec<u8> {
    let mut body = Vec::with_capacity(32 + rows.len() * 256);
    body.extend_from_slice(b"{\"total\":");
    let total = total.map(|total| i64::try_from(total).unwrap_or(i64::MAX));
    json::write_value(&mut body, total.map_or(ValueRef::Null, ValueRef::Int));
    body.extend_from_slice(b",\"data\":");
    write_array(&mut body, rows, write);
    if let Some(token) = next_page_token {
        body.extend_from_slice(b",\"next_page_token\":");
        json::write_value(&mut body, ValueRef::Text(token));
    }
    body.push(b'}');
    body
}

/// Appends the JSON array of what is written so.
pub fn write_array<T>(out: &mut Vec<u8>, rows: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
    out.push(b'[');
    for (n, row) in rows.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        write(out, row);
    }
    out.push(b']');
}

#[async_trait]
impl<E: Entity> Resource for Typed<E> {
    fn meta(&self) -> &'static EntityMeta {
        E::META
    }

    fn guarded(&self) -> FieldSet {
        self.0.guarded()
    }

    fn visible(&self, ctx: &Ctx) -> Result<FieldSet> {
        self.0.visible(ctx)
    }

    async fn list(&self, ctx: &Ctx, query: &ListQuery, token: Token<'_>) -> Result<Reply> {
        let shown = self.0.list(ctx, query).await?;
        let next_page_token = shown.value.next.as_ref().map(token);
        let write = |out: &mut Vec<u8>, row: &Stored<E>| json::write_entity(out, E::META, row, shown.visible);
        let body = page_body(&shown.value.rows, write, shown.value.total, next_page_token.as_deref());
        Ok(Reply { body, version: None, key: None, visible: shown.visible, next_page_token, count: None })
    }

    async fn create(&self, ctx: &Ctx, body: &[u8]) -> Result<Reply> {
        let create = parse_json(E::META, body)?;
        Ok(one(&self.0.create(ctx, create).await?))
    }

    async fn get(&self, ctx: &Ctx, text: &str) -> Result<Reply> {
        Ok(one(&self.0.get(ctx, key::<E>(text)?).await?))
    }

    async fn update(&self, ctx: &Ctx, text: &str, expected: Option<i64>, body: &[u8]) -> Result<Reply> {
        let key = key::<E>(text)?;
        let update = parse_json(E::META, body)?;
        Ok(one(&self.0.update(ctx, key, expected, update).await?))
    }

    async fn delete(&self, ctx: &Ctx, text: &str, expected: Option<i64>) -> Result<Reply> {
        Ok(one(&self.0.delete(ctx, key::<E>(text)?, expected).await?))
    }

    async fn history(&self, ctx: &Ctx, text: &str, page: Page) -> Result<Reply> {
        let shown = self.0.history(ctx, key::<E>(text)?, page).await?;
        let mut body = Vec::with_capacity(64 + shown.value.len() * 512);
        write_history(&mut body, E::META, &shown.value, shown.visible)?;
        Ok(Reply { body, version: None, key: None, visible: shown.visible, next_page_token: None, count: None })
    }

    fn check_key(&self, text: &str) -> Result<()> {
        key::<E>(text).map(drop)
    }
}
