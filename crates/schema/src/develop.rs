//! Development: the database follows the entities at each start.

use super::{
    Schema, SchemaError,
    diff::Difference,
    engine::{self, Engine},
    migrate_up::PATIENCE,
    precheck,
    view::{PhysicalView, Views},
};
use kwik_adapters::Database;

/// Makes the database what the schema says, in one transaction, and returns the statements that were
/// run, and a note (`-- …`) for each column that no entity has but that holds values: it stays, able
/// to be null, unless `drop` is true. Tables that no entity has are left alone.
///
/// # Errors
///
/// When the data does not allow a change, another process holds the lock, or a statement fails; the
/// database is then as it was.
pub async fn develop(database: &Database, schema: &Schema, drop: bool) -> Result<Vec<String>, SchemaError> {
    let mut engine = engine::open(database).await?;
    let outcome = follow(&mut *engine, schema, drop).await;
    engine.close().await;
    outcome
}

async fn follow(engine: &mut dyn Engine, schema: &Schema, drop: bool) -> Result<Vec<String>, SchemaError> {
    engine.lock(PATIENCE).await?;
    engine.begin().await?;
    let mut difference = compare(engine, schema).await?;
    let notes = precheck::fit(engine, &mut difference, drop).await?;
    let dialect = engine.dialect();
    let (mut report, views) = difference.views.remake(dialect, !difference.changes.is_empty());
    report.extend(difference.render(dialect).concat());
    report.extend(views);
    for statement in &report {
        engine.run(statement).await?;
    }
    let views = Views { there: views_there(engine, schema).await?, wanted: schema.views.clone() };
    let lacks = views.lacks(dialect);
    if !lacks.is_empty() {
        return Err(SchemaError::View(lacks));
    }
    engine.commit().await?;
    report.extend(notes);
    Ok(report)
}

/// What has to be done in a database, whatever its data.
pub(super) async fn compare(engine: &mut dyn Engine, schema: &Schema) -> Result<Difference, SchemaError> {
    let tables = schema.tables.iter();
    let names: Vec<String> = tables.flat_map(|table| table.renamed_from.iter().chain([&table.name])).cloned().collect();
    let there = engine.tables(&names).await?;
    let views = views_there(engine, schema).await?;
    Difference::between(&there, views, schema, engine.dialect())
}

async fn views_there(engine: &mut dyn Engine, schema: &Schema) -> Result<Vec<PhysicalView>, SchemaError> {
    engine.views(&schema.views.iter().map(|view| view.name.clone()).collect::<Vec<_>>()).await
}
