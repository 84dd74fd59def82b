//! `takeover`: a database of Kwik in Python.

use crate::{App, Environment, Result, Settings, app::connect, terminal::say};
use clap::ArgMatches;
use kwik_adapters::{Database, system::SystemClock};
use kwik_domain::{Clock as _, Ctx, Via};
use kwik_takeover::{Report, Takeover, TakeoverError};

/// Reports what is there; takes it over, unless that is all that is wanted.
pub(crate) async fn run(app: App, settings: &Settings, matches: &ArgMatches) -> Result<()> {
    let database = connect(settings).await?;
    let outcome = on_database(&app, settings, &database, matches.get_flag("dry-run")).await;
    database.close().await;
    outcome
}

async fn on_database(app: &App, settings: &Settings, database: &Database, is_dry: bool) -> Result<()> {
    let schema = app.schema()?;
    let migrations = (settings.environment == Environment::Production).then_some(app.migrations);
    let now = app.clock.as_ref().map_or_else(|| SystemClock.now(), |clock| clock.now());
    let takeover = Takeover::new(database, &schema, migrations, Ctx::system(Via::CommandLine, now));
    let Some(report) = takeover.examine().await? else {
        say("nothing to do: the database has been taken over");
        return Ok(());
    };
    for line in report.lines() {
        say(&line);
    }
    if !report.refusals.is_empty() {
        return Err(TakeoverError::Refused(report.refusals).into());
    }
    if is_dry {
        say("nothing was changed");
        return Ok(());
    }
    takeover.run(&mut |line| say(line)).await?;
    say(&Report::farewell());
    Ok(())
}
