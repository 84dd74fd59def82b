//! What roles grant.

use super::{Action, Decision, Denial, PermissionPolicy, Reason, Scope};
use crate::{Actor, Comparison, EntityMeta, FieldSet, Filter, Value};
use std::borrow::Cow;

/// The default: what the actor's roles grant, by name of permission.
///
/// - `tickets_read` reaches every row; likewise `tickets_create`, `tickets_update`, `tickets_delete`.
/// - `tickets_read_own` reaches the rows that are the actor's own, where the entity has an
///   [owner](EntityMeta::owner); likewise `tickets_update_own` and `tickets_delete_own`.
/// - A field that stands in a [group](crate::FieldMeta::guard) is seen with `tickets_read_<group>` and
///   written with `tickets_update_<group>` only, new rows included.
#[derive(Clone, Copy, Debug, Default)]
pub struct RolePolicy;

/// By what right an actor reaches rows.
enum Reach {
    /// Every row.
    All(String),
    /// Those of which the user is the owner.
    Own(String, usize, i64),
}

fn has(actor: &Actor, permission: &str) -> bool {
    actor.grants.permissions.contains(permission)
}

fn reach(actor: &Actor, action: Action, entity: &'static EntityMeta) -> Result<Reach, Denial> {
    let all = entity.permission(action.verb());
    if has(actor, &all) {
        return Ok(Reach::All(all));
    }
    match entity.own_permission(action) {
        None => Err(needed(&all)),
        Some((own, owner)) => match actor.user_id().filter(|_| has(actor, &own)) {
            Some(user) => Ok(Reach::Own(own, owner, user)),
            None => Err(Denial::new(format!("the permission {all} or {own} is needed"))),
        },
    }
}

fn needed(permission: &str) -> Denial {
    Denial::new(format!("the permission {permission} is needed"))
}

/// The fields whose group the actor may not use for this.
fn closed(actor: &Actor, action: Action, entity: &'static EntityMeta) -> FieldSet {
    let closed = |(_, group): &(usize, &str)| !has(actor, &entity.group_permission(action, group));
    entity.guarded_fields().filter(closed).map(|(index, _)| index).collect()
}

impl PermissionPolicy for RolePolicy {
    fn decide(&self, actor: &Actor, action: Action, entity: &'static EntityMeta) -> Decision {
        let rows = match reach(actor, action, entity) {
            Ok(Reach::All(_)) => Filter::All,
            Ok(Reach::Own(_, owner, user)) => Filter::Compare(owner, Comparison::Eq, Value::Int(user)),
            Err(denial) => return Decision::Deny(denial),
        };
        let read = FieldSet::ALL.difference(closed(actor, Action::Read, entity));
        let write = FieldSet::ALL.difference(closed(actor, Action::Update, entity));
        Decision::Allow(Scope { rows, read, write })
    }

    fn permits(&self, actor: &Actor, permission: &str) -> Result<(), Denial> {
        if has(actor, permission) { Ok(()) } else { Err(needed(permission)) }
    }

    fn guarded(&self, entity: &'static EntityMeta) -> FieldSet {
        entity.guarded_fields().map(|(index, _)| index).collect()
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("roles")
    }

    fn reason(&self, actor: &Actor, action: Action, entity: &'static EntityMeta) -> Reason {
        let (text, permission) = match reach(actor, action, entity) {
            Ok(Reach::All(permission)) => (format!("the permission {permission} reaches every row"), permission),
            Ok(Reach::Own(permission, owner, _)) => {
                let field = entity.fields[owner].name;
                (format!("the permission {permission} reaches the rows whose {field} is the user"), permission)
            }
            Err(_) => return Reason::default(),
        };
        Reason { text: Cow::Owned(text), permissions: vec![permission] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Entity, Grants, Via};
    use std::sync::Arc;

    #[derive(Clone, Debug, Entity)]
    #[entity(collection = "tickets", owner(clerk_id))]
    struct Ticket {
        #[entity(key)]
        id: i64,
        clerk_id: Option<i64>,
        #[entity(guard = "costs")]
        price: Option<i64>,
        #[entity(guard = "costs")]
        hours: Option<i64>,
    }

    fn decide(permissions: &[&str], action: Action) -> Decision {
        let permissions = permissions.iter().map(|name| (*name).to_owned()).collect();
        let grants = Grants { permissions, ..Grants::default() };
        let actor = Actor::user(7, Via::Nothing, Arc::new(grants));
        RolePolicy.decide(&actor, action, Ticket::META)
    }

    fn allowed(permissions: &[&str], action: Action) -> Option<Scope> {
        match decide(permissions, action) {
            Decision::Allow(scope) => Some(scope),
            Decision::Deny(_) => None,
        }
    }

    #[test]
    fn owners_reach_their_rows_and_no_others() {
        let own = Ticket::CLERK_ID.eq(Some(7));
        let rows = |permissions, action| allowed(permissions, action).map(|scope| scope.rows);
        assert_eq!(rows(&["tickets_read"], Action::Read), Some(Filter::All));
        assert_eq!(rows(&["tickets_read_own"], Action::Read), Some(own.clone()));
        assert_eq!(rows(&["tickets_read_own", "tickets_read"], Action::Read), Some(Filter::All));
        assert_eq!(rows(&["tickets_delete_own"], Action::Delete), Some(own));
        assert_eq!(rows(&["tickets_read_own"], Action::Update), None);
        assert_eq!(rows(&["tickets_create_own"], Action::Create), None, "nothing is owned before it is there");
    }

    #[test]
    fn groups_open_by_a_permission_for_each_way() {
        let scope = |group| {
            let permissions = ["tickets_update", group];
            allowed(&permissions, Action::Update).map(|scope| (scope.read.contains(2), scope.write.contains(3)))
        };
        assert_eq!(scope("other"), Some((false, false)));
        assert_eq!(scope("tickets_read_costs"), Some((true, false)));
        assert_eq!(scope("tickets_update_costs"), Some((false, true)));
    }

    #[test]
    fn a_denial_names_what_would_be_enough() {
        let denial = Denial::new("the permission tickets_read or tickets_read_own is needed");
        assert_eq!(decide(&[], Action::Read), Decision::Deny(denial));
    }
}
