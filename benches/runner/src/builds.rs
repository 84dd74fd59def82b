//! What a developer waits for: clean builds, checks, and how much is built.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    time::{Instant, SystemTime},
};

use serde::Serialize;
use tokio::process::Command;

use crate::{
    failure::Failure,
    report::optional,
    service::Kind,
    table::Table,
    workspace::{Workspace, output},
};

/// The figures of one service; those that were not asked for are none.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct BuildFigures {
    pub(crate) service: Kind,
    /// A debug build into an empty folder, in seconds.
    pub(crate) clean_debug_s: Option<f64>,
    /// A release build into an empty folder, in seconds.
    pub(crate) clean_release_s: Option<f64>,
    /// Packages that the program is made of, itself included.
    pub(crate) crates: Option<usize>,
    /// `cargo check` after its main file was touched, in seconds.
    pub(crate) check_s: Option<f64>,
    /// The release binary, in MiB.
    pub(crate) binary_mib: f64,
    /// From start to ready, in milliseconds.
    pub(crate) ready_ms: f64,
}

impl BuildFigures {
    /// What is known after a start.
    pub(crate) fn started(workspace: &Workspace, service: Kind, ready_ms: f64) -> Result<Self, Failure> {
        let bytes = fs::metadata(workspace.release_binary(service.package()))?.len();
        #[expect(clippy::cast_precision_loss, reason = "a binary stays far below 2^52 bytes")]
        let binary_mib = bytes as f64 / 1024.0 / 1024.0;
        Ok(Self {
            service,
            clean_debug_s: None,
            clean_release_s: None,
            crates: None,
            check_s: None,
            binary_mib,
            ready_ms,
        })
    }

    /// Measures the rest; takes minutes.
    pub(crate) async fn measure(&mut self, workspace: &Workspace) -> Result<(), Failure> {
        let package = self.service.package();
        self.crates = Some(crates(workspace, package).await?);
        self.check_s = Some(check(workspace, self.service).await?);
        let debug = ["build", "--package", package];
        self.clean_debug_s = Some(clean(workspace, &debug).await?);
        let release = ["build", "--release", "--package", package];
        self.clean_release_s = Some(clean(workspace, &release).await?);
        Ok(())
    }
}

/// The figures as a table.
pub(crate) fn table(figures: &[BuildFigures]) -> Table {
    let head = ["service", "clean debug s", "clean release s", "crates", "check s", "binary MiB", "start to ready ms"];
    let mut table = Table::new(1, &head);
    for figure in figures {
        table.row(vec![
            figure.service.name().to_owned(),
            optional(figure.clean_debug_s, 0),
            optional(figure.clean_release_s, 0),
            figure.crates.map_or_else(|| "-".to_owned(), |n| n.to_string()),
            optional(figure.check_s, 2),
            format!("{:.1}", figure.binary_mib),
            format!("{:.0}", figure.ready_ms),
        ]);
    }
    table
}

async fn clean(workspace: &Workspace, arguments: &[&str]) -> Result<f64, Failure> {
    // The sources are fetched before, so that the network is not measured.
    workspace.cargo(&["fetch"], None).await?;
    let target = tempfile::Builder::new().prefix("kwik-bench-build-").tempdir()?;
    let started = Instant::now();
    workspace.cargo(arguments, Some(target.path())).await?;
    Ok(started.elapsed().as_secs_f64())
}

async fn check(workspace: &Workspace, service: Kind) -> Result<f64, Failure> {
    let arguments = ["check", "--package", service.package()];
    workspace.cargo(&arguments, None).await?;
    // Only the time of the file changes, not what is in it.
    let file = File::options().append(true).open(workspace.root.join(service.main_file()))?;
    file.set_modified(SystemTime::now())?;
    let started = Instant::now();
    workspace.cargo(&arguments, None).await?;
    Ok(started.elapsed().as_secs_f64())
}

async fn crates(workspace: &Workspace, package: &str) -> Result<usize, Failure> {
    let mut command = Command::new("cargo");
    command
        .args(["tree", "--package", package])
        .args(["--edges", "normal", "--prefix", "none"])
        .current_dir(&workspace.root);
    let text = output(&mut command, "cargo tree").await?;
    Ok(distinct(&text))
}

/// Packages by name and version; a repeated one is marked with a star.
fn distinct(tree: &str) -> usize {
    let packages = tree.lines().filter_map(|line| {
        let mut words = line.split(' ');
        Some((words.next()?, words.next()?))
    });
    packages.collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_package_counts_once() {
        let tree = "a v1.0.0 (/x)\nb v1.0.0\nb v2.0.0\nb v1.0.0 (*)\n";
        assert_eq!(super::distinct(tree), 3);
    }
}
