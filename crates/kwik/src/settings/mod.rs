//! Settings, by section, from the environment.

mod error;
mod identity;
mod key;
mod reader;
mod section;

pub use error::SettingsError;
pub(crate) use section::DeclaredSection;
pub use section::{Section, SectionReader, Setting};

use self::{
    key::{DATA, KEY_FILE, development_key, former_keys, secret_key, write_private},
    reader::Reader,
};
use kwik_adapters::database::PoolSettings;
use kwik_api::server::{HttpConfig, ServerConfig};
use kwik_credentials::argon2::HashSettings;
use kwik_domain::Secret;
use kwik_identity::{FirstAdministrator, IdentitySettings};
use std::{collections::BTreeMap, net::IpAddr, path::PathBuf};
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
    /// `KWIK_FORMER_SECRET_KEYS`: keys before the current one, separated by commas: their tokens are good
    /// until they end.
    pub former_keys: Vec<Secret>,
    /// Whether the key was made just now; it is kept by the program that first serves with it.
    key_is_new: bool,
    /// `KWIK_FIRST_SUPERUSER` (default `admin@example.com`) and `KWIK_FIRST_SUPERUSER_PASSWORD`
    /// (generated).
    pub first_administrator: FirstAdministrator,
    /// `KWIK_LOG`: `info` (default), or more finely `warn,kwik=debug`.
    pub log: Targets,
    /// How slow password hashing is: `KWIK_HASH_MEMORY` in KiB (default 19456), `KWIK_HASH_PASSES` (2),
    /// `KWIK_HASH_AT_ONCE`.
    pub hash: HashSettings,
    /// Sessions, passwords and how often they are tried. `KWIK_ACCESS_TOKEN_LIFETIME` (default 15m),
    /// `KWIK_REFRESH_TOKEN_LIFETIME` (24h), `KWIK_SESSION_LIFETIME` (7d), `KWIK_IMPERSONATION_LIFETIME` (15m),
    /// `KWIK_RESET_LIFETIME` (30m), `KWIK_RESET_LINK`, `KWIK_PASSWORD_MIN_LENGTH` (8),
    /// `KWIK_PASSWORD_MAX_LENGTH` (128), `KWIK_PASSWORD_LIST` (a file in place of the list that comes along),
    /// `KWIK_ACCOUNT_BURST` (10) and `KWIK_ACCOUNT_INTERVAL` (30s), `KWIK_ADDRESS_BURST` (100) and
    /// `KWIK_ADDRESS_INTERVAL` (1s).
    pub identity: IdentitySettings,
    /// `KWIK_SMTP_URL` and `KWIK_MAIL_FROM`: how letters are sent. Without, development writes them to its log,
    /// and production sends none.
    pub smtp: Option<SmtpSettings>,
    /// What a request may cost; `KWIK_CORS_ORIGINS`, `KWIK_TRUSTED_PROXIES` (separated by commas).
    pub http: HttpConfig,
    /// How long clients may keep sockets waiting.
    pub server: ServerConfig,
    /// Variables for sections of the program's own.
    own: OwnVariables,
}

/// Variables whose meaning only the program knows: they may be secrets, and do not print.
#[derive(Clone)]
struct OwnVariables(Reader);

impl std::fmt::Debug for OwnVariables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OwnVariables")
    }
}

/// How letters are sent.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// `smtp://host:port`, `smtp+starttls://user:password@host:port` or `smtps://…`.
    pub url: Secret,
    /// From whom.
    pub from: String,
}

