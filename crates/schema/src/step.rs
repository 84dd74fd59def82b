//! The steps from one state of a table to another.

use super::{
    Notify,
    physical::{PhysicalColumn, PhysicalForeignKey, PhysicalIndex},
};
use std::fmt;

/// A step. The steps of a table come in the order in which they are listed here.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Gives the table another name.
    RenameTable { from: String },
    /// Gives a column another name.
    RenameColumn { from: String, to: String },
    /// Removes a foreign key.
    DropForeignKey(PhysicalForeignKey),
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
    /// Makes a foreign key.
    AddForeignKey(PhysicalForeignKey),
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
            Self::DropForeignKey(_) => 2,
            Self::DropIndex(_) => 3,
            Self::DropDefault(_) => 4,
            Self::ChangeType { .. } => 5,
            Self::SetDefault(_) => 6,
            Self::SetNotNull(_) => 7,
            Self::DropNotNull(_) => 8,
            Self::DropColumn(_) => 9,
            Self::AddColumn(_) => 10,
            Self::RenameIndex { .. } => 11,
            Self::CreateIndex(_) => 12,
            Self::AddForeignKey(_) => 13,
            Self::MakeAppendOnly => 14,
            Self::BeginNotify { .. } => 15,
            Self::EndNotify => 16,
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
            Self::DropForeignKey(key) if key.actions.is_empty() => {
                write!(f, "column {} refers to {} and should not", key.columns.join(", "), key.table)
            }
            Self::DropForeignKey(key) => {
                let columns = key.columns.join(", ");
                write!(f, "the foreign key of column {columns} changes or removes rows by itself and should not")
            }
            Self::AddForeignKey(key) => {
                write!(f, "column {} should refer to {}", key.columns.join(", "), key.table)
            }
            Self::MakeAppendOnly => write!(f, "rows can be changed and removed, and should not"),
            Self::BeginNotify { instead: false, .. } => write!(f, "changes are not announced"),
            Self::BeginNotify { instead: true, .. } => {
                write!(f, "changes are announced to others than those whom they concern")
            }
            Self::EndNotify => write!(f, "changes are announced and need not be"),
        }
    }
}
