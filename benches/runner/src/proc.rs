//! Processor time and memory of processes, from `/proc` (see proc(5)).

use std::fs;

use crate::{failure::Failure, workspace::output};

/// The clock in which the kernel counts processor time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticks {
    per_second: f64,
}

/// What `/proc/PID/stat` says of a process, in ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stat {
    parent: u32,
    own: u64,
    reaped: u64,
}

impl Ticks {
    /// Asks the system how long a tick is.
    pub(crate) async fn find() -> Result<Self, Failure> {
        let mut command = tokio::process::Command::new("getconf");
        let text = output(command.arg("CLK_TCK"), "getconf").await?;
        let per_second = text.trim().parse().map_err(|_| Failure::Output("getconf"))?;
        Ok(Self { per_second })
    }

    /// Microseconds that the process has used.
    pub(crate) fn of_process(self, pid: u32) -> f64 {
        self.micros(stat(pid).map_or(0, |stat| stat.own))
    }

    /// Microseconds that a process and its children have used, those included that have ended.
    pub(crate) fn of_family(self, pid: u32) -> f64 {
        let Some(parent) = stat(pid) else { return 0.0 };
        let children: u64 = pids().filter_map(stat).filter(|child| child.parent == pid).map(|child| child.own).sum();
        self.micros(parent.own + parent.reaped + children)
    }

    #[expect(clippy::cast_precision_loss, reason = "ticks stay far below 2^52")]
    fn micros(self, ticks: u64) -> f64 {
        ticks as f64 * 1e6 / self.per_second
    }
}

/// The parent of a process.
pub(crate) fn parent(pid: u32) -> Option<u32> {
    stat(pid).map(|stat| stat.parent)
}

/// The program's name of a process.
pub(crate) fn name(pid: u32) -> Option<String> {
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    Some(name.trim().to_owned())
}

/// Memory that the process has in RAM, in MiB.
pub(crate) fn resident_mib(pid: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

fn pids() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn stat(pid: u32) -> Option<Stat> {
    parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// The name stands in parentheses and may hold anything, so the fields are counted from the last parenthesis.
fn parse(text: &str) -> Option<Stat> {
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Stat { parent: fields.get(1)?.parse().ok()?, own: ticks(11)? + ticks(12)?, reaped: ticks(13)? + ticks(14)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_a_parenthesis() {
        let text = "42 (a) b) S 7 1 1 0 -1 0 0 0 0 0 100 20 3 4 20 0 1 0 1 1 1";
        let expected = Stat { parent: 7, own: 120, reaped: 7 };
        assert_eq!(parse(text), Some(expected));
    }
}
