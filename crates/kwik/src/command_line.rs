//! The command line that every program has.

use crate::{App, Error, Result, Settings, commands, logging, settings::DeclaredSection, terminal::complain};
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::time::Duration;

/// How long work on other threads may go on after everything else has ended.
const LAST_THREADS: Duration = Duration::from_secs(1);

/// What `--help` says of settings.
const SETTINGS: &str = "Settings come from the environment. Of the program: KWIK_ENV, KWIK_DATABASE_URL, KWIK_DATABASE_POOL, \
KWIK_HOST, KWIK_PORT, KWIK_LOG, KWIK_CORS_ORIGINS, KWIK_TRUSTED_PROXIES.\nOf signing in: KWIK_SECRET_KEY, \
KWIK_FORMER_SECRET_KEYS, KWIK_FIRST_SUPERUSER, KWIK_FIRST_SUPERUSER_PASSWORD, KWIK_ACCESS_TOKEN_LIFETIME, \
KWIK_REFRESH_TOKEN_LIFETIME, KWIK_SESSION_LIFETIME, KWIK_IMPERSONATION_LIFETIME, KWIK_RESET_LIFETIME, \
KWIK_RESET_LINK.\nOf passwords: KWIK_PASSWORD_MIN_LENGTH, KWIK_PASSWORD_MAX_LENGTH, KWIK_PASSWORD_LIST, \
KWIK_HASH_MEMORY, KWIK_HASH_PASSES, KWIK_HASH_AT_ONCE, KWIK_ACCOUNT_BURST, KWIK_ACCOUNT_INTERVAL, \
KWIK_ADDRESS_BURST, KWIK_ADDRESS_INTERVAL.\nOf letters: KWIK_SMTP_URL, KWIK_MAIL_FROM.";

/// Runs the command that the arguments name; answers the status to end with: 1 when it failed, 2 when
/// there is no such command.
pub(crate) fn run(app: App) -> i32 {
    let matches = match grammar(&app).try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            let _ = error.print();
            return error.exit_code();
        }
    };
    match start(app, &matches) {
        Ok(()) => 0,
        Err(error) => {
            complain(&format!("error: {error}"));
            1
        }
    }
}

fn start(app: App, matches: &ArgMatches) -> Result<()> {
    let settings = Settings::from_environment()?;
    logging::start(settings.log.clone());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|reason| Error::System { what: "the runtime cannot start".to_owned(), reason })?;
    let outcome = runtime.block_on(dispatch(app, settings, matches));
    // Dropping a runtime would wait for threads that hash passwords.
    runtime.shutdown_timeout(LAST_THREADS);
    outcome
}

async fn dispatch(app: App, settings: Settings, matches: &ArgMatches) -> Result<()> {
    match matches.subcommand() {
        Some(("migrate", matches)) => commands::migrate::run(app, &settings, matches).await,
        Some(("openapi", matches)) => commands::openapi::run(app, &settings, matches).await,
        Some(("user", matches)) => commands::user::run(app, &settings, matches).await,
        Some(("seed", _)) => commands::seed::run(app, &settings).await,
        #[cfg(feature = "takeover")]
        Some(("takeover", matches)) => commands::takeover::run(app, &settings, matches).await,
        Some(("check", _)) => commands::check::run(app, &settings).await,
        Some((_, matches)) => commands::serve::run(app, settings, matches).await,
        None => commands::serve::run(app, settings, &ArgMatches::default()).await,
    }
}

/// What help says of settings: of the framework's, and of the program's own.
fn settings_help(app: &App) -> String {
    let own: Vec<_> = app.sections.iter().flat_map(DeclaredSection::help).map(|line| format!("\n  {line}")).collect();
    if own.is_empty() { SETTINGS.to_owned() } else { format!("{SETTINGS}\nOf this program's own:{}", own.concat()) }
}

