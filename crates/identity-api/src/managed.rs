//! The operations that every entity has, where a use case of identity answers those that change.

use async_trait::async_trait;
use kwik_api::resource::{OperationKind, Reply, Resource, Token, Typed, page_body, schema};
use kwik_app::CrudService;
use kwik_domain::{
    Ctx, Entity, EntityMeta, Error, FieldSet, ListQuery, Page, ParameterError, Result, Stored, entity::FieldType,
};
use kwik_identity::Identity;
use serde_json::{Value, json};

/// A row as it is shown.
pub(crate) struct Shown {
    /// The JSON object.
    pub body: Vec<u8>,
    /// A number of other rows in it.
    pub count: Option<u64>,
}

/// A row that was removed, and what went with it.
pub(crate) struct Removal<E> {
    /// The row as it was.
    pub row: Stored<E>,
    /// What went with it: a JSON object of numbers.
    pub removed: Value,
}

/// An entity whose changes are use cases of identity.
#[async_trait]
pub(crate) trait Managed: Entity<Key = i64> {
    /// What creating one takes, in the document.
    fn create_schema(_: &Identity) -> Value {
        schema::create(Self::META)
    }

    /// What one looks like, in the document.
    fn read_schema(guarded: FieldSet) -> Value {
        schema::read(Self::META, guarded)
    }

    /// What goes with one that is removed, by name, with what it counts.
    fn removed() -> &'static [(&'static str, &'static str)];

    /// What there is to know about an operation beyond what its name says.
    fn note(_kind: OperationKind) -> &'static str {
        ""
    }

    /// The rows as they are shown, of each the fields that are visible.
    async fn show(identity: &Identity, rows: &[Stored<Self>]) -> Result<Vec<Shown>>;

    /// Makes a row.
    async fn create(identity: &Identity, ctx: &Ctx, body: &[u8]) -> Result<Stored<Self>>;

    /// Changes a row.
    async fn update(
        identity: &Identity,
        ctx: &Ctx,
        id: i64,
        expected: Option<i64>,
        body: &[u8],
    ) -> Result<Stored<Self>>;

    /// Removes a row.
    async fn remove(identity: &Identity, ctx: &Ctx, id: i64, expected: Option<i64>) -> Result<Removal<Self>>;
}

/// The operations of a managed entity.
pub(crate) struct ManagedResource<E: Managed> {
    typed: Typed<E>,
    identity: Identity,
}

impl<E: Managed> ManagedResource<E> {
    pub(crate) fn new(identity: &Identity) -> Self {
        let crud = CrudService::new(identity.ports.data.clone());
        Self { typed: Typed::new(crud), identity: identity.clone() }
    }

    /// What was written, as far as whoever wrote it may see it.
    async fn written(&self, ctx: &Ctx, row: Stored<E>) -> Result<Reply> {
        let visible = self.typed.visible(ctx).unwrap_or(row.visible);
        one(&self.identity, Stored { visible, ..row }).await
    }
}

/// The answer that is one row.
pub(crate) async fn one<E: Managed>(identity: &Identity, row: Stored<E>) -> Result<Reply> {
    let shown = E::show(identity, std::slice::from_ref(&row)).await?.pop();
    let Shown { body, count } = shown.ok_or_else(|| Error::Internal("a row was not shown".to_owned()))?;
    let version = E::META.versioned.then(|| row.version());
    Ok(Reply { body, version, key: Some(row.key().to_string()), visible: row.visible, next_page_token: None, count })
}

/// The same with one member more: what went with the row.
pub(crate) fn with_removed(mut reply: Reply, removed: &Value) -> Reply {
    reply.body.pop();
    reply.body.extend_from_slice(b",\"removed\":");
    reply.body.extend_from_slice(removed.to_string().as_bytes());
    reply.body.push(b'}');
    reply
}

