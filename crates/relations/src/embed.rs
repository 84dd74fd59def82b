//! Related rows, read for all rows of a page at once.

use crate::{
    Link,
    relation::Relation,
    wanted::{Wanted, wanted},
};
use async_trait::async_trait;
use kwik_api::resource::{Expand, RelationTo, close_object};
use kwik_app::{AnyRow, AnyRows, Data};
use kwik_domain::{
    Ctx, Denial, EntityMeta, Error, FieldSet, Fields, Filter, Issue, Order, Page, ParameterError, Result, Value,
    ValueRef, json,
};
use std::{collections::HashMap, sync::Arc};

/// The most rows that one relation embeds in one answer.
const MOST: u64 = 10_000;

/// Embeds related rows in representations: for each relation that is asked for one statement, or two where
/// rows are linked by others, whatever the number of rows. All of them pass the policy.
#[derive(Clone)]
pub struct Relations {
    pub(crate) data: Data,
    links: Arc<[Link]>,
}

impl Relations {
    /// The relations of a program's entities: references and parts, which the entities declare, and these links.
    pub fn new(data: Data, links: &[Link]) -> Self {
        Self { data, links: links.into() }
    }

    /// For each row the members that stand at the end of its JSON.
    async fn followed(
        &self,
        ctx: &Ctx,
        all: &[Wanted],
        rows: &[&dyn Fields],
        visible: FieldSet,
    ) -> Result<Vec<Vec<u8>>> {
        let mut members = vec![Vec::new(); rows.len()];
        for wanted in all {
            match wanted.relation {
                Relation::One { field, .. } if !visible.contains(field) => {
                    return Err(Error::Denied(Denial::new(format!("what {} is may not be seen", wanted.name))));
                }
                Relation::One { field, target } => {
                    let keys = distinct(rows.iter().map(|row| row.get(field)));
                    let found = self.found(ctx, target, Filter::In(0, keys), 0, wanted).await?;
                    one(&mut members, wanted.name, rows, field, &found);
                }
                Relation::Many { field, target } => {
                    let keys = distinct(rows.iter().map(|row| row.get(0)));
                    let found = self.found(ctx, target, Filter::In(field, keys), field, wanted).await?;
                    for (members, row) in members.iter_mut().zip(rows) {
                        many(members, wanted.name, found.get(&row.get(0).to_text()));
                    }
                }
                Relation::Linked(link) => {
                    let keys = distinct(rows.iter().map(|row| row.get(0)));
                    let linking = self.read(ctx, link.entity, Filter::In(link.from, keys), &[]).await?;
                    let keys = distinct(linking.rows.iter().map(|row| row.get(link.to)));
                    let found = self.found(ctx, link.target(), Filter::In(0, keys), 0, wanted).await?;
                    linked(&mut members, wanted.name, rows, &link, &linking, &found);
                }
            }
        }
        Ok(members)
    }
}

/// JSON objects of rows by a value of theirs, as text.
type Objects = HashMap<String, Vec<Vec<u8>>>;

impl Relations {
    /// The rows that satisfy a filter, with what is nested in them, by the value of a field.
    async fn found(
        &self,
        ctx: &Ctx,
        target: &'static EntityMeta,
        filter: Filter,
        by: usize,
        wanted: &Wanted,
    ) -> Result<Objects> {
        let read = self.read(ctx, target, filter, &[Order { field: by, descending: false }]).await?;
        let rows: Vec<&dyn Fields> = read.rows.iter().map(|row| row as &dyn Fields).collect();
        let nested = if wanted.nested.is_empty() {
            vec![Vec::new(); rows.len()]
        } else {
            Box::pin(self.followed(ctx, &wanted.nested, &rows, read.visible)).await?
        };
        let mut objects = Objects::new();
        for (row, nested) in rows.iter().zip(nested) {
            let object = object(target, *row, read.visible, &nested);
            objects.entry(row.get(by).to_text()).or_default().push(object);
        }
        Ok(objects)
    }

    async fn read(&self, ctx: &Ctx, target: &'static EntityMeta, filter: Filter, order: &[Order]) -> Result<AnyRows> {
        let page = Page { skip: 0, limit: MOST + 1 };
        let read = AnyRow::list(&self.data, ctx, target, &filter, order, page).await?;
        if read.rows.len() as u64 > MOST {
            let message = format!("would embed more than {MOST} rows of {}; ask for fewer rows", target.collection);
            return Err(Error::InvalidQuery(vec![ParameterError::new("expand", Issue::new("too_many", message))]));
        }
        Ok(read)
    }
}

#[async_trait]
impl Expand for Relations {
    fn relations(&self, meta: &'static EntityMeta) -> Vec<RelationTo> {
        let to = |(name, relation): (&'static str, Relation)| RelationTo {
            name,
            target: relation.target(),
            many: !matches!(relation, Relation::One { .. }),
        };
        Relation::all(meta, &self.links).into_iter().map(to).collect()
    }

    async fn members(
        &self,
        ctx: &Ctx,
        meta: &'static EntityMeta,
        names: &str,
        rows: &[&dyn Fields],
        visible: FieldSet,
    ) -> Result<Vec<Vec<u8>>> {
        let wanted = wanted(meta, &self.links, names)?;
        self.followed(ctx, &wanted, rows, visible).await
    }
}

/// The values without null and without repetition.
fn distinct<'a>(values: impl Iterator<Item = ValueRef<'a>>) -> Vec<Value> {
    let mut seen = std::collections::HashSet::new();
    values.filter(|value| !value.is_null() && seen.insert(value.to_text())).map(ValueRef::to_owned).collect()
}

fn object(meta: &'static EntityMeta, row: &dyn Fields, visible: FieldSet, members: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    json::write_entity(&mut out, meta, row, visible);
    close_object(&mut out, members);
    out
}

fn one(members: &mut [Vec<u8>], name: &str, rows: &[&dyn Fields], field: usize, found: &Objects) {
    for (members, row) in members.iter_mut().zip(rows) {
        let object = found.get(&row.get(field).to_text()).and_then(|objects| objects.first());
        let object = object.filter(|_| !row.get(field).is_null());
        member(members, name);
        members.extend_from_slice(object.map_or(b"null", Vec::as_slice));
    }
}

fn many(members: &mut Vec<u8>, name: &str, objects: Option<&Vec<Vec<u8>>>) {
    member(members, name);
    members.push(b'[');
    members.extend(objects.map(|objects| objects.join(&b","[..])).unwrap_or_default());
    members.push(b']');
}

fn linked(members: &mut [Vec<u8>], name: &str, rows: &[&dyn Fields], link: &Link, linking: &AnyRows, found: &Objects) {
    let mut targets: HashMap<String, Vec<Vec<u8>>> = HashMap::new();
    for row in &linking.rows {
        let target = found.get(&row.get(link.to).to_text()).and_then(|objects| objects.first());
        targets.entry(row.get(link.from).to_text()).or_default().extend(target.cloned());
    }
    for (members, row) in members.iter_mut().zip(rows) {
        many(members, name, targets.get(&row.get(0).to_text()));
    }
}

fn member(members: &mut Vec<u8>, name: &str) {
    members.push(b',');
    json::write_value(members, ValueRef::Text(name));
    members.push(b':');
}
