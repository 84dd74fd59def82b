//! The workspace that the bench belongs to, and Cargo in it.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::process::Command;

use crate::failure::Failure;

/// Where the sources and the builds are.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    /// The folder of the workspace's manifest.
    pub(crate) root: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Asks Cargo where the workspace of the current folder is.
    pub(crate) async fn find() -> Result<Self, Failure> {
        let arguments = ["metadata", "--format-version", "1", "--no-deps"];
        let text = output(Command::new("cargo").args(arguments), "cargo metadata").await?;
        let metadata: serde_json::Value = serde_json::from_str(&text).map_err(|_| Failure::Output("cargo metadata"))?;
        let path = |name: &str| metadata[name].as_str().map(PathBuf::from);
        match (path("workspace_root"), path("target_directory")) {
            (Some(root), Some(target)) => Ok(Self { root, target }),
            _ => Err(Failure::Output("cargo metadata")),
        }
    }

    /// Where the bench keeps its scripts and the services' output.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.target.join("bench")
    }

    /// A release binary.
    pub(crate) fn release_binary(&self, name: &str) -> PathBuf {
        self.target.join("release").join(name)
    }

    /// Runs Cargo in the workspace and shows what it says; `target` is another target folder.
    pub(crate) async fn cargo(&self, arguments: &[&str], target: Option<&Path>) -> Result<(), Failure> {
        let mut command = Command::new("cargo");
        command.args(arguments).current_dir(&self.root).stdin(Stdio::null()).kill_on_drop(true);
        if let Some(target) = target {
            command.env("CARGO_TARGET_DIR", target);
        }
        let what = format!("cargo {}", arguments.join(" "));
        let status = command.status().await.map_err(|source| Failure::Start { program: what.clone(), source })?;
        if status.success() {
            return Ok(());
        }
        Err(Failure::Program { program: what, detail: status.to_string() })
    }
}

/// Runs a program to its end and gives what it printed.
pub(crate) async fn output(command: &mut Command, program: &str) -> Result<String, Failure> {
    let output = command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|source| Failure::Start { program: program.to_owned(), source })?;
    if !output.status.success() {
        return Err(Failure::Program {
            program: program.to_owned(),
            detail: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
