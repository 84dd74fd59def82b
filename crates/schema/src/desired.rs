//! The schema that entities need.

use super::{
    Column, Fill, ForeignKey, Notify, Schema, SchemaError, Table, View, audit_table, default_value, journal,
    names::MAX_BYTES,
};
use kwik_domain::{EntityMeta, FieldMeta, KeySource, RightsOf, access};
use std::collections::HashMap;

impl Schema {
    /// The tables of the framework's entities, of the app's, and of the audit trail.
    ///
    /// # Errors
    ///
    /// When two entities want the same table, a name is longer than databases keep, a default is no value
    /// of its field, or an entity refers to one that is not among them.
    pub fn of(entities: &[&'static EntityMeta]) -> Result<Self, SchemaError> {
        let mut owners = HashMap::from([
            (audit_table::NAME.to_owned(), "the audit trail".to_owned()),
            (journal::TABLE.to_owned(), "the list of migrations".to_owned()),
        ]);
        let mut tables = Vec::with_capacity(entities.len() + access::ENTITIES.len() + 1);
        let mut seen: Vec<&EntityMeta> = Vec::new();
        let mut views = Vec::new();
        for meta in access::ENTITIES.iter().chain(entities) {
            if seen.iter().any(|other| std::ptr::eq(*other, *meta)) {
                continue;
            }
            seen.push(meta);
            check_name(meta.name, meta.table)?;
            // SQLite takes names that differ only in case for the same.
            if let Some(first) = owners.insert(meta.table.to_ascii_lowercase(), meta.name.to_owned()) {
                let (table, second) = (meta.table.to_owned(), meta.name.to_owned());
                return Err(SchemaError::DuplicateTable { table, first, second });
            }
            match view(meta)? {
                Some(view) => views.push(view),
                None => tables.push(table(meta)?),
            }
        }
        for meta in &seen {
            check_references(meta, &seen)?;
        }
        tables.push(audit_table::table());
        Ok(Self { tables, views })
    }
}

/// What an entity shows that has no table.
fn view(meta: &'static EntityMeta) -> Result<Option<View>, SchemaError> {
    let Some(view) = meta.view else { return Ok(None) };
    let mut columns = Vec::with_capacity(meta.own);
    for (_, field) in meta.own_fields() {
        check_name(&format!("{}.{}", meta.name, field.name), field.column)?;
        columns.push(Column { nullable: field.nullable, ..Column::new(field.column, field.kind.into()) });
    }
    // As databases keep it: without what may stand around a query.
    let query = |text: &str| text.trim().trim_end_matches(';').trim_end().to_owned();
    let (postgres, sqlite) = (query(view.postgres), query(view.sqlite));
    Ok(Some(View { name: meta.table.to_owned(), postgres, sqlite, columns }))
}

/// What is referred to must be there, with a key of its own.
fn check_references(meta: &EntityMeta, all: &[&EntityMeta]) -> Result<(), SchemaError> {
    for (index, reference) in meta.references() {
        let target = reference.target();
        let why = if !all.iter().any(|other| other.is(target)) {
            "which the program does not have; add it with App::entity or App::resource"
        } else if target.view.is_some() && meta.view.is_none() {
            "which is a view; refer to the entity of a table"
        } else {
            continue;
        };
        let field = format!("{}.{}", meta.name, meta.fields[index].name);
        return Err(SchemaError::Reference { field, target: target.name, why });
    }
    Ok(())
}

fn table(meta: &'static EntityMeta) -> Result<Table, SchemaError> {
    let mut table = Table::new(meta.table);
    table.renamed_from = meta.renamed_from.map(str::to_owned);
    table.notify = meta.grants_rights.map(|whose| match whose {
        RightsOf::Everybody => Notify::Everybody,
        RightsOf::User(field) => Notify::User(meta.fields[field].column.to_owned()),
    });
    let created = meta.audit_columns().map(|first| meta.fields[first].column);
    for (index, field) in meta.fields.iter().enumerate() {
        check_name(&format!("{}.{}", meta.name, field.name), field.column)?;
        let mut column = column(field);
        column.primary_key = index < meta.keys;
        column.identity = index == 0 && meta.key_source() == KeySource::Identity;
        if created == Some(field.column) {
            column.fill = Some(Fill::Now);
        }
        default_value::check(meta.table, &column)?;
        table.columns.push(column);
        if field.unique && index > 0 {
            add(&mut table.uniques, vec![field.column.to_owned()]);
        } else if field.indexed && index > 0 {
            // With the key behind it, by which lists sort among equals: the index gives them in order.
            let keys = meta.key_fields().iter().map(|key| key.column).filter(|key| *key != field.column);
            add(&mut table.indexes, std::iter::once(field.column).chain(keys).map(str::to_owned).collect());
        }
        if let Some(reference) = field.references {
            let target = reference.target();
            let (column, other) = (field.column.to_owned(), target.table.to_owned());
            table.foreign_keys.push(ForeignKey { column, table: other, target: target.key().column.to_owned() });
        }
    }
    for group in meta.unique_groups {
        add(&mut table.uniques, group.iter().map(|index| meta.fields[*index].column.to_owned()).collect());
    }
    Ok(table)
}

fn column(field: &FieldMeta) -> Column {
    let mut column = Column::new(field.column, field.kind.into());
    column.renamed_from = field.renamed_from.map(str::to_owned);
    column.nullable = field.nullable;
    column.default = field.default.map(str::to_owned);
    column.fill = field.fill.map(|expression| Fill::Sql(expression.to_owned()));
    column
}

fn add(list: &mut Vec<Vec<String>>, columns: Vec<String>) {
    if !list.contains(&columns) {
        list.push(columns);
    }
}

fn check_name(owner: &str, name: &str) -> Result<(), SchemaError> {
    let why = if name.is_empty() {
        "is empty; a name has at least one character".to_owned()
    } else if name.len() > MAX_BYTES {
        format!("is {} bytes long; a database keeps at most {MAX_BYTES}", name.len())
    } else if name.contains('\0') {
        "has the character NUL in it, which no database takes".to_owned()
    } else if name.to_ascii_lowercase().starts_with("sqlite_") {
        "begins with sqlite_, which SQLite keeps for itself".to_owned()
    } else {
        return Ok(());
    };
    Err(SchemaError::Name { owner: owner.to_owned(), name: name.to_owned(), why })
}
