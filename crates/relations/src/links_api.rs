//! `/products/{id}/categories` and what is below it: the operations of links.

use crate::{
    Link,
    links::{Links, key},
};
use kwik_api::{
    Access, Call, Operation, Registrar,
    http::{JSON, json_response},
    resource::{entity_tag, schema, write_array},
};
use kwik_app::{AnyRows, Data};
use kwik_domain::{
    Action, Entity, EntityMeta, Error, FieldError, FieldSet, Fields, Input, Issue, ObjectReader, Result, Value, json,
};
use kwik_query::page_query;
use poem::{
    Response,
    http::{HeaderValue, Method, header},
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// The paths and the names of a link's operations.
struct Names {
    below: String,
    available: String,
    one: String,
    /// `ProductCategory` in `addProductCategory`.
    id: String,
    ids: String,
}

impl Names {
    fn new(link: &Link) -> Self {
        let (source, target) = (link.source(), link.target());
        let root = format!("/{}/{{id}}", source.collection);
        Self {
            below: format!("{root}/{}", link.name),
            available: format!("{root}/available-{}", link.name.replace('_', "-")),
            one: format!("{root}/{}/{{{}}}", link.name, link.entity.fields[link.to].name),
            id: format!("{}{}", source.name, target.name),
            ids: format!("{}{}", source.name, target.plural),
        }
    }
}

/// Adds the operations by which rows are linked with others, seen from one side.
pub fn register_link<L: Entity>(registrar: &mut Registrar, data: &Data, link: Link) {
    let sides = [link.source(), link.target()];
    let schemas = sides.map(|meta| (meta.name.to_owned(), schema::read(meta, data.policy().guarded(meta))));
    registrar.related_schemas(schemas.into());
    let service = Arc::new(Links::<L>::new(data.clone(), link));
    for operation in looks(&service).into_iter().chain(changes(&service)) {
        registrar.operation(described(operation, &link));
    }
}

/// Whoever may do this to rows that link, and read both sides.
fn access(action: Action, link: &Link) -> Access {
    Access::Entities(vec![(action, link.entity), (Action::Read, link.source()), (Action::Read, link.target())])
}

/// The operations that show what is linked, and what is not.
fn looks<L: Entity>(links: &Arc<Links<L>>) -> [Operation; 2] {
    let (link, names) = (links.link, Names::new(&links.link));
    let (a_from, to) = (schema::a(link.source().name), schema::words(link.target().plural));
    let list = json!({ "type": "array", "items": schema::reference(link.target().name) });
    let id = format!("list{}", names.ids);
    let linked = Operation::new(
        (Method::GET, &names.below, &id),
        access(Action::Read, &link),
        links,
        |links, call| async move { list_of(&links, &call, true).await },
    );
    let id = format!("listAvailable{}", names.ids);
    let available = Operation::new(
        (Method::GET, &names.available, &id),
        access(Action::Read, &link),
        links,
        |links, call| async move { list_of(&links, &call, false).await },
    );
    [
        linked.summary(&format!("List the {to} of {a_from}")).answers(200, "Those that are linked.", &list),
        available.summary(&format!("List the {to} that {a_from} does not have")).answers(200, "The others.", &list),
    ]
}

/// The operations that link, and end links.
fn changes<L: Entity>(links: &Arc<Links<L>>) -> [Operation; 3] {
    let (link, names) = (links.link, Names::new(&links.link));
    let (a_from, to) = (schema::a(link.source().name), schema::words(link.target().plural));
    let body = schema::without(schema::create(L::META), L::META.fields[link.from].name);
    let mut body = schema::named(&format!("{}Link", names.id), body);
    body["description"] = json!(format!("Which {} it is.", schema::words(link.target().name)));
    let id = format!("add{}", names.id);
    let add = Operation::new(
        (Method::POST, &names.below, &id),
        access(Action::Create, &link),
        links,
        |links, call| async move { added(&links, call).await },
    );
    let id = format!("remove{}", names.id);
    let remove = Operation::new(
        (Method::DELETE, &names.one, &id),
        access(Action::Delete, &link),
        links,
        |links, call| async move { removed(&links, &call, true).await },
    );
    let id = format!("remove{}", names.ids);
    let remove_all = Operation::new(
        (Method::DELETE, &names.below, &id),
        access(Action::Delete, &link),
        links,
        |links, call| async move { removed(&links, &call, false).await },
    );
    let source = schema::reference(link.source().name);
    let as_it_is = format!("The {}.", schema::words(link.source().name));
    [
        add.summary(&format!("Link {a_from} with one of the {to}")).body(&body).answers(200, &as_it_is, &source),
        remove.summary(&format!("End the link of {a_from} with one of the {to}")).answers(200, &as_it_is, &source),
        remove_all.summary(&format!("End all links of {a_from} with {to}")).answers(200, &as_it_is, &source),
    ]
}

/// Says of which kinds the keys in the path are, and of what pages lists have.
fn described(mut operation: Operation, link: &Link) -> Operation {
    let key = |name: &str, meta: &'static EntityMeta| {
        json!({
            "name": name, "in": "path", "required": true,
            "description": format!("Key of the {}.", schema::words(meta.name)),
            "schema": key_schema(meta), "example": schema::example(meta.key()),
        })
    };
    let to = link.entity.fields[link.to].name;
    let mut parameters = vec![key("id", link.source())];
    if operation.path.contains(&format!("{{{to}}}")) {
        parameters.push(key(to, link.target()));
    }
    if operation.method == Method::GET {
        parameters.extend(kwik_api::resource::page_parameters(link.target()));
    }
    operation.document["parameters"] = parameters.into();
    operation
}

