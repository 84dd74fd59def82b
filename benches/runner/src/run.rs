//! The whole run, from the builds to the report.

use std::{
    fs,
    io::{Write, stderr},
};

use crate::{
    builds::BuildFigures,
    cluster::Cluster,
    database::{Server, seed},
    failure::Failure,
    load::{Bench, Sample, median},
    operation::{Operation, ROWS},
    pgbench,
    proc::Ticks,
    report::{Line, Report},
    service::{Kind, Service},
    settings::Settings,
    workspace::Workspace,
    wrk,
};

/// How often a service is started for the time that it takes.
const STARTS: usize = 5;

/// Runs all that the settings ask for; false if an answer was no success.
pub(crate) async fn run(settings: &Settings) -> Result<bool, Failure> {
    if settings.load {
        wrk::check().await?;
    }
    let workspace = Workspace::find().await?;
    fs::create_dir_all(workspace.scratch())?;
    if settings.build {
        build(settings, &workspace).await?;
    }
    let cluster = Cluster::find(settings.database_url.as_deref()).await?;
    let mut server = Server::connect(&cluster).await?;
    let mut report = Report::new(settings);
    report.postgres.clone_from(&server.version);
    let mut bench =
        Bench { settings, workspace: &workspace, cluster: &cluster, server: &mut server, ticks: Ticks::find().await? };
    let outcome = bench.all(&mut report).await;
    for &kind in &settings.services {
        server.remove(kind).await?;
    }
    outcome?;
    if settings.build_figures {
        for figures in &mut report.builds {
            progress(&format!("building {} afresh", figures.service.name()));
            figures.measure(&workspace).await?;
        }
    }
    report.print()?;
    if let Some(file) = &settings.json {
        let text = serde_json::to_string_pretty(&report).map_err(std::io::Error::from)?;
        fs::write(file, text + "\n")?;
    }
    Ok(report.errors() == 0.0)
}

/// Each package by itself, since packages built together would get each other's features.
async fn build(settings: &Settings, workspace: &Workspace) -> Result<(), Failure> {
    for kind in &settings.services {
        let arguments = ["build", "--release", "--package", kind.package()];
        workspace.cargo(&arguments, None).await?;
    }
    Ok(())
}

impl Bench<'_> {
    async fn all(&mut self, report: &mut Report) -> Result<(), Failure> {
        let mut services = Vec::new();
        for &kind in &self.settings.services {
            progress(&format!("starting {}", kind.name()));
            let (service, ready_ms) = self.start(kind).await?;
            let figures = BuildFigures::started(self.workspace, kind, ready_ms)?;
            report.builds.push(figures);
            seed(self.cluster, kind, ROWS).await?;
            let token = service.sign_in().await?;
            service.probe(&token).await?;
            services.push((service, token));
        }
        if !self.settings.load {
            return Ok(());
        }
        for (service, token) in &services {
            self.warm_up(service, token).await?;
        }
        self.rounds(&services, report).await?;
        let yardsticks = [Kind::Tuned, Kind::Plain];
        let measured = |kind: &Kind| self.settings.services.contains(kind);
        if let Some(kind) = yardsticks.into_iter().find(measured) {
            progress("pgbench");
            report.floors = pgbench::floors(self, kind).await?;
        }
        report.compare();
        Ok(())
    }

    /// Makes the database and starts the service, several times; the last one stays, the median time is given.
    async fn start(&mut self, kind: Kind) -> Result<(Service, f64), Failure> {
        self.server.create(kind).await?;
        let url = self.cluster.url(kind.database());
        Service::migrate(kind, self.workspace, &url).await?;
        // The first start makes the administrator, which the others do not have to.
        let mut service = Service::start(kind, self.workspace, &url).await?;
        let mut times = Vec::new();
        for _ in 0..STARTS {
            drop(service);
            service = Service::start(kind, self.workspace, &url).await?;
            times.push(service.ready_ms);
        }
        Ok((service, median(times).unwrap_or_default()))
    }

    /// Services take turns within an operation, and another one is first in each round.
    async fn rounds(&mut self, services: &[(Service, String)], report: &mut Report) -> Result<(), Failure> {
        let mut samples: Vec<(Operation, Kind, Sample)> = Vec::new();
        for round in 0..self.settings.rounds {
            for operation in Operation::ALL {
                progress(&format!("round {}: {}", round + 1, operation.name()));
                for turn in 0..services.len() {
                    let (service, token) = &services[(turn + round) % services.len()];
                    let sample = self.measure(service, token, operation, round).await?;
                    samples.push((operation, service.kind, sample));
                }
            }
        }
        for operation in Operation::ALL {
            for (service, _) in services {
                let own: Vec<Sample> = samples
                    .iter()
                    .filter(|(of, kind, _)| *of == operation && *kind == service.kind)
                    .map(|(_, _, sample)| *sample)
                    .collect();
                report.lines.extend(Sample::median(&own).map(|sample| Line {
                    operation,
                    service: service.kind,
                    sample,
                }));
            }
        }
        Ok(())
    }
}

/// Tells the person who waits what goes on.
pub(crate) fn progress(text: &str) {
    // Nobody reads it when standard error is closed, and the run goes on.
    let _ = writeln!(stderr(), "bench: {text}");
}
