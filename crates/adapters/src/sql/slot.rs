//! Places in a statement where values go.

use sea_query::{Expr, Value, Values};
use std::sync::Arc;

/// A place in a statement where a value goes. Values are known only when the statement runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// The version that the row must have.
    Expected,
    /// The user on whose account.
    User,
    /// The user who acts in that user's place.
    Impersonator,
    /// The tenant.
    Tenant,
    /// By what means.
    Via,
    /// The request.
    RequestId,
    /// The client's address.
    Address,
    /// When the work began.
    Now,
    /// The most rows of a page.
    Limit,
    /// The rows before the page.
    Skip,
    /// The n-th value of the row's key.
    Key(u16),
    /// The n-th value of a write.
    Value(u16),
    /// The n-th value of the policy's row scope.
    Scope(u16),
    /// The n-th value of the filter.
    Filter(u16),
    /// The n-th value of the place at which the rows begin.
    After(u16),
}

/// The slots without a number, by their code.
const NAMED: [Slot; 10] = [
    Slot::Expected,
    Slot::User,
    Slot::Impersonator,
    Slot::Tenant,
    Slot::Via,
    Slot::RequestId,
    Slot::Address,
    Slot::Now,
    Slot::Limit,
    Slot::Skip,
];

/// Numbered slots of each sort are this far apart.
const SORT: u64 = 1 << 16;

impl Slot {
    /// The number that stands for it while sea-query builds the statement.
    pub(crate) fn code(self) -> u64 {
        match self {
            Self::Value(n) => SORT + u64::from(n),
            Self::Scope(n) => 2 * SORT + u64::from(n),
            Self::Filter(n) => 3 * SORT + u64::from(n),
            Self::After(n) => 4 * SORT + u64::from(n),
            Self::Key(n) => 5 * SORT + u64::from(n),
            named => NAMED.iter().position(|s| *s == named).unwrap_or(0) as u64,
        }
    }

    fn from_code(code: u64) -> Option<Self> {
        let n = u16::try_from(code % SORT).ok()?;
        match code / SORT {
            0 => NAMED.get(usize::from(n)).copied(),
            1 => Some(Self::Value(n)),
            2 => Some(Self::Scope(n)),
            3 => Some(Self::Filter(n)),
            4 => Some(Self::After(n)),
            5 => Some(Self::Key(n)),
            _ => None,
        }
    }

    pub(crate) fn expr(self) -> Expr {
        Expr::value(Value::BigUnsigned(Some(self.code())))
    }
}

/// A statement's text and what goes into its places, in order.
#[derive(Debug)]
pub struct Statement {
    /// The text.
    pub sql: Arc<str>,
    /// What to bind.
    pub slots: Vec<Slot>,
}

impl Statement {
    /// Takes what sea-query built. Everything that it would bind is a slot's code.
    pub(crate) fn new((sql, values): (String, Values)) -> Self {
        let slots = values
            .0
            .into_iter()
            .map(|value| match value {
                Value::BigUnsigned(Some(code)) => Slot::from_code(code),
                _ => None,
            })
            .map(|slot| {
                debug_assert!(slot.is_some(), "a literal instead of a slot in {sql}");
                slot.unwrap_or(Slot::Key(0))
            })
            .collect();
        Self { sql: sql.into(), slots }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_back() {
        let numbered = [0, 7, u16::MAX]
            .into_iter()
            .flat_map(|n| [Slot::Value(n), Slot::Scope(n), Slot::Filter(n), Slot::After(n), Slot::Key(n)]);
        for slot in NAMED.into_iter().chain(numbered) {
            assert_eq!(Slot::from_code(slot.code()), Some(slot));
        }
    }
}
