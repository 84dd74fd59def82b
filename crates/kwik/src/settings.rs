//! Settings, by section, from the environment.

use kwik_adapters::{argon2::HashSettings, database::PoolSettings};
use kwik_api::server::{HttpConfig, ServerConfig};
use kwik_app::{FirstAdministrator, SignInSettings};
use kwik_domain::Secret;
use std::{collections::BTreeMap, net::IpAddr, path::PathBuf, str::FromStr};
use tracing_subscriber::filter::Targets;

/// Where a program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// On a developer's machine: an embedded database, a key of its own, tables that follow the
    /// entities.
    Development,
    /// In earnest: nothing is assumed, and tables change by migrations only.
    Production,
}

/// What is wrong with a setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A value is not what it should be.
    #[error("{name} must be {expected}")]
    Invalid {
        /// Name of the variable.
        name: &'static str,
        /// What would be right.
        expected: String,
    },
    /// Production needs it.
    #[error("{name} must be set in production: {why}")]
    Missing {
        /// Name of the variable.
        name: &'static str,
        /// What it is for.
        why: &'static str,
    },
    /// There is no such setting.
    #[error("{name} is not a setting{}", suggestion.as_ref().map(|s| format!("; did you mean {s}?")).unwrap_or_default())]
    Unknown {
        /// The name that was given.
        name: String,
        /// One that is like it.
        suggestion: Option<&'static str>,
    },
    /// The development key cannot be kept.
    #[error("{path} cannot be used to keep the development key: {reason}; set KWIK_SECRET_KEY")]
    Key {
        /// The file.
        path: String,
        /// Why not.
        reason: String,
    },
}

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `KWIK_ENV`: `development` (default) or `production`.
    pub environment: Environment,
    /// `KWIK_DATABASE_URL`: `postgres://…` or `sqlite://path`; in development `sqlite://data/kwik.db`.
    pub database_url: Secret,
    /// `KWIK_DATABASE_POOL`: the most connections at once (default 10), and the time-out of
    /// statements.
    pub pool: PoolSettings,
    /// `KWIK_HOST`: the address to listen on (default 127.0.0.1).
    pub host: IpAddr,
    /// `KWIK_PORT`: the port to listen on (default 8000; 0 takes a free one).
    pub port: u16,
    /// `KWIK_SECRET_KEY`: signs tokens; at least 32 bytes. Production needs it; in development one is
    /// made and kept in the data folder.
    pub secret_key: Secret,
    /// Whether the key was made just now; it is kept by the program that first serves with it.
    key_is_new: bool,
    /// `KWIK_FIRST_SUPERUSER` (default `admin@example.com`) and `KWIK_FIRST_SUPERUSER_PASSWORD`
    /// (generated).
    pub first_administrator: FirstAdministrator,
    /// `KWIK_LOG`: `info` (default), or more finely `warn,kwik=debug`.
    pub log: Targets,
    /// How slow password hashing is.
    pub hash: HashSettings,
    /// How long a sign-in lasts.
    pub sign_in: SignInSettings,
    /// What a request may cost; `KWIK_CORS_ORIGINS`, `KWIK_TRUSTED_PROXIES` (separated by commas).
    pub http: HttpConfig,
    /// How long clients may keep sockets waiting.
    pub server: ServerConfig,
}

/// Every setting that the environment may hold.
const NAMES: [&str; 11] = [
    "KWIK_ENV",
    "KWIK_DATABASE_URL",
    "KWIK_DATABASE_POOL",
    "KWIK_HOST",
    "KWIK_PORT",
    "KWIK_SECRET_KEY",
    "KWIK_FIRST_SUPERUSER",
    "KWIK_FIRST_SUPERUSER_PASSWORD",
    "KWIK_LOG",
    "KWIK_CORS_ORIGINS",
    "KWIK_TRUSTED_PROXIES",
];

/// Where development keeps its database and its key: git-ignored.
const DATA: &str = "data";

/// The key's file there.
const KEY_FILE: &str = "development.key";

/// Keys that stand in documents and examples.
const KNOWN_KEYS: [&str; 3] = ["changeme", "change-me", "secret"];

impl Settings {
    /// Reads the settings from the process's environment.
    ///
    /// # Errors
    ///
    /// The first setting that is wrong, missing or unknown.
    pub fn from_environment() -> Result<Self, SettingsError> {
        #[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
        let variables = std::env::vars_os();
        let readable =
            variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self::from_variables(readable.collect())
    }