/// Every setting that the environment may hold.
const NAMES: [&str; 30] = [
    "KWIK_ENV",
    "KWIK_DATABASE_URL",
    "KWIK_DATABASE_POOL",
    "KWIK_HOST",
    "KWIK_PORT",
    "KWIK_SECRET_KEY",
    "KWIK_FORMER_SECRET_KEYS",
    "KWIK_FIRST_SUPERUSER",
    "KWIK_FIRST_SUPERUSER_PASSWORD",
    "KWIK_LOG",
    "KWIK_CORS_ORIGINS",
    "KWIK_TRUSTED_PROXIES",
    "KWIK_ACCESS_TOKEN_LIFETIME",
    "KWIK_REFRESH_TOKEN_LIFETIME",
    "KWIK_SESSION_LIFETIME",
    "KWIK_IMPERSONATION_LIFETIME",
    "KWIK_RESET_LIFETIME",
    "KWIK_RESET_LINK",
    "KWIK_PASSWORD_MIN_LENGTH",
    "KWIK_PASSWORD_MAX_LENGTH",
    "KWIK_PASSWORD_LIST",
    "KWIK_HASH_MEMORY",
    "KWIK_HASH_PASSES",
    "KWIK_HASH_AT_ONCE",
    "KWIK_ACCOUNT_BURST",
    "KWIK_ACCOUNT_INTERVAL",
    "KWIK_ADDRESS_BURST",
    "KWIK_ADDRESS_INTERVAL",
    "KWIK_SMTP_URL",
    "KWIK_MAIL_FROM",
];

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

    /// Reads the settings from variables by name. Those that do not begin with `KWIK_` are left to
    /// [sections](Section) of the program's own; those of tests and benches are ignored.
    ///
    /// # Errors
    ///
    /// The first setting that is wrong, missing or unknown.
    pub fn from_variables(variables: BTreeMap<String, String>) -> Result<Self, SettingsError> {
        let (variables, own) = variables.into_iter().partition(|(name, _)| name.starts_with("KWIK_"));
        let reader = Reader(variables);
        reader.refuse_unknown("KWIK_", &NAMES, &["KWIK_TEST_", "KWIK_BENCH_"])?;
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
                    name: "KWIK_DATABASE_URL".into(),
                    why: "the database to keep everything in".into(),
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
                name: "KWIK_TRUSTED_PROXIES".into(),
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
            former_keys: former_keys(&reader)?,
            key_is_new,
            first_administrator: FirstAdministrator {
                email: reader.get("KWIK_FIRST_SUPERUSER").unwrap_or("admin@example.com").to_owned(),
                password: reader.get("KWIK_FIRST_SUPERUSER_PASSWORD").map(Secret::new),
            },
            log: reader
                .parse("KWIK_LOG", "levels such as info, or warn,kwik=debug", |_| true)?
                .unwrap_or_else(|| Targets::new().with_default(tracing::Level::INFO)),
            hash: identity::hash(&reader)?,
            identity: identity::identity(&reader)?,
            smtp: identity::smtp(&reader)?,
            http,
            server: ServerConfig::default(),
            own: OwnVariables(Reader(own)),
        })
    }

    /// Sets a variable of a [`Section`] of the program's own, as if the environment had it: for tests.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.own.0.0.insert(name.into(), value.into());
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
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
    fn sign_in_can_be_set_and_every_wrong_value_is_told() {
        let set = read(&[
            ("KWIK_ACCESS_TOKEN_LIFETIME", "90s"),
            ("KWIK_SESSION_LIFETIME", "8h"),
            ("KWIK_PASSWORD_MIN_LENGTH", "12"),
            ("KWIK_HASH_MEMORY", "64"),
            ("KWIK_ACCOUNT_BURST", "0"),
            ("KWIK_ADDRESS_INTERVAL", "2m"),
        ])
        .unwrap();
        let identity = &set.identity;
        assert_eq!((identity.lifetimes.access.as_secs(), identity.lifetimes.session.as_secs()), (90, 8 * 3600));
        assert_eq!((identity.passwords.least, set.hash.memory_kib, identity.throttle.account.burst), (12, 64, 0));
        assert_eq!(identity.throttle.address.interval.as_secs(), 120);
        for (name, value, said) in [
            ("KWIK_ACCESS_TOKEN_LIFETIME", "15", "a length of time such as 90s, 15m, 8h or 7d, from 1s to 1d"),
            ("KWIK_IMPERSONATION_LIFETIME", "2h", "a length of time such as 90s, 15m, 8h or 7d, from 1s to 1h"),
            ("KWIK_PASSWORD_MIN_LENGTH", "129", "a number of characters from 1 to 128"),
            ("KWIK_PASSWORD_LIST", "/nowhere/at/all", "a file with a password a line"),
            ("KWIK_HASH_PASSES", "0", "a number of passes from 1 to 100"),
            ("KWIK_ACCOUNT_BURST", "-1", "a number of tries from 0 (no limit) to 1000000"),
            ("KWIK_RESET_LINK", "https://shop.example/reset", "an address with {token} in it"),
            ("KWIK_FORMER_SECRET_KEYS", "short", "former values of KWIK_SECRET_KEY, separated by commas"),
        ] {
            let message = message(&[(name, value)]);
            assert!(message.starts_with(&format!("{name} must be {said}")), "{message}");
        }
        assert!(message(&[("KWIK_SMTP_URL", "smtp://localhost:25")]).starts_with("KWIK_MAIL_FROM must be set"));
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
