//! Transactional reads and audited writes of any entity, by its metadata.

use crate::{
    AccessEvent, Action, AuditRecord, Ctx, Cursor, DecodeError, EntityMeta, FieldMeta, Filter, KeyRef, Permit,
    RowReader, ValueRef,
};
use async_trait::async_trait;

/// A field's index and the value to write.
pub type Change<'a> = (usize, ValueRef<'a>);

/// Takes rows one by one. The caller's closure decodes, so that an object-safe port gives typed
/// rows without anything in between.
pub type Sink<'a> = &'a mut (dyn FnMut(&dyn RowReader) -> Result<(), DecodeError> + Send);

/// A field to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// Index of the field.
    pub field: usize,
    /// Largest first.
    pub descending: bool,
}

/// Which part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many rows to pass over.
    pub skip: u64,
    /// How many rows to give at the most.
    pub limit: u64,
}

impl Default for Page {
    /// The first 100 rows.
    fn default() -> Self {
        Self { skip: 0, limit: 100 }
    }
}

/// Whether rows that are read may be changed by others until the unit of work ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lock {
    /// They may.
    None,
    /// They may not.
    Update,
}

/// How far a unit of work is apart from others that go on at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Isolation {
    /// Each statement sees what was committed before it began, by whomever. What must not change in
    /// between is locked.
    #[default]
    ReadCommitted,
    /// All of them together come out as if one had been carried out after the other. One that cannot be
    /// fitted in fails with [`StoreError::Contention`], its commit included, and may be tried again.
    Serializable,
}

/// A read: the rows in the permit's scope that also satisfy the filter. Without a page, all.
/// The key is always the last thing that is sorted by, so that the order is total.
#[derive(Clone, Copy, Debug)]
pub struct Select<'a> {
    /// What the policy allowed.
    pub permit: &'a Permit,
    /// Which rows.
    pub filter: &'a Filter,
    /// In which order.
    pub order: &'a [Order],
    /// Where the rows begin, as a place in [`Order::total`] of the order; of no account for what is
    /// counted. A store may translate [`Cursor::filter`], or something of its own that means the same.
    pub after: Option<&'a Cursor>,
    /// Which part.
    pub page: Option<Page>,
    /// Whether to lock them.
    pub lock: Lock,
}

/// What a write does.
#[derive(Clone, Copy, Debug)]
pub enum Verb<'a> {
    /// Make a row of these values. Fields that are not named take the database's default.
    Insert {
        /// The values.
        values: &'a [Change<'a>],
    },
    /// Change the row with this key.
    Update {
        /// The key.
        key: KeyRef<'a>,
        /// The version that it must have; of no account where the entity has none.
        expected: Option<i64>,
        /// The values; none is of the key.
        values: &'a [Change<'a>],
    },
    /// Remove the row with this key.
    Delete {
        /// The key.
        key: KeyRef<'a>,
        /// The version that it must have; of no account where the entity has none.
        expected: Option<i64>,
    },
}

/// A write of one row.
#[derive(Clone, Copy, Debug)]
pub struct Write<'a> {
    /// What the policy allowed.
    pub permit: &'a Permit,
    /// What to do.
    pub verb: Verb<'a>,
    /// Who does it: goes to the audit trail and to the audit columns.
    pub ctx: &'a Ctx,
}

impl Write<'_> {
    /// The entity.
    pub fn entity(&self) -> &'static EntityMeta {
        self.permit.entity()
    }

    /// Whether the permit allows this: its action is the verb's, no value is for a system column or changes
    /// the key, and what is changed is within the fields that may be written (a new row also takes defaults for
    /// those that may not). The first thing that a store asks.
    ///
    /// # Errors
    ///
    /// [`StoreError::Other`] when it does not, which is a defect of the caller.
    pub fn check(&self) -> Result<(), StoreError> {
        let (action, values): (_, &[Change<'_>]) = match self.verb {
            Verb::Insert { values } => (Action::Create, values),
            Verb::Update { values, .. } => (Action::Update, values),
            Verb::Delete { .. } => (Action::Delete, &[]),
        };
        let changeable = |index: usize| index >= self.entity().keys && self.permit.scope().write.contains(index);
        let writable = |index: usize| action == Action::Create || changeable(index);
        let own = |index: usize| index < self.entity().own && writable(index);
        if self.permit.action() == action && values.iter().all(|(index, _)| own(*index)) {
            return Ok(());
        }
        Err(StoreError::Other("a permit for something else does not allow this write".to_owned()))
    }

    /// The version that the row must have, if one is asked for and the entity has versions.
    pub fn expected(&self) -> Option<i64> {
        let expected = match self.verb {
            Verb::Insert { .. } => None,
            Verb::Update { expected, .. } | Verb::Delete { expected, .. } => expected,
        };
        expected.filter(|_| self.entity().versioned)
    }
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteOutcome {
    /// Row, version and audit record are written; the row went to the sink.
    Written,
    /// There is no such row in the permit's scope.
    NotFound,
    /// The row has another version than was expected.
    VersionConflict {
        /// The version it has.
        current: i64,
    },
    /// The row as it would become lies outside the permit's scope. Nothing was written.
    OutOfScope,
}

/// What a store could not do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique value is taken.
    #[error("a unique value is taken")]
    Unique {
        /// The collection.
        entity: &'static str,
        /// The fields.
        fields: Vec<&'static str>,
    },
    /// A foreign key does not hold.
    #[error("a reference does not hold")]
    Reference {
        /// The written fields that refer to rows that are not there; none if other rows refer to this one.
        fields: Vec<&'static FieldMeta>,
    },
    /// The unit of work lost against others; it may be tried again.
    #[error("the unit of work lost against others")]
    Contention,
    /// The database cannot be reached, or has no connection free in time.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// A statement took longer than allowed.
    #[error("the database took too long")]
    Timeout,
    /// The disk is full, or the database may only be read.
    #[error("the database cannot be written to: {0}")]
    ReadOnly(String),
    /// A defect of the program or of the schema. The text is for the log.
    #[error("the database refused: {0}")]
    Other(String),
}