    /// Reads the settings from variables by name. Those that do not begin with `KWIK_` are ignored,
    /// and so are those of tests and benches.
    ///
    /// # Errors
    ///
    /// The first setting that is wrong, missing or unknown.
    pub fn from_variables(variables: BTreeMap<String, String>) -> Result<Self, SettingsError> {
        let reader = Reader(variables);
        reader.refuse_unknown()?;
        let environment = reader.choice(
            "KWIK_ENV",
            &[("development", Environment::Development), ("production", Environment::Production)],
        )?;
        let environment = environment.unwrap_or(Environment::Development);
        let production = environment == Environment::Production;
        let database_url = match reader.get("KWIK_DATABASE_URL") {
            Some(url) => Secret::new(url),
            None if production => {
                return Err(SettingsError::Missing {
                    name: "KWIK_DATABASE_URL",
                    why: "the database to keep everything in",
                });
            }
            None => Secret::new(format!("sqlite://{DATA}/kwik.db")),
        };
        let mut pool = PoolSettings::default();
        if let Some(connections) =
            reader.parse("KWIK_DATABASE_POOL", "a number of connections from 1 to 1000", |n: &u32| {
                (1..=1000).contains(n)
            })?
        {
            pool.max_connections = connections;
        }
        let mut http = HttpConfig::default();
        http.cors_origins = reader.list("KWIK_CORS_ORIGINS").map(str::to_owned).collect();
        for proxy in reader.list("KWIK_TRUSTED_PROXIES") {
            http.trusted_proxies.push(proxy.parse().map_err(|_| SettingsError::Invalid {
                name: "KWIK_TRUSTED_PROXIES",
                expected: "IP addresses separated by commas".to_owned(),
            })?);
        }
        let (secret_key, key_is_new) = secret_key(&reader, production)?;
        Ok(Self {
            environment,
            database_url,
            pool,
            host: reader
                .parse("KWIK_HOST", "an IP address, such as 127.0.0.1", |_| true)?
                .unwrap_or([127, 0, 0, 1].into()),
            port: reader.parse("KWIK_PORT", "a port from 0 to 65535", |_| true)?.unwrap_or(8000),
            secret_key,
            key_is_new,
            first_administrator: FirstAdministrator {
                email: reader.get("KWIK_FIRST_SUPERUSER").unwrap_or("admin@example.com").to_owned(),
                password: reader.get("KWIK_FIRST_SUPERUSER_PASSWORD").map(Secret::new),
            },
            log: reader
                .parse("KWIK_LOG", "levels such as info, or warn,kwik=debug", |_| true)?
                .unwrap_or_else(|| Targets::new().with_default(tracing::Level::INFO)),
            hash: HashSettings::default(),
            sign_in: SignInSettings::default(),
            http,
            server: ServerConfig::default(),
        })
    }

    /// The key to serve with. One that development made for itself is kept, so that tokens outlive a
    /// restart.
    pub(crate) fn kept_key(&self) -> Result<Secret, SettingsError> {
        if !self.key_is_new {
            return Ok(self.secret_key.clone());
        }
        // Another program of this folder may have been the first.
        if let Some(key) = development_key() {
            return Ok(key);
        }
        let path = PathBuf::from(DATA).join(KEY_FILE);
        let failed = |e: std::io::Error| SettingsError::Key { path: path.display().to_string(), reason: e.to_string() };
        std::fs::create_dir_all(DATA).map_err(failed)?;
        write_private(&path, self.secret_key.expose()).map_err(failed)?;
        Ok(self.secret_key.clone())
    }
}

struct Reader(BTreeMap<String, String>);

impl Reader {
    /// A set, non-empty variable.
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn parse<T: FromStr>(
        &self,
        name: &'static str,
        expected: &str,
        allowed: impl FnOnce(&T) -> bool,
    ) -> Result<Option<T>, SettingsError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let parsed = text.trim().parse().ok().filter(allowed);
        parsed.map(Some).ok_or_else(|| SettingsError::Invalid { name, expected: expected.to_owned() })
    }

    fn choice<T: Copy>(&self, name: &'static str, choices: &[(&str, T)]) -> Result<Option<T>, SettingsError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        let chosen = choices.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        chosen.map(Some).ok_or_else(|| SettingsError::Invalid { name, expected: words.join(" or ") })
    }

    fn list(&self, name: &str) -> impl Iterator<Item = &str> {
        self.get(name).unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty())
    }

    /// A misspelt setting must not be one that is silently left out.
    fn refuse_unknown(&self) -> Result<(), SettingsError> {
        let other = ["KWIK_TEST_", "KWIK_BENCH_"];
        let unknown = self.0.keys().find(|name| {
            name.starts_with("KWIK_") && !NAMES.contains(&name.as_str()) && !other.iter().any(|o| name.starts_with(o))
        });
        match unknown {
            None => Ok(()),
            Some(name) => {
                let alike = |known: &&&str| distance(name, known) <= 3;
                let suggestion = NAMES.iter().filter(alike).min_by_key(|known| distance(name, known)).copied();
                Err(SettingsError::Unknown { name: name.chars().take(64).collect(), suggestion })
            }
        }
    }
}

