//! Statements that have been built before.

use super::{Shape, Statement};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// How many statements are kept. What clients can ask for is not bounded, memory is.
const CAPACITY: usize = 2048;

/// Statements by shape.
#[derive(Debug, Default)]
pub struct StatementCache(RwLock<HashMap<Shape, Arc<Statement>>>);

impl StatementCache {
    /// The statement of that shape, built if there is none yet.
    pub fn get(&self, shape: Shape, build: impl FnOnce() -> Statement) -> Arc<Statement> {
        if let Some(statement) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&shape) {
            return statement.clone();
        }
        let statement = Arc::new(build());
        let mut statements = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if statements.len() >= CAPACITY {
            // Rare, and cheaper than keeping count of who was used when.
            statements.clear();
        }
        statements.insert(shape, statement.clone());
        statement
    }
}
