//! The settings of a yardstick, all from the environment.

use std::env;

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A required variable is absent.
    #[error("{0} is not set; set it in the environment")]
    Missing(&'static str),
    /// A variable is not a number of the wanted range.
    #[error("{name} is {value:?}; it must be a whole number from 1 to 65535")]
    NotANumber {
        /// The variable.
        name: &'static str,
        /// What it holds.
        value: String,
    },
    /// The secret is too short to sign with.
    #[error("SECRET_KEY has {0} bytes; it must have at least 32")]
    ShortSecret(usize),
}

/// Everything that a yardstick can be told.
#[derive(Clone)]
pub struct Settings {
    /// `DATABASE_URL`, a `PostgreSQL` address.
    pub database_url: String,
    /// `HOST`, the address to listen on (default 127.0.0.1).
    pub host: String,
    /// `PORT`, the port to listen on (default 8000).
    pub port: u16,
    /// `SECRET_KEY`, what tokens are signed with; at least 32 bytes.
    pub secret_key: String,
    /// `ADMIN_EMAIL`, the first administrator.
    pub admin_email: String,
    /// `ADMIN_PASSWORD`, the first administrator's password.
    pub admin_password: String,
    /// `POOL_SIZE`, the most database connections (default 10).
    pub pool_size: u16,
}

impl Settings {
    /// Reads the settings from the environment.
    ///
    /// # Errors
    /// The first variable that is missing or wrong, by name.
    pub fn from_env() -> Result<Self, SettingsError> {
        let secret_key = required("SECRET_KEY")?;
        if secret_key.len() < 32 {
            return Err(SettingsError::ShortSecret(secret_key.len()));
        }
        Ok(Self {
            database_url: required("DATABASE_URL")?,
            host: env::var("HOST").unwrap_or_else(|_| "127.0.0.1".to_owned()),
            port: number("PORT", 8000)?,
            secret_key,
            admin_email: required("ADMIN_EMAIL")?,
            admin_password: required("ADMIN_PASSWORD")?,
            pool_size: number("POOL_SIZE", 10)?,
        })
    }
}

fn required(name: &'static str) -> Result<String, SettingsError> {
    env::var(name).map_err(|_| SettingsError::Missing(name))
}

fn number(name: &'static str, default: u16) -> Result<u16, SettingsError> {
    let Ok(value) = env::var(name) else {
        return Ok(default);
    };
    match value.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(SettingsError::NotANumber { name, value }),
    }
}