/// The key, and whether it was made just now.
fn secret_key(reader: &Reader, production: bool) -> Result<(Secret, bool), SettingsError> {
    let name = "KWIK_SECRET_KEY";
    let Some(key) = reader.get(name) else {
        if production {
            return Err(SettingsError::Missing { name, why: "it signs tokens; make one with `openssl rand -hex 32`" });
        }
        return Ok(development_key().map_or_else(|| (new_key(), true), |key| (key, false)));
    };
    let lower = key.to_lowercase();
    let distinct = key.chars().collect::<std::collections::BTreeSet<_>>().len();
    if key.len() < 32 || distinct < 8 || KNOWN_KEYS.iter().any(|known| lower.starts_with(known)) {
        let expected = "at least 32 bytes that nobody can guess; make them with `openssl rand -hex 32`".to_owned();
        return Err(SettingsError::Invalid { name, expected });
    }
    Ok((Secret::new(key), false))
}

/// The key of this machine alone that an earlier start has kept.
fn development_key() -> Option<Secret> {
    let key = std::fs::read_to_string(PathBuf::from(DATA).join(KEY_FILE)).ok()?;
    (key.trim().len() >= 32).then(|| Secret::new(key.trim()))
}

/// A key that nobody can guess.
fn new_key() -> Secret {
    let (one, other) = (uuid::Uuid::new_v4(), uuid::Uuid::new_v4());
    Secret::new(format!("{}{}", one.simple(), other.simple()))
}

/// Writes a file that only its owner can read.
fn write_private(path: &std::path::Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

/// How many letters differ (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let key = ("KWIK_SECRET_KEY", "0123456789abcdef0123456789abcdef");
        let pairs = pairs.iter().chain((!pairs.iter().any(|(n, _)| *n == key.0)).then_some(&key));
        Settings::from_variables(pairs.map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
    }

    fn message(pairs: &[(&str, &str)]) -> String {
        read(pairs).map_or_else(|e| e.to_string(), |_| String::new())
    }

    #[test]
    fn a_wrong_setting_gets_a_clear_line() {
        assert_eq!(message(&[("KWIK_PORT", "http")]), "KWIK_PORT must be a port from 0 to 65535");
        assert_eq!(message(&[("KWIK_PROT", "80")]), "KWIK_PROT is not a setting; did you mean KWIK_PORT?");
        assert_eq!(message(&[("KWIK_ENV", "prod")]), "KWIK_ENV must be development or production");
        assert_eq!(message(&[("KWIK_HOST", "localhost")]), "KWIK_HOST must be an IP address, such as 127.0.0.1");
        assert!(message(&[("KWIK_LOG", "loud=very")]).starts_with("KWIK_LOG must be"));
        assert!(message(&[("KWIK_TEST_ANYTHING", "1")]).is_empty());
    }

    #[test]
    fn production_assumes_nothing() {
        let production = ("KWIK_ENV", "production");
        assert!(message(&[production]).starts_with("KWIK_DATABASE_URL must be set in production"));
        let url = ("KWIK_DATABASE_URL", "postgres://localhost/x");
        assert!(message(&[production, url, ("KWIK_SECRET_KEY", "")]).starts_with("KWIK_SECRET_KEY must be set"));
        for weak in ["short", "changeme-changeme-changeme-changeme", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"] {
            assert!(message(&[production, url, ("KWIK_SECRET_KEY", weak)]).contains("at least 32 bytes"), "{weak}");
        }
        assert!(read(&[production, url]).is_ok());
    }

    #[test]
    fn secrets_do_not_print() {
        let shown = format!(
            "{:?}",
            read(&[("KWIK_DATABASE_URL", "postgres://u:hunter2@h/d"), ("KWIK_FIRST_SUPERUSER_PASSWORD", "hunter2")])
        );
        assert!(shown.starts_with("Ok(") && !shown.contains("hunter2") && !shown.contains("0123456789abcdef"));
    }
}
