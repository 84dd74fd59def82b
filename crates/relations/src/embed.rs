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

/// The most rows that are read for one relation in one answer.
const MOST: u64 = 10_000;
/// The most bytes that related rows have in one answer: one row may stand in it many times.
const MOST_BYTES: usize = 32 * 1024 * 1024;

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
        (rows, visible): (&[&dyn Fields], FieldSet),
        room: &mut Room,
    ) -> Result<Vec<Vec<u8>>> {
        let mut members = vec![Vec::new(); rows.len()];
        for wanted in all {
            match wanted.relation {
                Relation::One { field, target } => {
                    must_see(visible, field, wanted.name)?;
                    let keys = distinct(rows.iter().map(|row| row.get(field)));
                    let found = self.found(ctx, (target, 0), keys, wanted, room).await?;
                    one(&mut members, wanted.name, rows, field, &found, room)?;
                }
                Relation::Many { field, target } => {
                    let keys = distinct(rows.iter().map(|row| row.get(0)));
                    let found = self.found(ctx, (target, field), keys, wanted, room).await?;
                    for (members, row) in members.iter_mut().zip(rows) {
                        let objects = found.get(&row.get(0).to_text()).into_iter().flatten();
                        many(members, wanted.name, objects, room)?;
                    }
                }
                Relation::Linked(link) => {
                    let keys = distinct(rows.iter().map(|row| row.get(0)));
                    let linking = self.read(ctx, link.entity, Filter::In(link.from, keys), &[]).await?;
                    must_see(linking.visible, link.from, wanted.name)?;
                    must_see(linking.visible, link.to, wanted.name)?;
                    let keys = distinct(linking.rows.iter().map(|row| row.get(link.to)));
                    let found = self.found(ctx, (link.target(), 0), keys, wanted, room).await?;
                    linked(&mut members, wanted.name, rows, (&link, &linking), &found, room)?;
                }
            }
        }
        Ok(members)
    }
}

/// How many bytes related rows may still have.
struct Room(usize);

impl Room {
    fn put(&mut self, out: &mut Vec<u8>, bytes: &[u8]) -> Result<()> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or_else(|| {
            too_many(format!("would embed more than {} MiB; ask for fewer rows or relations", MOST_BYTES / 1024 / 1024))
        })?;
        out.extend_from_slice(bytes);
        Ok(())
    }
}

fn too_many(message: String) -> Error {
    Error::InvalidQuery(vec![ParameterError::new("expand", Issue::new("too_many", message))])
}

/// Where a row is embedded tells what the field is.
fn must_see(visible: FieldSet, field: usize, name: &str) -> Result<()> {
    if visible.contains(field) {
        return Ok(());
    }
    Err(Error::Denied(Denial::new(format!("what leads to {name} may not be seen"))))
}

/// JSON objects of rows by a value of theirs, as text.
type Objects = HashMap<String, Vec<Vec<u8>>>;

impl Relations {
    /// The rows that satisfy a filter, with what is nested in them, by the value of a field.
    async fn found(
        &self,
        ctx: &Ctx,
        (target, by): (&'static EntityMeta, usize),
        keys: Vec<Value>,
        wanted: &Wanted,
        room: &mut Room,
    ) -> Result<Objects> {
        let order = [Order { field: by, descending: false }];
        let read = self.read(ctx, target, Filter::In(by, keys), &order).await?;
        must_see(read.visible, by, wanted.name)?;
        let rows: Vec<&dyn Fields> = read.rows.iter().map(|row| row as &dyn Fields).collect();
        let nested = if wanted.nested.is_empty() {
            vec![Vec::new(); rows.len()]
        } else {
            Box::pin(self.followed(ctx, &wanted.nested, (&rows, read.visible), room)).await?
        };
        let mut objects = Objects::new();
        for (row, nested) in rows.iter().zip(nested) {
            let mut object = Vec::with_capacity(256 + nested.len());
            json::write_entity(&mut object, target, *row, read.visible);
            close_object(&mut object, &nested);
            objects.entry(row.get(by).to_text()).or_default().push(object);
        }
        Ok(objects)
    }

    async fn read(&self, ctx: &Ctx, target: &'static EntityMeta, filter: Filter, order: &[Order]) -> Result<AnyRows> {
        let page = Page { skip: 0, limit: MOST + 1 };
        let read = AnyRow::list(&self.data, ctx, target, &filter, order, page).await?;
        if read.rows.len() as u64 > MOST {
            return Err(too_many(format!(
                "would embed more than {MOST} rows of {}; ask for fewer rows",
                target.collection
            )));
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
        // Rows of a list, and all that hangs on them: as dear as a list.
        let _turn = if rows.len() > 1 { Some(self.data.turn_to_list().await?) } else { None };
        self.followed(ctx, &wanted, (rows, visible), &mut Room(MOST_BYTES)).await
    }
}

/// The values without null and without repetition.
fn distinct<'a>(values: impl Iterator<Item = ValueRef<'a>>) -> Vec<Value> {
    let mut seen = std::collections::HashSet::new();
    values.filter(|value| !value.is_null() && seen.insert(value.to_text())).map(ValueRef::to_owned).collect()
}

fn one(
    members: &mut [Vec<u8>],
    name: &str,
    rows: &[&dyn Fields],
    field: usize,
    found: &Objects,
    room: &mut Room,
) -> Result<()> {
    for (members, row) in members.iter_mut().zip(rows) {
        let object = found.get(&row.get(field).to_text()).and_then(|objects| objects.first());
        let object = object.filter(|_| !row.get(field).is_null());
        member(members, name);
        room.put(members, object.map_or(b"null", Vec::as_slice))?;
    }
    Ok(())
}

fn many<'o>(
    members: &mut Vec<u8>,
    name: &str,
    objects: impl Iterator<Item = &'o Vec<u8>>,
    room: &mut Room,
) -> Result<()> {
    member(members, name);
    members.push(b'[');
    for (n, object) in objects.enumerate() {
        if n > 0 {
            members.push(b',');
        }
        room.put(members, object)?;
    }
    members.push(b']');
    Ok(())
}

fn linked(
    members: &mut [Vec<u8>],
    name: &str,
    rows: &[&dyn Fields],
    (link, linking): (&Link, &AnyRows),
    found: &Objects,
    room: &mut Room,
) -> Result<()> {
    let mut targets: HashMap<String, Vec<&Vec<u8>>> = HashMap::new();
    for row in &linking.rows {
        let target = found.get(&row.get(link.to).to_text()).and_then(|objects| objects.first());
        targets.entry(row.get(link.from).to_text()).or_default().extend(target);
    }
    for (members, row) in members.iter_mut().zip(rows) {
        many(members, name, targets.get(&row.get(0).to_text()).into_iter().flatten().copied(), room)?;
    }
    Ok(())
}

fn member(members: &mut Vec<u8>, name: &str) {
    members.push(b',');
    json::write_value(members, ValueRef::Text(name));
    members.push(b':');
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_stands_in_many_places_takes_room_in_each() {
        let (mut room, mut members) = (Room(10), vec![Vec::new(); 3]);
        let found = Objects::from([("1".to_owned(), vec![b"{\"a\"}".to_vec()])]);
        let objects = || found["1"].iter();
        many(&mut members[0], "x", objects(), &mut room).unwrap();
        many(&mut members[1], "x", objects(), &mut room).unwrap();
        assert_eq!(members[0], b",\"x\":[{\"a\"}]");
        let full = many(&mut members[2], "x", objects(), &mut room);
        assert!(matches!(full, Err(Error::InvalidQuery(errors)) if errors[0].issue.code == "too_many"));
    }
}
