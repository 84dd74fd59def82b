//! The seam between HTTP and a typed entity: bytes in, bytes out.

use super::{Expand, OperationKind, expand::close_object, history::write_history, schema};
use async_trait::async_trait;
use kwik_app::{CrudService, Shown};
use kwik_domain::{
    Action, Ctx, Cursor, Entity, EntityMeta, Error, FieldSet, Fields, KeyType, ListQuery, Page, ParameterError, Result,
    Stored, ValueRef, authorize, entity::parse_json, json,
};
use kwik_openapi::with_relations;
use serde_json::Value;
use std::{hash::Hasher, sync::Arc};

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
    /// The fields that the reader may see of an entity that it refers to, for filters; none when the reader
    /// may read no row of it.
    fn beyond(&self, _ctx: &Ctx, _entity: &'static EntityMeta) -> Option<FieldSet> {
        None
    }
    /// The names of the relations that can be asked for.
    fn relations(&self) -> Vec<&'static str> {
        Vec::new()
    }
    /// A page of rows, with the relations that `expand` names.
    async fn list(&self, ctx: &Ctx, query: &ListQuery, token: Token<'_>, expand: &str) -> Result<Reply>;
    /// A new row.
    async fn create(&self, ctx: &Ctx, body: &[u8]) -> Result<Reply>;
    /// One row, with the relations that `expand` names.
    async fn get(&self, ctx: &Ctx, key: &str, expand: &str) -> Result<Reply>;
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

    /// Schemas of other entities that they refer to, in case the program does not show those by themselves.
    fn related_schemas(&self) -> Vec<(String, Value)> {
        Vec::new()
    }

    /// Says in the document what is special about an operation.
    fn describe(&self, _kind: OperationKind, _operation: &mut Value) {}
}

/// The operations of entity `E`.
pub struct Typed<E: Entity> {
    service: CrudService<E>,
    expand: Option<Arc<dyn Expand>>,
}

impl<E: Entity> Typed<E> {
    /// The operations that a service has behind them.
    pub fn new(service: CrudService<E>) -> Self {
        Self { service, expand: None }
    }

    /// The use cases behind them.
    pub fn service(&self) -> &CrudService<E> {
        &self.service
    }

    /// The same with related rows in representations: those that are asked for, and with a row that is shown
    /// alone its parts.
    #[must_use]
    pub fn expanding(self, expand: Arc<dyn Expand>) -> Self {
        Self { expand: Some(expand), ..self }
    }

    /// For each row what stands at the end of its JSON.
    async fn members(&self, ctx: &Ctx, names: &str, rows: &[&dyn Fields], visible: FieldSet) -> Result<Vec<Vec<u8>>> {
        match &self.expand {
            Some(expand) if !names.is_empty() => expand.members(ctx, E::META, names, rows, visible).await,
            _ => Ok(vec![Vec::new(); rows.len()]),
        }
    }

    /// One row, with its parts as far as the reader may see them, and with what was asked for.
    async fn one(&self, ctx: &Ctx, shown: &Shown<Stored<E>>, expand: &str) -> Result<Reply> {
        let row = &shown.value;
        let policy = self.service.data().policy();
        let seen = E::META.children.iter().filter(|part| authorize(policy, ctx, Action::Read, part.target()).is_ok());
        let names: Vec<_> = seen.map(|part| part.name).chain([expand].into_iter().filter(|e| !e.is_empty())).collect();
        let members = self.members(ctx, &names.join(","), &[row], shown.visible).await?.pop().unwrap_or_default();
        Ok(alone(shown, &members))
    }

    /// A row that has been written: that its parts cannot be read does not undo it.
    async fn written(&self, ctx: &Ctx, shown: &Shown<Stored<E>>) -> Result<Reply> {
        Ok(self.one(ctx, shown, "").await.unwrap_or_else(|error| {
            tracing::warn!(%error, "a row was written, and what belongs to it cannot be shown");
            alone(shown, &[])
        }))
    }
}

/// One row as an answer, with what stands at the end of its JSON.
fn alone<E: Entity>(shown: &Shown<Stored<E>>, members: &[u8]) -> Reply {
    let row = &shown.value;
    let mut body = Vec::with_capacity(256 + members.len());
    json::write_entity(&mut body, E::META, row, shown.visible);
    close_object(&mut body, members);
    let version = E::META.versioned.then(|| row.version());
    let count = (!members.is_empty()).then(|| hash(members));
    Reply {
        body,
        version,
        key: Some(row.key().values().to_text()),
        visible: shown.visible,
        next_page_token: None,
        count,
    }
}

