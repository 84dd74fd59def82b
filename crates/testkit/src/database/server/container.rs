//! The way over a Docker engine: one container for a run, through testcontainers.
//!
//! testcontainers has no reaper, so the container looks after itself: it ends when the lease of its
//! run has ended (`container.sh`), and the engine removes what has ended. What was created and never
//! started is found by its label and removed by the guard, or by a later run.

use super::super::environment;
use super::super::run::{OwnedRun, Run, random};
use super::connection;
use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use testcontainers::bollard::Docker;
use testcontainers::bollard::models::{ContainerSummary, ContainerSummaryStateEnum};
use testcontainers::bollard::query_parameters::{ListContainersOptionsBuilder, RemoveContainerOptionsBuilder};
use testcontainers::core::IntoContainerPort;
use testcontainers::core::client::docker_client_instance;
use testcontainers::runners::AsyncRunner;
use testcontainers::{ContainerAsync, GenericImage, ImageExt};

/// The label of all our containers; its value is the run.
const LABEL: &str = "rs.kwik.testkit.run";
/// What runs in the container.
const PROGRAM: &str = include_str!("container.sh");
/// How long the engine may take to say that it is there.
const ANSWER: Duration = Duration::from_secs(5);
/// How long fetching the image and starting it may take.
const START: Duration = Duration::from_mins(5);
/// How long the server in the container may take to accept connections.
const READY: Duration = Duration::from_mins(1);
/// A container that has not been running for this long belongs to no living run.
const STALE: Duration = Duration::from_mins(10);

/// The container of a run. Dropping it removes it.
pub(super) type Container = ContainerAsync<GenericImage>;

/// Starts the container of a run; answers it and the server's address.
pub(super) async fn start(own: &OwnedRun) -> Result<(Container, String), String> {
    let engine = engine().await?;
    remove(&engine, None).await;
    let password = format!("{}{}", random(), random());
    let name = environment::postgres_image();
    let request = image(&name)
        .with_exposed_port(5432.tcp())
        .with_entrypoint("/bin/sh")
        .with_cmd(["-c", PROGRAM])
        .with_env_var("KWIK_PASSWORD", &password)
        .with_label(LABEL, own.run.id())
        .with_host_config_modifier(|host| host.auto_remove = Some(true));
    let container = tokio::time::timeout(START, request.start())
        .await
        .map_err(|_| format!("the image {name} did not start in {} s", START.as_secs()))?
        .map_err(|error| format!("the image {name} does not start: {error}"))?;
    let unknown = |error| format!("the container's address is unknown: {error}");
    let host = container.get_host().await.map_err(unknown)?;
    let port = container.get_host_port_ipv4(5432.tcp()).await.map_err(unknown)?;
    let url = format!("postgres://postgres:{password}@{host}:{port}/postgres");
    connection::ready(&url, READY, || true)
        .await
        .map_err(|error| format!("PostgreSQL in the image {name}: {error}"))?;
    Ok((container, url))
}

/// Splits `name:tag`; the part after the last slash may have a tag, what is before it a port.
fn image(name: &str) -> GenericImage {
    match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => GenericImage::new(name, tag),
        _ => GenericImage::new(name, "latest"),
    }
}

/// Removes the containers of a run whose owner was killed, for some seconds: the engine may be making
/// one that it was asked for a moment before.
pub(super) async fn clear(run: &Run) {
    let Ok(engine) = engine().await else { return };
    for _ in 0..6 {
        remove(&engine, Some(run)).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// The engine, if one answers.
async fn engine() -> Result<Docker, String> {
    let engine = docker_client_instance().await.map_err(|error| format!("no engine: {error}"))?;
    match tokio::time::timeout(ANSWER, engine.ping()).await {
        Ok(Ok(_)) => Ok(engine),
        Ok(Err(error)) => Err(format!("no engine answers: {error}")),
        Err(_) => Err(format!("no engine answers within {} s", ANSWER.as_secs())),
    }
}

/// Removes the containers of one run, or all that nobody has started for long. Failing is no harm: the
/// next run tries again.
async fn remove(engine: &Docker, run: Option<&Run>) {
    let label = run.map_or_else(|| LABEL.to_owned(), |run| format!("{LABEL}={}", run.id()));
    let filters = HashMap::from([("label".to_owned(), vec![label])]);
    let all = ListContainersOptionsBuilder::new().all(true).filters(&filters).build();
    for container in engine.list_containers(Some(all)).await.unwrap_or_default() {
        if (run.is_some() || is_stale(&container))
            && let Some(id) = &container.id
        {
            let force = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
            let _ = engine.remove_container(id, Some(force)).await;
        }
    }
}

fn is_stale(container: &ContainerSummary) -> bool {
    let at = container.created.and_then(|at| u64::try_from(at).ok());
    #[expect(
        clippy::disallowed_methods,
        reason = "the engine tells the hour at which it made a container, not its age"
    )]
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let age = now.ok().zip(at).map(|(now, at)| now.saturating_sub(Duration::from_secs(at)));
    container.state != Some(ContainerSummaryStateEnum::RUNNING) && age.is_some_and(|age| age > STALE)
}
