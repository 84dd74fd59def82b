//! Whether a program may start on a database in production.

use super::{
    Migration, Schema, SchemaError, develop,
    engine::{self, Engine},
    journal,
    migration::check_order,
    status::{self, MigrationState},
};
use kwik_adapters::Database;

/// Whether the migrations that ran are the program's, all of them and unedited, and made the database
/// what the entities need. Changes nothing.
///
/// # Errors
///
/// The first of [`SchemaError::Edited`], [`SchemaError::Newer`], [`SchemaError::Pending`] and
/// [`SchemaError::Drift`] that is the case; when the database cannot be read.
pub async fn check(database: &Database, migrations: &[Migration], schema: &Schema) -> Result<(), SchemaError> {
    check_order(migrations)?;
    let mut engine = engine::open(database).await?;
    let outcome = examine(&mut *engine, migrations, schema).await;
    engine.close().await;
    outcome
}

/// What the database lacks or has too much of, beside what the entities need: a sentence each. Tables
/// that no entity has do not count.
///
/// # Errors
///
/// When the database cannot be read, or a primary key is another than the entity's.
pub async fn drift(database: &Database, schema: &Schema) -> Result<Vec<String>, SchemaError> {
    let mut engine = engine::open(database).await?;
    let outcome = differences(&mut *engine, schema).await;
    engine.close().await;
    outcome
}

async fn examine(engine: &mut dyn Engine, migrations: &[Migration], schema: &Schema) -> Result<(), SchemaError> {
    let entries = journal::read(engine).await?;
    let all = status::compare(&entries, migrations, engine.dialect());
    status::refuse(&all)?;
    if let Some(labels) = status::labels(&all, MigrationState::Pending) {
        return Err(SchemaError::Pending(labels));
    }
    let drift = differences(engine, schema).await?;
    if drift.is_empty() { Ok(()) } else { Err(SchemaError::Drift(drift)) }
}

async fn differences(engine: &mut dyn Engine, schema: &Schema) -> Result<Vec<String>, SchemaError> {
    engine.begin().await?;
    let difference = develop::compare(engine, schema).await?;
    engine.commit().await?;
    Ok(difference.describe(engine.dialect()))
}
