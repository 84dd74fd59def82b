//! Which operations there are.

use http::Method;
use kwik_domain::Action;

/// An operation of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// A page of rows.
    List,
    /// A new row.
    Create,
    /// One row.
    Get,
    /// Changes of a row.
    Update,
    /// Changes of a row, as a JSON Merge Patch (RFC 7396): the same.
    Patch,
    /// The end of a row.
    Delete,
    /// The audit records of a row.
    History,
}

impl OperationKind {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::List, Self::Create, Self::Get, Self::Update, Self::Patch, Self::Delete, Self::History];

    /// Its method.
    pub fn method(self) -> Method {
        match self {
            Self::List | Self::Get | Self::History => Method::GET,
            Self::Create => Method::POST,
            Self::Update => Method::PUT,
            Self::Patch => Method::PATCH,
            Self::Delete => Method::DELETE,
        }
    }

    /// What it does to rows.
    pub fn action(self) -> Action {
        match self {
            Self::List | Self::Get | Self::History => Action::Read,
            Self::Create => Action::Create,
            Self::Update | Self::Patch => Action::Update,
            Self::Delete => Action::Delete,
        }
    }

    /// Its method and path: `GET /customers/{id}`.
    pub fn name(self, collection: &str) -> String {
        format!("{} {}", self.method(), self.path(collection))
    }

    /// Its path below the prefix.
    pub fn path(self, collection: &str) -> String {
        match self {
            Self::List | Self::Create => format!("/{collection}/"),
            Self::Get | Self::Update | Self::Patch | Self::Delete => format!("/{collection}/{{id}}"),
            Self::History => format!("/{collection}/{{id}}/history"),
        }
    }

    /// Whether it is about one row.
    pub fn has_key(self) -> bool {
        !matches!(self, Self::List | Self::Create)
    }

    /// Whether it changes a row that is there.
    pub fn has_precondition(self) -> bool {
        matches!(self, Self::Update | Self::Patch | Self::Delete)
    }
}
