//! The arrows between the crates: who may depend on whom. What only tests need is exempt.

use super::Findings;
use crate::cargo::Workspace;

/// Each crate and the crates of ours that it may depend on.
const ALLOWED: [(&str, &[&str]); 18] = [
    // The framework's own entities use the derive.
    ("kwik-domain", &["kwik-macros"]),
    ("kwik-macros", &[]),
    ("kwik-app", &["kwik-domain"]),
    ("kwik-adapters", &["kwik-domain"]),
    ("kwik-credentials", &["kwik-domain"]),
    ("kwik-schema", &["kwik-domain", "kwik-adapters"]),
    ("kwik-server", &["kwik-domain"]),
    ("kwik-query", &["kwik-domain"]),
    ("kwik-openapi", &["kwik-domain", "kwik-query"]),
    ("kwik-api", &["kwik-domain", "kwik-app", "kwik-openapi", "kwik-query", "kwik-server"]),
    ("kwik-identity", &["kwik-domain", "kwik-app"]),
    ("kwik-identity-api", &["kwik-domain", "kwik-app", "kwik-query", "kwik-api", "kwik-identity"]),
    ("kwik-relations", &["kwik-domain", "kwik-app", "kwik-query", "kwik-api"]),
    ("kwik-smtp", &["kwik-domain"]),
    ("kwik-takeover", &["kwik-domain", "kwik-adapters", "kwik-schema"]),
    ("kwik-idempotency", &["kwik-domain", "kwik-app", "kwik-api"]),
    ("kwik-events", &["kwik-domain", "kwik-app"]),
    (
        "kwik-rs",
        &[
            "kwik-domain",
            "kwik-app",
            "kwik-adapters",
            "kwik-credentials",
            "kwik-schema",
            "kwik-api",
            "kwik-events",
            "kwik-idempotency",
            "kwik-identity",
            "kwik-identity-api",
            "kwik-relations",
            "kwik-smtp",
            "kwik-takeover",
            "kwik-macros",
        ],
    ),
];

/// What an example may depend on of ours: what its reader would.
const EXAMPLES: &[&str] = &["kwik-rs"];

/// Each crate and the technologies that it must not know.
const FOREIGN: [(&str, &[&str]); 16] = [
    ("kwik-domain", &["tokio", "sqlx", "poem", "poem-openapi", "sea-query", "hyper"]),
    ("kwik-app", &["sqlx", "poem", "poem-openapi", "sea-query", "hyper"]),
    ("kwik-adapters", &["poem", "poem-openapi", "hyper"]),
    ("kwik-credentials", &["sqlx", "poem", "poem-openapi", "sea-query", "hyper"]),
    ("kwik-query", &["tokio", "sqlx", "poem", "poem-openapi", "sea-query", "hyper"]),
    ("kwik-openapi", &["tokio", "sqlx", "poem", "poem-openapi", "sea-query", "hyper"]),
    ("kwik-schema", &["poem", "poem-openapi", "hyper"]),
    ("kwik-server", &["sqlx", "sea-query"]),
    ("kwik-api", &["sqlx", "sea-query"]),
    ("kwik-identity", &["sqlx", "poem", "poem-openapi", "sea-query", "hyper"]),
    ("kwik-identity-api", &["sqlx", "sea-query"]),
    ("kwik-idempotency", &["sqlx", "sea-query"]),
    ("kwik-events", &["sqlx", "poem", "poem-openapi", "sea-query", "hyper"]),
    ("kwik-relations", &["sqlx", "sea-query"]),
    ("kwik-smtp", &["sqlx", "poem", "poem-openapi", "sea-query", "hyper"]),
    ("kwik-takeover", &["poem", "poem-openapi", "sea-query", "hyper"]),
];

pub(super) fn check(workspace: &Workspace) -> Findings {
    let ours: Vec<&str> = workspace.packages.iter().map(|package| package.name.as_str()).collect();
    let mut findings = Findings::new();
    for package in &workspace.packages {
        let example = package.folder.starts_with("examples").then_some(EXAMPLES);
        let allowed = of(&ALLOWED, &package.name).or(example);
        let foreign = of(&FOREIGN, &package.name).unwrap_or_default();
        for dependency in package.dependencies.iter().map(String::as_str) {
            let outward = allowed.is_some_and(|allowed| ours.contains(&dependency) && !allowed.contains(&dependency));
            if outward || foreign.contains(&dependency) {
                findings.push(format!("{} must not depend on {dependency}", package.name));
            }
        }
    }
    findings
}

fn of(table: &[(&str, &'static [&'static str])], name: &str) -> Option<&'static [&'static str]> {
    let row = table.iter().find(|(package, _)| *package == name);
    row.map(|(_, others)| *others)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo::Package;
    use std::path::PathBuf;

    fn package(name: &str, dependencies: &[&str]) -> Package {
        Package {
            name: name.to_owned(),
            folder: PathBuf::from(if name == "customers" { "examples/customers" } else { "crates" }),
            dependencies: dependencies.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn outward_arrows_and_foreign_technologies_are_found() {
        let workspace = Workspace {
            packages: vec![
                package("kwik-domain", &["serde", "tokio"]),
                package("kwik-adapters", &["kwik-domain", "kwik-api", "sqlx"]),
                package("kwik-api", &["kwik-app", "poem"]),
                package("customers", &["kwik-rs", "kwik-domain"]),
            ],
            target: PathBuf::new(),
        };
        assert_eq!(
            check(&workspace),
            [
                "kwik-domain must not depend on tokio",
                "kwik-adapters must not depend on kwik-api",
                "customers must not depend on kwik-domain"
            ]
        );
    }
}
