//! `migrate`: tables.

use crate::{App, Result, Settings, app::connect, terminal::say};
use clap::ArgMatches;
use kwik_adapters::Database;
use kwik_schema::{self as schema, MigrationState};
use std::path::Path;

/// Runs the command below `migrate`.
pub(crate) async fn run(app: App, settings: &Settings, matches: &ArgMatches) -> Result<()> {
    if let Some(("new", matches)) = matches.subcommand() {
        return new(&app, matches);
    }
    let database = connect(settings).await?;
    let outcome = on_database(&app, &database, matches).await;
    database.close().await;
    outcome
}

async fn on_database(app: &App, database: &Database, matches: &ArgMatches) -> Result<()> {
    match matches.subcommand() {
        Some(("up", _)) => {
            let count = schema::migrate_up(database, app.migrations, &mut |line| say(line)).await?;
            say(&match count {
                0 => "nothing to do: every migration has run".to_owned(),
                1 => "1 migration has run".to_owned(),
                n => format!("{n} migrations have run"),
            });
        }
        Some(("status", _)) => status(app, database).await?,
        Some(("develop", matches)) => {
            let statements = schema::develop(database, &app.schema()?, matches.get_flag("drop-columns")).await?;
            if statements.is_empty() {
                say("nothing to do: the tables are what the entities need");
            }
            for statement in &statements {
                say(statement);
            }
        }
        _ => {
            schema::check(database, app.migrations, &app.schema()?).await?;
            say("the database is what the program needs");
        }
    }
    Ok(())
}

async fn status(app: &App, database: &Database) -> Result<()> {
    let all = schema::status(database, app.migrations).await?;
    if all.is_empty() {
        say("there are no migrations; write the first with `migrate new`");
    }
    for migration in all {
        let state = match migration.state {
            MigrationState::Applied => "applied",
            MigrationState::Pending => "pending",
            MigrationState::Edited => "edited after it ran",
            MigrationState::Unknown => "unknown to this program",
        };
        let at = migration.applied_at.map(|at| format!(" at {}", kwik_domain::json::rfc3339(at))).unwrap_or_default();
        say(&format!("{}: {state}{at}", migration.label()));
    }
    Ok(())
}

fn new(app: &App, matches: &ArgMatches) -> Result<()> {
    let name = matches.get_one::<String>("name").map(String::as_str).unwrap_or_default();
    let folder = matches.get_one::<String>("dir").map_or(app.migrations_folder, String::as_str);
    for file in schema::new_migration(Path::new(folder), name, &app.schema()?)? {
        say(&format!("wrote {}", file.display()));
    }
    if app.migrations.is_empty() {
        say(
            "let the program have them: App::new().migrations(kwik::migrations!()), and touch src/main.rs so that it is compiled again",
        );
    }
    Ok(())
}
