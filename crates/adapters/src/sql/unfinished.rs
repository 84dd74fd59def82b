//! Units of work that can only be rolled back.

use kwik_domain::StoreError;

/// Whether a statement of a unit of work has failed, or was dropped before it was done.
///
/// PostgreSQL would refuse every further statement, and would answer a commit by rolling back without
/// calling that an error; so nothing further is let through, on any database.
#[derive(Debug, Default)]
pub(crate) struct Unfinished {
    is_open: bool,
    /// Whether it failed because others were faster.
    has_lost: bool,
}

impl Unfinished {
    /// Fails if one is unfinished. One that lost against others stays lost, whoever has overlooked that: it
    /// may be tried again.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        if self.has_lost {
            return Err(StoreError::Contention);
        }
        if self.is_open {
            let why = "a statement of this unit of work has failed before; it can only be dropped";
            return Err(StoreError::Other(why.to_owned()));
        }
        Ok(())
    }

    /// A statement of a unit of work begins.
    pub(crate) fn begin(&mut self) -> Result<(), StoreError> {
        self.check()?;
        self.is_open = true;
        Ok(())
    }

    /// It is done, and did not fail.
    pub(crate) fn done(&mut self) {
        self.is_open = false;
    }

    /// It failed.
    pub(crate) fn failed(&mut self, error: StoreError) -> StoreError {
        self.has_lost = matches!(error, StoreError::Contention);
        error
    }
}
