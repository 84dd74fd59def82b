//! A numbered migration.

use super::{SchemaError, dialect::Dialect, names::hex};
use sha2::{Digest, Sha256};

/// A migration as it is embedded in a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its place among the others, from 1.
    pub number: u32,
    /// Its name: `add_phone`.
    pub name: &'static str,
    /// Its statements for PostgreSQL.
    pub postgres: &'static str,
    /// Its statements for SQLite.
    pub sqlite: &'static str,
}

impl Migration {
    /// Number and name as in its files: `0002_add_phone`.
    pub fn label(&self) -> String {
        label(self.number, self.name)
    }

    /// Its statements in a dialect.
    pub const fn text(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Postgres => self.postgres,
            Dialect::Sqlite => self.sqlite,
        }
    }

    /// SHA-256 of its statements in hexadecimal digits. Line ends do not count: a checkout may change
    /// them.
    pub fn checksum(&self, dialect: Dialect) -> String {
        hex(&Sha256::digest(self.text(dialect).replace("\r\n", "\n")))
    }
}

/// Number and name as in the files of a migration.
pub(super) fn label(number: u32, name: &str) -> String {
    format!("{number:04}_{name}")
}

/// Whether the numbers rise from one to the next.
pub(super) fn check_order(migrations: &[Migration]) -> Result<(), SchemaError> {
    let wrong = migrations.windows(2).find(|pair| pair[0].number >= pair[1].number);
    wrong.map_or(Ok(()), |pair| {
        Err(SchemaError::Numbers(format!("{} comes before {}", pair[0].label(), pair[1].label())))
    })
}

#[cfg(test)]
mod tests {
    use super::{Dialect, Migration};

    #[test]
    fn line_ends_do_not_count() {
        let unix = Migration { number: 1, name: "a", postgres: "SELECT 1;\nSELECT 2;\n", sqlite: "" };
        let dos = Migration { postgres: "SELECT 1;\r\nSELECT 2;\r\n", ..unix };
        assert_eq!(unix.checksum(Dialect::Postgres), dos.checksum(Dialect::Postgres));
        assert_eq!(unix.checksum(Dialect::Sqlite), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