fn key_schema(meta: &'static EntityMeta) -> Json {
    let mut schema = schema::field(meta.key(), false);
    if let Some(members) = schema.as_object_mut() {
        members.retain(|name, _| matches!(name.as_str(), "type" | "format"));
    }
    schema
}

fn source_key<L: Entity>(links: &Links<L>, call: &Call) -> Result<Value> {
    key(links.link.source(), &call.path::<String>(0, "id")?, "id")
}

async fn list_of<L: Entity>(links: &Links<L>, call: &Call, linked: bool) -> Result<Response> {
    let (meta, id) = (links.link.target(), source_key(links, call)?);
    let page = page_query(meta.max_limit, call.parameters())?;
    let AnyRows { rows, visible } = links.list(call.ctx()?, &id, linked, page).await?;
    let mut body = Vec::with_capacity(rows.len() * 256);
    write_array(&mut body, &rows, |out, row| json::write_entity(out, meta, row, visible));
    Ok(json_response(body))
}

async fn added<L: Entity>(links: &Links<L>, mut call: Call) -> Result<Response> {
    let id = source_key(links, &call)?;
    call.no_query()?;
    let body = call.body(JSON).await?;
    let (other, create) = read::<L>(&links.link, &id, &body)?;
    let ctx = call.ctx()?;
    links.add(ctx, &id, &other, create).await?;
    Ok(one(links.link.source(), &links.source(ctx, &id).await?))
}

/// The body has all fields of the row that links but the one that the path gives.
fn read<L: Entity>(link: &Link, id: &Value, body: &[u8]) -> Result<(Value, L::Create)> {
    let mut reader = ObjectReader::new(L::META, body, false)?.below(link.from, id.as_ref().to_text());
    let create = <L::Create as Input>::read(&mut reader);
    let (mut errors, mut changes) = (reader.finish(), Vec::new());
    if let Some(create) = &create {
        create.changes(&mut changes);
    }
    let other = changes.iter().find(|(index, _)| *index == link.to).map(|(_, value)| (*value).to_owned());
    let other = other.filter(|value| !value.as_ref().is_null());
    if create.is_some() && other.is_none() {
        errors.push(FieldError::new(L::META.fields[link.to].name, Issue::new("required", "is required")));
    }
    match (other, create) {
        (Some(other), Some(create)) if errors.is_empty() => Ok((other, create)),
        _ => Err(Error::Invalid(errors)),
    }
}

async fn removed<L: Entity>(links: &Links<L>, call: &Call, one_only: bool) -> Result<Response> {
    let id = source_key(links, call)?;
    let name = L::META.fields[links.link.to].name;
    let other = if one_only { Some(key(links.link.target(), &call.path::<String>(1, name)?, name)?) } else { None };
    call.no_query()?;
    let ctx = call.ctx()?;
    links.remove(ctx, &id, other.as_ref()).await?;
    Ok(one(links.link.source(), &links.source(ctx, &id).await?))
}

/// The row from which one looks, as an answer.
fn one(meta: &'static EntityMeta, (row, visible): &(impl Fields, FieldSet)) -> Response {
    let mut body = Vec::with_capacity(256);
    json::write_entity(&mut body, meta, row, *visible);
    let mut response = json_response(body);
    if let Some(kwik_domain::ValueRef::Int(version)) = meta.version().map(|index| row.get(index)) {
        let tag: HeaderValue = entity_tag(meta, version, *visible);
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
