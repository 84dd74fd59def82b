//! Cargo, and what it knows of the workspace.

use crate::step::{self, Failure};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Cargo, in the root of the repository.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root());
    cargo
}

/// A package of the workspace.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// Its folder, relative to the root.
    pub(crate) folder: PathBuf,
    /// The names of what it depends on, without what only its tests need.
    pub(crate) dependencies: Vec<String>,
}

/// The workspace, as `cargo metadata` tells it.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) packages: Vec<Package>,
    /// Where cargo puts what it builds.
    pub(crate) target: PathBuf,
}

/// Asks cargo for the workspace.
pub(crate) fn workspace() -> Result<Workspace, Failure> {
    let text = step::output(cargo().args(["metadata", "--format-version=1", "--no-deps"]))?;
    let metadata: Value =
        serde_json::from_str(&text).map_err(|error| Failure::new(format!("cargo metadata is not JSON: {error}")))?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    Ok(Workspace {
        packages: packages.map(package).collect(),
        target: PathBuf::from(text_of(&metadata["target_directory"])),
    })
}

fn package(package: &Value) -> Package {
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    let manifest = PathBuf::from(text_of(&package["manifest_path"]));
    let folder = manifest.parent().unwrap_or(&manifest);
    Package {
        name: text_of(&package["name"]),
        folder: folder.strip_prefix(root()).unwrap_or(folder).to_owned(),
        dependencies: dependencies
            .filter(|dependency| dependency["kind"] != "dev")
            .map(|dependency| text_of(&dependency["name"]))
            .collect(),
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The files of the repository: tracked, or new and not ignored. Relative to the root, sorted.
pub(crate) fn files() -> Result<Vec<String>, Failure> {
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listed = step::output(Command::new("git").args(list).current_dir(root()))?;
    let mut files: Vec<String> = listed
        .split('\0')
        // Packages of npm are not ours, whether or not something ignores them.
        .filter(|file| !file.split('/').any(|folder| folder == "node_modules"))
        // A deleted file stays listed until that is committed.
        .filter(|file| root().join(file).is_file())
        .map(str::to_owned)
        .collect();
    files.sort();
    files.dedup();
    Ok(files)
}
