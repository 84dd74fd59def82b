//! `user`: the people who sign in.

use crate::{App, Environment, Error, Result, Service, Settings, app::connect, terminal::say};
use clap::ArgMatches;
use kwik_adapters::Database;
use kwik_domain::{Secret, Via};
use kwik_identity::NewUser;
use kwik_schema as schema;
use std::io::BufRead;

/// Runs the command below `user`.
pub(crate) async fn run(app: App, settings: &Settings, matches: &ArgMatches) -> Result<()> {
    let database = connect(settings).await?;
    let outcome = on_database(&app, settings, &database, matches).await;
    database.close().await;
    outcome
}

async fn on_database(app: &App, settings: &Settings, database: &Database, matches: &ArgMatches) -> Result<()> {
    let wanted = app.schema()?;
    match settings.environment {
        Environment::Production => schema::check(database, app.migrations, &wanted).await?,
        Environment::Development => drop(schema::develop(database, &wanted, false).await?),
    }
    let services = Service::services(app, settings, database)?;
    let (ctx, users) = (services.data.system(Via::CommandLine), services.users);
    let text = |matches: &ArgMatches, name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    match matches.subcommand() {
        Some(("create", matches)) => {
            let new = NewUser {
                email: text(matches, "email"),
                name: text(matches, "name"),
                surname: text(matches, "surname"),
                password: password(matches)?,
                roles: matches.get_many::<String>("role").into_iter().flatten().cloned().collect(),
            };
            let user = users.create(&ctx, new).await?;
            say(&format!("{} is user {}", user.email, user.id));
        }
        Some(("password", matches)) => {
            users.set_password(&ctx, &text(matches, "email"), password(matches)?).await?;
            say("the password has changed");
        }
        Some((verb @ ("activate" | "deactivate"), matches)) => {
            users.set_active(&ctx, &text(matches, "email"), verb == "activate").await?;
            say(if verb == "activate" { "the user may sign in" } else { "the user may no longer sign in" });
        }
        _ => {
            for user in users.list(&ctx).await? {
                let state = if user.is_active { "" } else { " (inactive)" };
                say(&format!("{}\t{}\t{} {}{state}", user.id, user.email, user.name, user.surname));
            }
        }
    }
    Ok(())
}

/// The password of the argument, else a line of the standard input: it need not stand in the shell's
/// history.
fn password(matches: &ArgMatches) -> Result<Secret> {
    let given = if let Some(password) = matches.get_one::<String>("password") {
        password.clone()
    } else {
        say("password:");
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        read.map_err(|reason| Error::System { what: "the password cannot be read".to_owned(), reason })?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    Ok(Secret::new(given))
}
