//! Which migrations ran in a database.

use super::{
    Migration, SchemaError,
    dialect::Dialect,
    engine,
    journal::{self, Entry},
    migration::{check_order, label},
};
use chrono::{DateTime, Utc};
use kwik_adapters::Database;

/// What became of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrationState {
    /// It ran, with the text that it has now.
    Applied,
    /// It has not run.
    Pending,
    /// It ran with another text.
    Edited,
    /// It ran, but this program does not have it: the database is newer.
    Unknown,
}

/// A migration of the program or of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationStatus {
    /// Its number.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// What became of it.
    pub state: MigrationState,
    /// When it ran.
    pub applied_at: Option<DateTime<Utc>>,
}

impl MigrationStatus {
    /// Number and name as in its files.
    pub fn label(&self) -> String {
        label(self.number, &self.name)
    }
}

/// Every migration of the program and of the database, by number. Changes nothing.
///
/// # Errors
///
/// When the database cannot be read, or the program's numbers do not rise.
pub async fn status(database: &Database, migrations: &[Migration]) -> Result<Vec<MigrationStatus>, SchemaError> {
    check_order(migrations)?;
    let mut engine = engine::open(database).await?;
    let entries = journal::read(&mut *engine).await;
    let dialect = engine.dialect();
    engine.close().await;
    Ok(compare(&entries?, migrations, dialect))
}

/// What ran beside what there is.
pub(super) fn compare(entries: &[Entry], migrations: &[Migration], dialect: Dialect) -> Vec<MigrationStatus> {
    let known = migrations.iter().map(|migration| {
        let entry = entries.iter().find(|entry| entry.number == migration.number);
        let state = match entry {
            None => MigrationState::Pending,
            Some(entry) if entry.checksum == migration.checksum(dialect) => MigrationState::Applied,
            Some(_) => MigrationState::Edited,
        };
        let applied_at = entry.map(|entry| entry.applied_at);
        MigrationStatus { number: migration.number, name: migration.name.to_owned(), state, applied_at }
    });
    let unknown = entries.iter().filter(|entry| !migrations.iter().any(|m| m.number == entry.number));
    let unknown = unknown.map(|entry| MigrationStatus {
        number: entry.number,
        name: entry.name.clone(),
        state: MigrationState::Unknown,
        applied_at: Some(entry.applied_at),
    });
    let mut all: Vec<MigrationStatus> = known.chain(unknown).collect();
    all.sort_by_key(|status| status.number);
    all
}

/// Refuses what no migration and no start may pass over: edited migrations, and a newer database.
pub(super) fn refuse(all: &[MigrationStatus]) -> Result<(), SchemaError> {
    if let Some(labels) = labels(all, MigrationState::Edited) {
        return Err(SchemaError::Edited(labels));
    }
    labels(all, MigrationState::Unknown).map_or(Ok(()), |labels| Err(SchemaError::Newer(labels)))
}

/// The names of those in a state; nothing if there are none.
pub(super) fn labels(all: &[MigrationStatus], state: MigrationState) -> Option<String> {
    let labels: Vec<String> = all.iter().filter(|s| s.state == state).map(MigrationStatus::label).collect();
    (!labels.is_empty()).then(|| labels.join(", "))
}
