//! `openapi`: the document, for other programs.

use crate::{App, Error, Result, Service, Settings, terminal::say};
use clap::ArgMatches;

/// Prints the document, or writes it to a file.
pub(crate) async fn run(app: App, settings: &Settings, matches: &ArgMatches) -> Result<()> {
    let document = Service::document(app, settings).await?;
    match matches.get_one::<String>("output") {
        None => say(&document),
        Some(path) => std::fs::write(path, document + "\n")
            .map_err(|reason| Error::System { what: format!("{path} cannot be written"), reason })?,
    }
    Ok(())
}
