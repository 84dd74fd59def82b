//! One measurement: the rows are set out, the load runs, and what it cost is read from both sides.

use serde::Serialize;

use crate::{
    cluster::Cluster,
    database::{Server, seed},
    failure::Failure,
    operation::Operation,
    proc::{Ticks, resident_mib},
    service::Service,
    settings::Settings,
    workspace::Workspace,
    wrk,
};

/// What one operation of one service costs.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Sample {
    /// Answers a second.
    pub(crate) per_second: f64,
    /// Median latency in milliseconds.
    pub(crate) p50_ms: f64,
    /// 99th percentile of the latency in milliseconds.
    pub(crate) p99_ms: f64,
    /// Processor time of the service a request, in microseconds.
    pub(crate) service_cpu_us: f64,
    /// Processor time of all of `PostgreSQL` a request, in microseconds; none if it runs elsewhere.
    pub(crate) postgres_cpu_us: Option<f64>,
    /// Statements a request; none if the server does not count them.
    pub(crate) statements: Option<f64>,
    /// Memory of the service after the load, in MiB.
    pub(crate) resident_mib: f64,
    /// Answers that were no success, and broken connections.
    pub(crate) errors: f64,
}

/// What every measurement needs.
pub(crate) struct Bench<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) workspace: &'a Workspace,
    pub(crate) cluster: &'a Cluster,
    pub(crate) server: &'a mut Server,
    pub(crate) ticks: Ticks,
}

impl Bench<'_> {
    /// Measures one operation of one service once; `round` makes its random numbers.
    pub(crate) async fn measure(
        &mut self,
        service: &Service,
        token: &str,
        operation: Operation,
        round: usize,
    ) -> Result<Sample, Failure> {
        let seconds = self.settings.seconds;
        seed(self.cluster, service.kind, operation.rows(seconds)).await?;
        let script = self.workspace.scratch().join("load.lua");
        std::fs::write(&script, operation.script(token, round as u64 + 1))?;

        let statements = self.server.statements(service.kind).await?;
        let service_cpu = self.ticks.of_process(service.pid);
        let postgres_cpu = self.postgres_cpu();
        let load = wrk::run(&script, service.port, self.settings.connections, seconds).await?;
        let service_cpu = self.ticks.of_process(service.pid) - service_cpu;
        let postgres_cpu = Option::zip(self.postgres_cpu(), postgres_cpu);
        let statements = Option::zip(self.server.statements(service.kind).await?, statements);

        let requests = load.requests.max(1.0);
        Ok(Sample {
            per_second: load.requests / load.seconds,
            p50_ms: load.p50_ms,
            p99_ms: load.p99_ms,
            service_cpu_us: service_cpu / requests,
            postgres_cpu_us: postgres_cpu.map(|(after, before)| (after - before) / requests),
            statements: statements.map(|(after, before)| (after - before) / requests),
            resident_mib: resident_mib(service.pid).unwrap_or_default(),
            errors: load.errors,
        })
    }

    /// Lets the service do each kind of read for a second, so that its connections and caches are there.
    pub(crate) async fn warm_up(&self, service: &Service, token: &str) -> Result<(), Failure> {
        for operation in [Operation::List, Operation::Read] {
            let script = self.workspace.scratch().join("load.lua");
            std::fs::write(&script, operation.script(token, 0))?;
            wrk::run(&script, service.port, self.settings.connections, 1).await?;
        }
        Ok(())
    }

    /// Processor time of `PostgreSQL` so far, in microseconds.
    pub(crate) fn postgres_cpu(&self) -> Option<f64> {
        let postmaster = self.server.postmaster?;
        Some(self.ticks.of_family(postmaster))
    }
}

impl Sample {
    /// The median of each figure; errors are added up instead, since none may be overlooked.
    pub(crate) fn median(samples: &[Self]) -> Option<Self> {
        let of = |figure: fn(&Self) -> f64| median(samples.iter().map(figure).collect());
        let optional = |figure: fn(&Self) -> Option<f64>| {
            let known: Option<Vec<f64>> = samples.iter().map(figure).collect();
            known.and_then(median)
        };
        Some(Self {
            per_second: of(|s| s.per_second)?,
            p50_ms: of(|s| s.p50_ms)?,
            p99_ms: of(|s| s.p99_ms)?,
            service_cpu_us: of(|s| s.service_cpu_us)?,
            postgres_cpu_us: optional(|s| s.postgres_cpu_us),
            statements: optional(|s| s.statements),
            resident_mib: of(|s| s.resident_mib)?,
            errors: samples.iter().map(|s| s.errors).sum(),
        })
    }
}

/// The middle one, or the mean of the two in the middle.
pub(crate) fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    let half = numbers.len() / 2;
    let upper = *numbers.get(half)?;
    if numbers.len() % 2 == 1 {
        return Some(upper);
    }
    Some(f64::midpoint(*numbers.get(half - 1)?, upper))
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn medians() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0]), Some(2.5));
        assert_eq!(median(vec![]), None);
    }
}
