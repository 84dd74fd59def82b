//! What the run is asked to do, from the command line and the environment.

use std::{env, path::PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::service::Kind;

/// The settings of a run.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// How often each operation of each service is measured; the median is reported.
    pub(crate) rounds: usize,
    /// How long each measurement takes, in seconds.
    pub(crate) seconds: u64,
    /// Connections that the load generator holds open.
    pub(crate) connections: u64,
    /// What to measure.
    pub(crate) services: Vec<Kind>,
    /// Where to write the report as JSON.
    pub(crate) json: Option<PathBuf>,
    /// Whether to build the services first.
    pub(crate) build: bool,
    /// Whether to measure clean builds and the like too.
    pub(crate) build_figures: bool,
    /// Whether to put load on the services at all.
    pub(crate) load: bool,
    /// Measure lists of a table of so many rows instead.
    pub(crate) lists: Option<u64>,
    /// `KWIK_BENCH_DATABASE_URL`: a server to use instead of a throwaway cluster.
    pub(crate) database_url: Option<String>,
}

impl Settings {
    /// Reads the command line; a wrong one ends the program with a message.
    pub(crate) fn from_arguments() -> Self {
        Self::from_matches(&command().get_matches())
    }

    fn from_matches(matches: &ArgMatches) -> Self {
        let quick = matches.get_flag("quick");
        let number = |name: &str, normal: u64, quickly: u64| {
            let given = matches.get_one::<u64>(name).copied();
            given.unwrap_or(if quick { quickly } else { normal })
        };
        let only: Vec<Kind> =
            matches.get_many::<String>("only").into_iter().flatten().filter_map(|name| Kind::from_name(name)).collect();
        Self {
            rounds: usize::try_from(number("rounds", 3, 1)).unwrap_or(3),
            seconds: number("seconds", 4, 1),
            connections: number("connections", 16, 16),
            services: if only.is_empty() { Kind::ALL.to_vec() } else { only },
            json: matches.get_one::<PathBuf>("json").cloned(),
            build: !matches.get_flag("no-build"),
            build_figures: matches.get_flag("build-figures"),
            load: !matches.get_flag("no-load"),
            lists: matches.get_one::<u64>("lists").copied(),
            database_url: env::var("KWIK_BENCH_DATABASE_URL").ok(),
        }
    }
}

fn command() -> Command {
    let count = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name("N").value_parser(value_parser!(u64).range(1..=1000)).help(help)
    };
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    Command::new("bench")
        .about("Compares the framework's example with two services written by hand.")
        .arg(count("rounds", "Measurements of each operation, whose median is reported (3)"))
        .arg(count("seconds", "Length of a measurement in seconds (4)"))
        .arg(count("connections", "Connections of the load generator (16)"))
        .arg(flag("quick", "One round of one second each: to see that all works, not how fast"))
        .arg(
            Arg::new("only")
                .long("only")
                .value_name("NAMES")
                .value_delimiter(',')
                .value_parser(["framework", "plain", "tuned"])
                .help("Measure only these, separated by commas: framework, plain, tuned"),
        )
        .arg(
            Arg::new("json")
                .long("json")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Write the report to this file too, as JSON"),
        )
        .arg(flag("no-build", "Use the release binaries as they are"))
        .arg(flag("no-load", "Only the build figures and the time from start to ready"))
        .arg(flag("build-figures", "Measure clean builds, crates and checks too; takes many minutes"))
        .arg(
            Arg::new("lists")
                .long("lists")
                .value_name("ROWS")
                .num_args(0..=1)
                .default_missing_value("5000000")
                .value_parser(value_parser!(u64).range(1_000..))
                .help("Instead of all else: pages and counts of a table of so many rows (5000000)"),
        )
        .after_help(
            "KWIK_BENCH_DATABASE_URL names a PostgreSQL server to use, as a superuser; without it the bench starts a \
             throwaway cluster.",
        )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(arguments: &[&str]) -> Settings {
        let all = ["bench"].iter().chain(arguments);
        Settings::from_matches(&command().try_get_matches_from(all).unwrap())
    }

    #[test]
    fn quick_is_short_unless_told_otherwise() {
        let settings = parse(&["--quick", "--rounds", "2", "--only", "plain,tuned"]);
        assert_eq!((settings.rounds, settings.seconds), (2, 1));
        assert_eq!(settings.services, [Kind::Plain, Kind::Tuned]);
        assert_eq!(parse(&[]).services, Kind::ALL);
    }
}