/// The schema of a row that is gone.
pub(crate) fn removed_schema<E: Managed>() -> Value {
    let numbers = |describe: bool| -> Value {
        let number = |(name, text): &(&str, &str)| {
            let schema = json!({ "type": "integer", "format": "int64", "minimum": 0, "description": text });
            ((*name).to_owned(), if describe { schema } else { json!(1) })
        };
        E::removed().iter().map(number).collect()
    };
    let names: Vec<_> = E::removed().iter().map(|(name, _)| *name).collect();
    let mut example = E::read_schema(FieldSet::NONE)["example"].take();
    example["removed"] = numbers(false);
    let schema = json!({
        "description": format!("{} and what went with it.", E::META.doc),
        "example": example,
        "allOf": [
            schema::reference(E::META.name),
            { "type": "object", "required": ["removed"], "properties": { "removed": {
                "type": "object", "description": "What went with it.", "required": names,
                "properties": numbers(true), "example": numbers(false),
            } } },
        ],
    });
    schema::named(&format!("Removed{}", E::META.name), schema)
}

fn key(text: &str) -> Result<i64> {
    i64::from_text(text).map_err(|issue| Error::InvalidPath(ParameterError::new("id", issue)))
}

#[async_trait]
impl<E: Managed> Resource for ManagedResource<E> {
    fn meta(&self) -> &'static EntityMeta {
        E::META
    }

    fn guarded(&self) -> FieldSet {
        self.typed.guarded()
    }

    fn visible(&self, ctx: &Ctx) -> Result<FieldSet> {
        self.typed.visible(ctx)
    }

    async fn list(&self, ctx: &Ctx, query: &ListQuery, token: Token<'_>, _: &str) -> Result<Reply> {
        let shown = self.typed.service().list(ctx, query).await?;
        let rows = E::show(&self.identity, &shown.value.rows).await?;
        let next_page_token = shown.value.next.as_ref().map(token);
        let write = |out: &mut Vec<u8>, row: &Shown| out.extend_from_slice(&row.body);
        let body = page_body(&rows, write, shown.value.total, next_page_token.as_deref());
        Ok(Reply { body, version: None, key: None, visible: shown.visible, next_page_token, count: None })
    }

    async fn create(&self, ctx: &Ctx, body: &[u8]) -> Result<Reply> {
        self.written(ctx, E::create(&self.identity, ctx, body).await?).await
    }

    async fn get(&self, ctx: &Ctx, text: &str, _: &str) -> Result<Reply> {
        one(&self.identity, self.typed.service().get(ctx, key(text)?).await?.value).await
    }

    async fn update(&self, ctx: &Ctx, text: &str, expected: Option<i64>, body: &[u8]) -> Result<Reply> {
        self.written(ctx, E::update(&self.identity, ctx, key(text)?, expected, body).await?).await
    }

    async fn delete(&self, ctx: &Ctx, text: &str, expected: Option<i64>) -> Result<Reply> {
        let Removal { row, removed } = E::remove(&self.identity, ctx, key(text)?, expected).await?;
        Ok(with_removed(self.written(ctx, row).await?, &removed))
    }

    async fn history(&self, ctx: &Ctx, text: &str, page: Page) -> Result<Reply> {
        self.typed.history(ctx, text, page).await
    }

    fn check_key(&self, text: &str) -> Result<()> {
        key(text).map(drop)
    }

    fn schemas(&self) -> Vec<(String, Value)> {
        let name = E::META.name;
        let read = E::read_schema(self.guarded());
        let mut schemas = schema::all(E::META, self.guarded());
        for (named, schema) in &mut schemas {
            if *named == name {
                *schema = read.clone();
            } else if *named == format!("{name}Create") {
                *schema = E::create_schema(&self.identity);
            } else if *named == format!("{name}Page") {
                schema["example"]["data"] = json!([read["example"]]);
            }
        }
        schemas
    }

    fn describe(&self, kind: OperationKind, operation: &mut Value) {
        if kind == OperationKind::Delete {
            operation["responses"]["200"]["content"]["application/json"]["schema"] = removed_schema::<E>();
        }
        if !E::note(kind).is_empty() {
            operation["description"] = json!(E::note(kind));
        }
    }
}
