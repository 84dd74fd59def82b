//! What a run found, as text and as JSON.

use std::io::{Write, stdout};

use serde::Serialize;

use crate::{
    builds::BuildFigures, failure::Failure, load::Sample, operation::Operation, pgbench::Floor, service::Kind,
    settings::Settings, table::Table,
};

/// The medians of one operation of one service.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) operation: Operation,
    pub(crate) service: Kind,
    #[serde(flatten)]
    pub(crate) sample: Sample,
}

/// How the framework (or the tuned yardstick, when the framework is left out) stands to a yardstick.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Ratio {
    pub(crate) operation: Operation,
    pub(crate) service: Kind,
    pub(crate) to: Kind,
    /// Processor time of the service; less is better.
    pub(crate) service_cpu: f64,
    /// Processor time of the service and of `PostgreSQL` together; less is better.
    pub(crate) all_cpu: Option<f64>,
    /// Requests a second; more is better.
    pub(crate) per_second: f64,
}

/// Everything that a run found.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    pub(crate) rounds: usize,
    pub(crate) seconds: u64,
    pub(crate) connections: u64,
    pub(crate) postgres: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) ratios: Vec<Ratio>,
    pub(crate) floors: Vec<Floor>,
    pub(crate) builds: Vec<BuildFigures>,
}

impl Report {
    /// An empty report of a run with these settings.
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            rounds: settings.rounds,
            seconds: settings.seconds,
            connections: settings.connections,
            ..Self::default()
        }
    }

    /// Works out the ratios from the lines.
    pub(crate) fn compare(&mut self) {
        let pairs = [(Kind::Framework, Kind::Plain), (Kind::Framework, Kind::Tuned), (Kind::Tuned, Kind::Plain)];
        let of = |operation, service| {
            let wanted = |line: &&Line| line.operation == operation && line.service == service;
            self.lines.iter().find(wanted).map(|line| line.sample)
        };
        for (service, to) in pairs {
            for operation in Operation::ALL {
                if let (Some(one), Some(other)) = (of(operation, service), of(operation, to)) {
                    self.ratios.push(ratio((operation, service, to), &one, &other));
                }
            }
        }
    }

    /// Answers that were no success.
    pub(crate) fn errors(&self) -> f64 {
        self.lines.iter().map(|line| line.sample.errors).sum()
    }

    /// Writes the tables to standard output.
    pub(crate) fn print(&self) -> Result<(), Failure> {
        let mut out = stdout().lock();
        if !self.lines.is_empty() {
            writeln!(
                out,
                "\nPostgreSQL {}, {} connections, medians of {} x {} s",
                self.postgres, self.connections, self.rounds, self.seconds
            )?;
            section(&mut out, "Load", &self.load_table())?;
            section(&mut out, "Ratios (CPU: less is better; req/s: more is better)", &self.ratio_table())?;
        }
        if !self.builds.is_empty() {
            section(&mut out, "Build and start", &crate::builds::table(&self.builds))?;
        }
        if self.errors() > 0.0 {
            writeln!(
                out,
                "\n!!! {} ANSWERS WERE NO SUCCESS: the figures above are not worth anything. See the column non-2xx.",
                self.errors()
            )?;
        }
        Ok(())
    }

    fn load_table(&self) -> Table {
        let head = [
            "operation",
            "service",
            "req/s",
            "p50 ms",
            "p99 ms",
            "CPU us/req",
            "pg CPU us/req",
            "stmts/req",
            "RSS MiB",
            "non-2xx",
        ];
        let mut table = Table::new(2, &head);
        for operation in Operation::ALL {
            for line in self.lines.iter().filter(|line| line.operation == operation) {
                table.row(line.cells());
            }
            for floor in self.floors.iter().filter(|floor| floor.operation == operation) {
                table.row(floor.cells());
            }
        }
        table
    }

    fn ratio_table(&self) -> Table {
        let head = ["operation", "of", "to", "CPU", "CPU with pg", "req/s"];
        let mut table = Table::new(3, &head);
        for ratio in &self.ratios {
            table.row(vec![
                ratio.operation.name().to_owned(),
                ratio.service.name().to_owned(),
                ratio.to.name().to_owned(),
                format!("{:.2}", ratio.service_cpu),
                optional(ratio.all_cpu, 2),
                format!("{:.2}", ratio.per_second),
            ]);
        }
        table
    }
}

impl Line {
    fn cells(&self) -> Vec<String> {
        let sample = &self.sample;
        vec![
            self.operation.name().to_owned(),
            self.service.name().to_owned(),
            format!("{:.0}", sample.per_second),
            format!("{:.2}", sample.p50_ms),
            format!("{:.2}", sample.p99_ms),
            format!("{:.1}", sample.service_cpu_us),
            optional(sample.postgres_cpu_us, 1),
            optional(sample.statements, 2),
            format!("{:.1}", sample.resident_mib),
            format!("{:.0}", sample.errors),
        ]
    }
}

impl Floor {
    fn cells(&self) -> Vec<String> {
        vec![
            self.operation.name().to_owned(),
            "(pgbench)".to_owned(),
            format!("{:.0}", self.per_second),
            format!("~{:.2}", self.mean_ms),
            "-".to_owned(),
            "-".to_owned(),
            optional(self.postgres_cpu_us, 1),
            "1.00".to_owned(),
        ]
    }
}

fn ratio((operation, service, to): (Operation, Kind, Kind), one: &Sample, other: &Sample) -> Ratio {
    let all = |sample: &Sample| sample.postgres_cpu_us.map(|pg| pg + sample.service_cpu_us);
    Ratio {
        operation,
        service,
        to,
        service_cpu: one.service_cpu_us / other.service_cpu_us,
        all_cpu: Option::zip(all(one), all(other)).map(|(one, other)| one / other),
        per_second: one.per_second / other.per_second,
    }
}

/// A figure, or a dash for one that is not known.
pub(crate) fn optional(figure: Option<f64>, digits: usize) -> String {
    figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.digits$}"))
}

fn section(out: &mut impl Write, title: &str, table: &Table) -> Result<(), Failure> {
    writeln!(out, "\n{title}")?;
    for line in table.lines() {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}
