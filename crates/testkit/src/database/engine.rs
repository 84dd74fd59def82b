//! The database engines that Kwik supports.

use std::fmt;

/// A database engine on which every test of a store should run.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Engine {
    /// SQLite, in a file of its own for each test.
    Sqlite,
    /// PostgreSQL 14 or later, in a database of its own for each test.
    Postgres,
}

impl Engine {
    /// All engines, in the order in which tests name them.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// The scheme of the engine's database addresses: `sqlite` or `postgres`.
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.scheme())
    }
}