/// Tells one text from another, in an entity tag.
fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

fn key<E: Entity>(text: &str) -> Result<E::Key> {
    E::Key::parse_key(text).map_err(|issue| Error::InvalidPath(ParameterError::new("id", issue)))
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
        self.service.guarded()
    }

    fn visible(&self, ctx: &Ctx) -> Result<FieldSet> {
        self.service.visible(ctx)
    }

    fn beyond(&self, ctx: &Ctx, entity: &'static EntityMeta) -> Option<FieldSet> {
        Some(authorize(self.service.data().policy(), ctx, Action::Read, entity).ok()?.scope().read)
    }

    fn relations(&self) -> Vec<&'static str> {
        let relations = self.expand.iter().flat_map(|expand| expand.relations(E::META));
        relations.map(|relation| relation.name).collect()
    }

    fn schemas(&self) -> Vec<(String, Value)> {
        let mut schemas = schema::all(E::META, self.guarded());
        if let (Some(expand), Some((_, shown))) = (&self.expand, schemas.first_mut()) {
            with_relations(shown, &expand.relations(E::META), E::META);
        }
        schemas
    }

    fn related_schemas(&self) -> Vec<(String, Value)> {
        let Some(expand) = &self.expand else { return Vec::new() };
        let (policy, mut found, mut schemas) = (self.service.data().policy(), vec![E::META], Vec::new());
        // Relations lead on from what is related.
        while let Some(meta) = found.get(schemas.len()).copied() {
            let relations = expand.relations(meta);
            let mut schema = schema::read(meta, policy.guarded(meta));
            with_relations(&mut schema, &relations, meta);
            schemas.push((meta.name.to_owned(), schema));
            for relation in relations {
                if !found.iter().any(|other| other.is(relation.target)) {
                    found.push(relation.target);
                }
            }
        }
        schemas
    }

    async fn list(&self, ctx: &Ctx, query: &ListQuery, token: Token<'_>, expand: &str) -> Result<Reply> {
        let shown = self.service.list(ctx, query).await?;
        let next_page_token = shown.value.next.as_ref().map(token);
        let rows: Vec<&dyn Fields> = shown.value.rows.iter().map(|row| row as &dyn Fields).collect();
        let members = self.members(ctx, expand, &rows, shown.visible).await?;
        let rows: Vec<_> = rows.into_iter().zip(members).collect();
        let write = |out: &mut Vec<u8>, (row, members): &(&dyn Fields, Vec<u8>)| {
            json::write_entity(out, E::META, *row, shown.visible);
            close_object(out, members);
        };
        let body = page_body(&rows, write, shown.value.total, next_page_token.as_deref());
        Ok(Reply { body, version: None, key: None, visible: shown.visible, next_page_token, count: None })
    }

    async fn create(&self, ctx: &Ctx, body: &[u8]) -> Result<Reply> {
        let create = parse_json(E::META, body)?;
        self.written(ctx, &self.service.create(ctx, create).await?).await
    }

    async fn get(&self, ctx: &Ctx, text: &str, expand: &str) -> Result<Reply> {
        let mut shown = self.service.get(ctx, key::<E>(text)?).await?;
        loop {
            let reply = self.one(ctx, &shown, expand).await?;
            // A row and its parts are read one after the other: they must be of one version.
            if E::META.children.is_empty() || !E::META.versioned {
                return Ok(reply);
            }
            let now = self.service.get(ctx, key::<E>(text)?).await?;
            if now.value.version() == shown.value.version() {
                return Ok(reply);
            }
            shown = now;
        }
    }

    async fn update(&self, ctx: &Ctx, text: &str, expected: Option<i64>, body: &[u8]) -> Result<Reply> {
        let key = key::<E>(text)?;
        let update = parse_json(E::META, body)?;
        self.written(ctx, &self.service.update(ctx, key, expected, update).await?).await
    }

    async fn delete(&self, ctx: &Ctx, text: &str, expected: Option<i64>) -> Result<Reply> {
        Ok(alone(&self.service.delete(ctx, key::<E>(text)?, expected).await?, &[]))
    }

    async fn history(&self, ctx: &Ctx, text: &str, page: Page) -> Result<Reply> {
        let shown = self.service.history(ctx, key::<E>(text)?, page).await?;
        let mut body = Vec::with_capacity(64 + shown.value.len() * 512);
        write_history(&mut body, E::META, &shown.value, shown.visible)?;
        Ok(Reply { body, version: None, key: None, visible: shown.visible, next_page_token: None, count: None })
    }

    fn check_key(&self, text: &str) -> Result<()> {
        key::<E>(text).map(drop)
    }
}
