//! What a program puts in reach of its rules, commands and handlers.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::Arc,
};

/// Things of the program's own by their type, one of each: clients of other services, settings, caches.
/// [`Data`](crate::Data) holds it.
#[derive(Clone, Default)]
pub struct State(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl State {
    /// Puts a thing in, in place of another one of its type.
    pub fn insert<T: Send + Sync + 'static>(&mut self, value: T) {
        self.0.insert(TypeId::of::<T>(), Arc::new(value));
    }

    /// The thing of this type, if there is one.
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.get(&TypeId::of::<T>())?.downcast_ref()
    }
}
