//! Rules by the entity that they are about.

use crate::Rule;
use kwik_domain::Entity;
use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::Arc,
};

/// Rules by the entity that they are about. [`Data`](crate::Data) holds the program's.
#[derive(Clone, Default)]
pub struct RuleBook(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

/// The rules of one entity.
pub(crate) type Rules<E> = Vec<Arc<dyn Rule<E>>>;

impl RuleBook {
    /// Adds a rule to those of an entity; it comes after them.
    pub fn add<E: Entity>(&mut self, rule: Arc<dyn Rule<E>>) {
        let mut rules = self.of::<E>();
        rules.push(rule);
        self.0.insert(TypeId::of::<E>(), Arc::new(rules));
    }

    /// The rules of an entity, in the order in which they were added.
    pub fn of<E: Entity>(&self) -> Vec<Arc<dyn Rule<E>>> {
        let rules = self.0.get(&TypeId::of::<E>()).and_then(|rules| rules.downcast_ref::<Rules<E>>());
        rules.cloned().unwrap_or_default()
    }
}
