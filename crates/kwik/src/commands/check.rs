//! `check`: whether the program could serve.

use crate::{App, Environment, Result, Service, Settings, app::connect, terminal::say};
use kwik_adapters::Database;
use kwik_schema as schema;

/// Checks declarations and settings, then the database; changes nothing.
pub(crate) async fn run(app: App, settings: &Settings) -> Result<()> {
    let wanted = app.schema()?;
    let migrations = app.migrations;
    Service::document(app, settings).await?;
    say("the declarations are right");
    if Database::is_missing(&settings.database_url) {
        say("there is no database yet; the first start makes it");
        return Ok(());
    }
    let database = connect(settings).await?;
    say("the database answers");
    let outcome = match settings.environment {
        Environment::Production => schema::check(&database, migrations, &wanted).await.map(|()| Vec::new()),
        Environment::Development => schema::drift(&database, &wanted).await,
    };
    database.close().await;
    match outcome?.as_slice() {
        [] => say("its tables are what the entities need"),
        drift => {
            say("its tables will be changed at the next start:");
            for line in drift {
                say(&format!("  {line}"));
            }
        }
    }
    Ok(())
}
