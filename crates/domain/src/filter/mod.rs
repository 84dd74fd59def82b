//! Conditions on the rows of an entity, as values.

mod evaluate;

use crate::{FieldSet, Value};
use std::ops::{BitAnd, BitOr, Not};

/// How two values compare. Text compares bytewise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// Equal.
    Eq,
    /// Other than; null is other than any value.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// More.
    Gt,
    /// More or equal.
    Ge,
}

/// Where a text is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextMatch {
    /// Anywhere.
    Contains,
    /// At the beginning.
    StartsWith,
    /// At the end.
    EndsWith,
    /// Anywhere, the case of the letters A to Z aside.
    Search,
}

/// A condition on the rows of one entity, with fields by index: what a list query parses to, what
/// typed code builds, and what a policy returns as a row scope.
///
/// Its logic has two values: a comparison with a null field is false ([`Comparison::Ne`]: true),
/// and [`Filter::Not`] turns that round. Engines translate it so that this holds in SQL too.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Filter {
    /// Every row.
    #[default]
    All,
    /// No row.
    Nothing,
    /// The field compares so to the value, which is not null.
    Compare(usize, Comparison, Value),
    /// The field is one of the values.
    In(usize, Vec<Value>),
    /// The field is null.
    IsNull(usize),
    /// The field, which holds text, has this text in it.
    Text(usize, TextMatch, String),
    /// The field refers to a row that is there and satisfies a condition on the other entity.
    Related(usize, Box<Filter>),
    /// All of them hold.
    And(Vec<Filter>),
    /// At least one of them holds.
    Or(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
}

impl Filter {
    /// Whether the condition looks at no other fields of its own entity than those in `fields`.
    pub fn is_within(&self, fields: FieldSet) -> bool {
        match self {
            Self::All | Self::Nothing => true,
            Self::Compare(field, ..)
            | Self::In(field, _)
            | Self::IsNull(field)
            | Self::Text(field, ..)
            | Self::Related(field, _) => fields.contains(*field),
            Self::And(parts) | Self::Or(parts) => parts.iter().all(|part| part.is_within(fields)),
            Self::Not(part) => part.is_within(fields),
        }
    }

    /// Whether the condition looks at rows of other entities.
    pub fn follows_references(&self) -> bool {
        match self {
            Self::Related(..) => true,
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::follows_references),
            Self::Not(part) => part.follows_references(),
            _ => false,
        }
    }
}

impl BitAnd for Filter {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, f) | (f, Self::All) => f,
            (Self::Nothing, _) | (_, Self::Nothing) => Self::Nothing,
            (Self::And(mut a), Self::And(b)) => {
                a.extend(b);
                Self::And(a)
            }
            (Self::And(mut a), f) => {
                a.push(f);
                Self::And(a)
            }
            (a, b) => Self::And(vec![a, b]),
        }
    }
}

impl BitOr for Filter {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, f) | (f, Self::Nothing) => f,
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::Or(mut a), Self::Or(b)) => {
                a.extend(b);
                Self::Or(a)
            }
            (Self::Or(mut a), f) => {
                a.push(f);
                Self::Or(a)
            }
            (a, b) => Self::Or(vec![a, b]),
        }
    }
}

impl Not for Filter {
    type Output = Self;
    fn not(self) -> Self {
        match self {
            Self::All => Self::Nothing,
            Self::Nothing => Self::All,
            Self::Not(f) => *f,
            f => Self::Not(Box::new(f)),
        }
    }
}
