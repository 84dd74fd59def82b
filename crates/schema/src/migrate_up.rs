//! Production: migrations run once, in order, one instance at a time.

use super::{
    Migration, SchemaError, audit_table,
    engine::{self, Engine},
    journal,
    migration::check_order,
    status::{self, MigrationState, MigrationStatus},
};
use kwik_adapters::Database;
use std::time::Duration;

/// How long to wait for another instance that changes the schema.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// Runs the migrations that have not run, each in a transaction together with the note that it ran:
/// one that fails or is killed leaves nothing and can be run again. Says before each which one it is.
/// Returns how many ran.
///
/// # Errors
///
/// When one fails, was edited after it ran, is unknown to this program, or comes before one that ran;
/// when the tables were made by development; when another process holds the lock for a minute.
pub async fn migrate_up(
    database: &Database,
    migrations: &[Migration],
    on_progress: &mut (dyn FnMut(&str) + Send),
) -> Result<usize, SchemaError> {
    check_order(migrations)?;
    let mut engine = engine::open(database).await?;
    let outcome = run_pending(&mut *engine, migrations, on_progress).await;
    engine.close().await;
    outcome
}

async fn run_pending(
    engine: &mut dyn Engine,
    migrations: &[Migration],
    on_progress: &mut (dyn FnMut(&str) + Send),
) -> Result<usize, SchemaError> {
    engine.lock(PATIENCE).await?;
    let entries = journal::read(engine).await?;
    let all = status::compare(&entries, migrations, engine.dialect());
    status::refuse(&all)?;
    refuse_late(&all)?;
    if entries.is_empty() {
        refuse_developed(engine).await?;
        make_journal(engine).await?;
    }
    let pending = migrations.iter().filter(|m| !entries.iter().any(|entry| entry.number == m.number));
    let pending: Vec<&Migration> = pending.collect();
    for (done, migration) in pending.iter().enumerate() {
        on_progress(&format!("applying {} ({} of {})", migration.label(), done + 1, pending.len()));
        run(engine, migration).await.map_err(|error| failed(migration, error))?;
    }
    Ok(pending.len())
}

async fn run(engine: &mut dyn Engine, migration: &Migration) -> Result<(), SchemaError> {
    let dialect = engine.dialect();
    engine.begin().await?;
    // Gone if the migration ended the transaction, whatever it began after that.
    engine.run("SAVEPOINT kwik_migration").await?;
    engine.run(migration.text(dialect)).await?;
    let ended = |_| SchemaError::EndsTransaction(migration.label());
    engine.run("RELEASE SAVEPOINT kwik_migration").await.map_err(ended)?;
    engine.record(migration.number, migration.name, &migration.checksum(dialect)).await?;
    engine.commit().await
}

fn failed(migration: &Migration, error: SchemaError) -> SchemaError {
    let (reason, hint) = match error {
        SchemaError::Statement { reason, hint, .. } => (reason, hint),
        error @ SchemaError::EndsTransaction(_) => return error,
        other => (other.to_string(), ""),
    };
    SchemaError::Migration { number: migration.number, name: migration.name.to_owned(), reason, hint }
}

/// One that was made on another branch and comes late was never tried after those that ran.
fn refuse_late(all: &[MigrationStatus]) -> Result<(), SchemaError> {
    let last = all.iter().rposition(|status| status.state == MigrationState::Applied).unwrap_or(0);
    status::labels(&all[..last.min(all.len())], MigrationState::Pending)
        .map_or(Ok(()), |labels| Err(SchemaError::OutOfOrder(labels)))
}

async fn refuse_developed(engine: &mut dyn Engine) -> Result<(), SchemaError> {
    let developed = !engine.tables(&[audit_table::NAME.to_owned()]).await?.is_empty();
    if developed { Err(SchemaError::Developed) } else { Ok(()) }
}

async fn make_journal(engine: &mut dyn Engine) -> Result<(), SchemaError> {
    engine.begin().await?;
    if !journal::exists(engine).await? {
        engine.run(journal::create(engine.dialect())).await?;
    }
    engine.commit().await
}