fn grammar(app: &App) -> Command {
    let serve = Command::new("serve").about("Serve the interface (the default)").args([
        Arg::new("host").long("host").help("Address to listen on, instead of KWIK_HOST"),
        Arg::new("port").long("port").help("Port to listen on, instead of KWIK_PORT"),
    ]);
    let openapi = Command::new("openapi")
        .about("Print the OpenAPI document")
        .arg(Arg::new("output").long("output").help("File to write it to"));
    let check =
        Command::new("check").about("Check the declarations, the settings and the database, and change nothing");
    Command::new("kwik")
        .about("A business API")
        .disable_help_subcommand(true)
        .after_help(settings_help(app))
        .subcommands([
            serve,
            migrate(),
            openapi,
            user(),
            Command::new("seed").about("Make the program's first rows; again it makes none"),
            check,
            #[cfg(feature = "takeover")]
            takeover(),
        ])
}

#[cfg(feature = "takeover")]
fn takeover() -> Command {
    Command::new("takeover").about("Take over users and rights of a Kwik (Python) database").arg(
        Arg::new("dry-run").long("dry-run").action(ArgAction::SetTrue).help("Report what is there, and change nothing"),
    )
}

fn migrate() -> Command {
    let new = Command::new("new")
        .about("Write the migration from what has changed in the entities")
        .arg(Arg::new("name").required(true).help("What it does: add_phone"))
        .arg(Arg::new("dir").long("dir").help("Folder to write to"));
    let develop =
        Command::new("develop").about("Make the tables follow the entities now, as serving does in development").arg(
            Arg::new("drop-columns")
                .long("drop-columns")
                .action(ArgAction::SetTrue)
                .help("Drop columns that no entity has, with what is in them"),
        );
    Command::new("migrate")
        .about("Change the database's tables")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([
            Command::new("up").about("Run the migrations that have not run"),
            Command::new("status").about("Show which migrations have run"),
            Command::new("check").about("Say whether the database is what the program needs"),
            new,
            develop,
        ])
}

fn user() -> Command {
    let email = || Arg::new("email").required(true).help("Address");
    let password =
        || Arg::new("password").long("password").help("Password; asked for on the standard input if it is not given");
    let create = Command::new("create").about("Make a user").args([
        email(),
        Arg::new("name").long("name").required(true).help("Given name"),
        Arg::new("surname").long("surname").required(true).help("Family name"),
        Arg::new("role")
            .long("role")
            .action(ArgAction::Append)
            .help("Role that the user holds; may stand several times"),
        password(),
    ]);
    Command::new("user")
        .about("Make and change users")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([
            create,
            Command::new("list").about("List users"),
            Command::new("password").about("Give a user another password").args([email(), password()]),
            Command::new("activate").about("Let a user sign in").arg(email()),
            Command::new("deactivate").about("Keep a user from signing in").arg(email()),
        ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Section, SectionReader, SettingsError};

    struct Shop;

    impl Section for Shop {
        const PREFIX: &'static str = "SHOP";

        fn read(reader: &mut SectionReader) -> std::result::Result<Self, SettingsError> {
            let least = reader.number("LEAST", "the least", 1..=9).required()?;
            let most = reader.number("MOST", "the most", 1..=9).or(9)?;
            if least >= most {
                return Err(reader.wrong("MOST", "more than SHOP_LEAST"));
            }
            reader.choice("MODE", "how", &[("fast", ()), ("slow", ())]).optional()?;
            Ok(Self)
        }
    }

    #[test]
    fn help_lists_the_settings_of_the_program_with_their_meaning() {
        let help = grammar(&App::new().settings::<Shop>()).render_long_help().to_string();
        for line in
            ["SHOP_LEAST: the least; a number from 1 to 9", "SHOP_MOST: the most", "SHOP_MODE: how; fast or slow"]
        {
            assert!(help.contains(line), "{line} in: {help}");
        }
        assert!(!grammar(&App::new()).render_long_help().to_string().contains("this program's own"));
    }
}
