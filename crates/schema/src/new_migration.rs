//! Writing a migration: what changed in the entities since the last one.

use super::{
    Schema, SchemaError,
    dialect::Dialect,
    diff::{Difference, TableChange},
    matching::{self, Wanted},
    migration::label,
    names::quote,
    physical::PhysicalTable,
    step::Step,
};
use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

/// The file that holds the schema after the last migration.
const STATE: &str = "schema.json";

/// Writes the migration from the schema after the last one to the schema now, in both dialects, and
/// the new `schema.json`. Returns the files. The same change gives the same files.
///
/// # Errors
///
/// [`SchemaError::NothingToDo`] when nothing changed; when the name is wrong, a type or key would be
/// changed in a way that may lose data, or a file cannot be read or written.
pub fn new_migration(dir: &Path, name: &str, schema: &Schema) -> Result<Vec<PathBuf>, SchemaError> {
    let proper = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
    if name.is_empty() || !name.bytes().all(proper) {
        return Err(SchemaError::MigrationName(name.to_owned()));
    }
    fs::create_dir_all(dir).map_err(SchemaError::file(dir))?;
    let last = last_number(dir)?;
    let state = read_state(dir, last)?;
    let label = label(last + 1, name);
    let mut files = Vec::new();
    for dialect in Dialect::ALL {
        let body = body(&state, schema, dialect)?;
        files.push((dir.join(format!("{label}.{}.sql", dialect.name())), dialect, body));
    }
    if files.iter().all(|(_, _, body)| body.is_empty()) {
        return Err(SchemaError::NothingToDo);
    }
    let mut written = Vec::new();
    for (path, dialect, body) in files {
        let body = if body.is_empty() { format!("-- Nothing changes on {}.\n", dialect.title()) } else { body };
        let text = format!("-- {label} on {}\n\n{body}", dialect.title());
        fs::write(&path, text).map_err(SchemaError::file(&path))?;
        written.push(path);
    }
    written.push(write_state(dir, schema)?);
    Ok(written)
}

/// The largest number of a migration's file; 0 if there is none.
fn last_number(dir: &Path) -> Result<u32, SchemaError> {
    let mut last = 0;
    for entry in fs::read_dir(dir).map_err(SchemaError::file(dir))? {
        let name = entry.map_err(SchemaError::file(dir))?.file_name();
        let Some(stem) = name.to_str().and_then(|name| name.strip_suffix(".sql")) else {
            continue;
        };
        let number = stem.split_once('_').and_then(|(number, _)| number.parse().ok());
        last = last.max(number.unwrap_or(0));
    }
    Ok(last)
}

fn read_state(dir: &Path, last: u32) -> Result<Schema, SchemaError> {
    let path = dir.join(STATE);
    let wrong = |reason: String| SchemaError::File { path: path.display().to_string(), reason };
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && last == 0 => Ok(Schema::default()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(wrong("there are migrations but not the schema after the last one; restore this file".to_owned()))
        }
        Err(error) => Err(wrong(error.to_string())),
    }
}

/// Through a file beside it, so that there is never half of it.
fn write_state(dir: &Path, schema: &Schema) -> Result<PathBuf, SchemaError> {
    let (path, draft) = (dir.join(STATE), dir.join("schema.json.new"));
    let failed =
        |error: serde_json::Error| SchemaError::File { path: path.display().to_string(), reason: error.to_string() };
    let mut json = serde_json::to_string_pretty(schema).map_err(failed)?;
    json.push('\n');
    fs::write(&draft, json).map_err(SchemaError::file(&draft))?;
    fs::rename(&draft, &path).map_err(SchemaError::file(&path))?;
    Ok(path)
}

/// The statements; empty if nothing changes.
fn body(state: &Schema, schema: &Schema, dialect: Dialect) -> Result<String, SchemaError> {
    let there: Result<Vec<PhysicalTable>, _> = state.tables.iter().map(|table| dialect.table(table)).collect();
    let views = state.views.iter().map(|view| view.physical(dialect)).filter(|view| view.stamp.is_some()).collect();
    let difference = Difference::between(&there?, views, schema, dialect)?;
    let removed: Vec<&str> = removed(state, schema).collect();
    let (before, after) = difference.views.remake(dialect, !difference.changes.is_empty() || !removed.is_empty());
    let mut parts: Vec<String> =
        difference.render(dialect).into_iter().map(|statements| statements.join("\n")).collect();
    for (part, change) in parts.iter_mut().zip(&difference.changes) {
        part.insert_str(0, &warnings(change)?);
    }
    parts.extend(Some(dialect.unlink(state, &removed)).filter(|sql| !sql.is_empty()).map(|sql| sql.join("\n")));
    parts.extend(removed.into_iter().map(|table| {
        format!("-- Attention: the table {table:?} goes, with all its data.\nDROP TABLE {};", quote(table))
    }));
    parts.splice(0..0, Some(before.join("\n")).filter(|sql| !sql.is_empty()));
    parts.extend(Some(after.join("\n")).filter(|sql| !sql.is_empty()));
    let mut text = parts.join("\n\n");
    if !text.is_empty() {
        text.push('\n');
    }
    Ok(text)
}

/// Comments on what a reader should think about twice.
fn warnings(change: &TableChange) -> Result<String, SchemaError> {
    let mut text = String::new();
    let table = &change.name;
    for step in &change.steps {
        // Writing to a string never fails.
        let _ = match step {
            Step::DropColumn(column) => {
                writeln!(text, "-- Attention: the column {:?} of {table:?} goes, with all its data.", column.name)
            }
            Step::AddColumn(column) | Step::SetNotNull(column) if !column.nullable && column.filling().is_none() => {
                writeln!(
                    text,
                    "-- Fails if rows of {table:?} have no value in {:?}: fill it here first, or give the field a default.",
                    column.name
                )
            }
            Step::AddForeignKey(key) => writeln!(
                text,
                "-- Fails if rows of {table:?} refer to rows that {:?} does not have: correct them here first.",
                key.table
            ),
            Step::ChangeType { from, to, safe: false } => {
                let (from, to) = (from.sql_type.clone(), to.clone());
                let table = table.clone();
                return Err(SchemaError::TypeChange { table, column: to.name, from, to: to.sql_type });
            }
            _ => Ok(()),
        };
    }
    Ok(text)
}

/// The tables that no entity has any more.
fn removed<'a>(state: &'a Schema, schema: &Schema) -> impl Iterator<Item = &'a str> {
    let wanted: Vec<Wanted<'_>> = schema
        .tables
        .iter()
        .map(|table| Wanted { name: &table.name, renamed_from: table.renamed_from.as_deref() })
        .collect();
    let names: Vec<&str> = state.tables.iter().map(|table| table.name.as_str()).collect();
    let found: Vec<Option<String>> =
        matching::find(&wanted, &names).into_iter().map(|name| name.map(str::to_owned)).collect();
    names.into_iter().filter(move |name| !found.iter().flatten().any(|found| found == name))
}