impl From<DecodeError> for StoreError {
    fn from(error: DecodeError) -> Self {
        Self::Other(error.to_string())
    }
}

/// Reads and writes, either each by itself or within a unit of work.
#[async_trait]
pub trait Session: Send {
    /// Gives the rows to the sink.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn fetch(&mut self, select: &Select<'_>, sink: Sink<'_>) -> Result<(), StoreError>;

    /// Gives the rows of the page to the sink and returns how many there are on all pages, in one
    /// round trip.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn fetch_page(&mut self, select: &Select<'_>, sink: Sink<'_>) -> Result<u64, StoreError>;

    /// How many rows there are.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn count(&mut self, select: &Select<'_>) -> Result<u64, StoreError>;

    /// About how many rows there are, at a cost that does not grow with them; none when that cannot be
    /// said. A guess must tell nothing of rows outside the permit's scope: where the scope is not all
    /// rows, statistics over the whole table must not enter it.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn estimate(&mut self, select: &Select<'_>) -> Result<Option<u64>, StoreError>;

    /// Writes a row, its version and its audit record: all or nothing. The row as it is afterwards
    /// (of a delete: as it was) goes to the sink.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn write(&mut self, write: &Write<'_>, sink: Sink<'_>) -> Result<WriteOutcome, StoreError>;

    /// Writes to the audit trail that something about access has happened, and gives the record's position
    /// in the trail.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn record(&mut self, ctx: &Ctx, event: &AccessEvent) -> Result<i64, StoreError>;

    /// The audit records of the row with this key, the latest first. `None` when there has never
    /// been such a row in the permit's scope; the history of a row that is gone is given only to
    /// those whose scope is all rows.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn history(
        &mut self,
        permit: &Permit,
        key: KeyRef<'_>,
        page: Page,
    ) -> Result<Option<Vec<AuditRecord>>, StoreError>;
}

/// A transaction. Dropped without [`UnitOfWork::commit`], it is rolled back. After a [`StoreError`]
/// it can only be dropped: whatever else is asked of it is an error, the commit too. (An outcome
/// other than [`WriteOutcome::Written`] is no error; it leaves everything as it was.)
#[async_trait]
pub trait UnitOfWork: Session {
    /// Makes everything in it last.
    ///
    /// # Errors
    ///
    /// See [`StoreError`]; then nothing lasts, except that with [`StoreError::Unavailable`] it is
    /// not known.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// A database.
#[async_trait]
pub trait Store: Send + Sync {
    /// Reads and writes that each stand alone: what one of them wrote lasts when it returns.
    fn session(&self) -> Box<dyn Session>;

    /// Begins a unit of work, at least as far apart from others as asked for.
    ///
    /// The future must not be dropped before it is ready.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when no connection is to be had in time.
    async fn begin(&self, isolation: Isolation) -> Result<Box<dyn UnitOfWork>, StoreError>;

    /// Whether the database answers.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when it does not.
    async fn ping(&self) -> Result<(), StoreError>;
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::{Entity, RolePolicy, Via, access::Role, authorize};

    #[test]
    fn a_permit_for_one_action_is_none_for_another() {
        let ctx = Ctx::system(Via::Job("test"), chrono::DateTime::UNIX_EPOCH);
        let key = ValueRef::Int(1).into();
        let name: &[Change<'_>] = &[(1, ValueRef::Text("clerk"))];
        let version: &[Change<'_>] = &[(Role::META.own, ValueRef::Int(9))];
        let verbs = [
            (Action::Create, Verb::Insert { values: name }),
            (Action::Update, Verb::Update { key, expected: None, values: name }),
            (Action::Delete, Verb::Delete { key, expected: None }),
        ];
        for allowed in Action::ALL {
            let permit = &authorize(&RolePolicy, &ctx, allowed, Role::META).unwrap();
            for (action, verb) in verbs {
                assert_eq!(
                    Write { permit, verb, ctx: &ctx }.check().is_ok(),
                    allowed == action,
                    "{allowed:?} {verb:?}"
                );
            }
            let verb = Verb::Update { key, expected: None, values: version };
            assert!(Write { permit, verb, ctx: &ctx }.check().is_err(), "a system column");
            let verb = Verb::Update { key, expected: None, values: &[(0, ValueRef::Int(2))] };
            assert!(Write { permit, verb, ctx: &ctx }.check().is_err(), "the key");
        }
    }
}
