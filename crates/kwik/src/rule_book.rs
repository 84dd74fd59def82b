//! Rules by the entity that they are about.

use kwik_app::Rule;
use kwik_domain::Entity;
use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::Arc,
};

/// Rules by the entity that they are about.
#[derive(Default)]
pub(crate) struct RuleBook(HashMap<TypeId, Box<dyn Any>>);

type Rules<E> = Vec<Arc<dyn Rule<E>>>;

impl RuleBook {
    pub(crate) fn add<E: Entity>(&mut self, rule: Arc<dyn Rule<E>>) {
        let rules = self.0.entry(TypeId::of::<E>()).or_insert_with(|| Box::new(Rules::<E>::new()));
        if let Some(rules) = rules.downcast_mut::<Rules<E>>() {
            rules.push(rule);
        }
    }

    pub(crate) fn of<E: Entity>(&self) -> Rules<E> {
        let rules = self.0.get(&TypeId::of::<E>()).and_then(|rules| rules.downcast_ref::<Rules<E>>());
        rules.cloned().unwrap_or_default()
    }
}
