//! The steps from one state of a table to another.

use super::{
    Notify,
    physical::{PhysicalColumn, PhysicalIndex},
};
use std::fmt;

/// A step. The steps of a table come in the order in which they are listed here.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Gives the table another name.
    RenameTable { from: String },
    /// Gives a column another name.
    RenameColumn { from: String, to: String },
    /// Removes an index.
    DropIndex(PhysicalIndex),
    /// Removes a default.
    DropDefault(String),
    /// Changes a type; `safe` if every value is kept.
    ChangeType { from: PhysicalColumn, to: PhysicalColumn, safe: bool },
    /// Sets or changes a default.
    SetDefault(PhysicalColumn),
    /// Allows no null any more; rows with null get the column's filling.
    SetNotNull(PhysicalColumn),
    /// Allows null.
    DropNotNull(String),
    /// Removes a column.
    DropColumn(PhysicalColumn),
    /// Adds a column.
    AddColumn(PhysicalColumn),
    /// Gives an index another name.
    RenameIndex { from: String, to: PhysicalIndex },
    /// Makes an index.
    CreateIndex(PhysicalIndex),
    /// Keeps rows from being changed or removed.
    MakeAppendOnly,
    /// Begins to announce changes to those whom they concern; `instead` if others were told before.
    BeginNotify { whom: Notify, instead: bool },
    /// Announces changes no more.
    EndNotify,
}

impl Step {
    /// Where it stands among the others.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::RenameTable { .. } => 0,
            Self::RenameColumn { .. } => 1,
            Self::DropIndex(_) => 2,
            Self::DropDefault(_) => 3,
            Self::ChangeType { .. } => 4,
            Self::SetDefault(_) => 5,
            Self::SetNotNull(_) => 6,
            Self::DropNotNull(_) => 7,
            Self::DropColumn(_) => 8,
            Self::AddColumn(_) => 9,
            Self::RenameIndex { .. } => 10,
            Self::CreateIndex(_) => 11,
            Self::MakeAppendOnly => 12,
            Self::BeginNotify { .. } => 13,
            Self::EndNotify => 14,
        }
    }
}

/// What is wrong with the database as long as the step is not made.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RenameTable { from } => write!(f, "is still named {from}"),
            Self::RenameColumn { from, to } => write!(f, "column {to} is still named {from}"),
            Self::DropIndex(index) => write!(f, "index {} is not wanted", index.name),
            Self::AddColumn(column) => write!(f, "column {} is missing", column.name),
            Self::DropDefault(column) => {
                write!(f, "column {column} has a default that is not wanted")
            }
            Self::ChangeType { from, to, .. } => {
                write!(f, "column {} is {} and should be {}", to.name, from.sql_type, to.sql_type)
            }
            Self::SetDefault(column) => write!(f, "column {} has not the default that is wanted", column.name),
            Self::SetNotNull(column) => {
                write!(f, "column {} may be null and should not", column.name)
            }
            Self::DropNotNull(column) => write!(f, "column {column} may not be null and should"),
            Self::DropColumn(column) => write!(f, "column {} is no entity's", column.name),
            Self::RenameIndex { from, to } => write!(f, "index {} is still named {from}", to.name),
            Self::CreateIndex(index) => write!(f, "index {} is missing", index.name),
            Self::MakeAppendOnly => write!(f, "rows can be changed and removed, and should not"),
            Self::BeginNotify { instead: false, .. } => write!(f, "changes are not announced"),
            Self::BeginNotify { instead: true, .. } => {
                write!(f, "changes are announced to others than those whom they concern")
            }
            Self::EndNotify => write!(f, "changes are announced and need not be"),
        }
    }
}
