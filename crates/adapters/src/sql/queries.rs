//! Statements that are written by hand, on either database.

use super::Bound;
use async_trait::async_trait;
use kwik_domain::{Sink, StoreError};

/// Runs statements that are written by hand, and says the few words in which the databases differ.
#[async_trait]
pub(crate) trait Queries: Send + Sync {
    /// What follows a column that is one of the values of a list, which is bound first.
    const IS_ONE_OF: &'static str;
    /// The function that gives the larger of two values.
    const LARGER: &'static str;
    /// What follows a number of microseconds that is added to a moment.
    const MICROSECONDS: &'static str;

    /// Gives what a statement reads to the sink.
    async fn read(&self, sql: &str, values: &[Bound<'_>], sink: Sink<'_>) -> Result<(), StoreError>;

    /// Gives what a statement returns of what it changed to the sink. The change lasts.
    async fn change(&self, sql: &str, values: &[Bound<'_>], sink: Sink<'_>) -> Result<(), StoreError>;
}
