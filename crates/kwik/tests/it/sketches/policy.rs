//! A policy: which rows, by the same filters that lists use.

use super::entity::{Order, Status};
use kwik::prelude::*;

/// People see and change open orders only.
pub struct OpenOrdersOnly;

impl PermissionPolicy for OpenOrdersOnly {
    fn decide(&self, _actor: &Actor, _action: Action, entity: &'static EntityMeta) -> Decision {
        if entity.name == Order::META.name {
            return Decision::Allow(Scope::rows(Order::STATUS.eq(Status::Open)));
        }
        Decision::Allow(Scope::all())
    }

    fn permits(&self, _actor: &Actor, _permission: &str) -> Result<(), Denial> {
        Ok(())
    }
}
