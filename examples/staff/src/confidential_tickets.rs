//! Confidential tickets: a policy written by hand, since it joins an owner, an attribute and a flag by
//! *or*, and policies that are declared can only be joined by *and*.

use crate::ticket::Ticket;
use kwik::{domain::Value, prelude::*};

/// A confidential ticket is there for the clerk who deals with it and for the head of its department.
/// For everybody else, administrators included, there is no such ticket.
pub struct ConfidentialTickets;

impl PermissionPolicy for ConfidentialTickets {
    fn decide(&self, actor: &Actor, _: Action, entity: &'static EntityMeta) -> Decision {
        if entity.name != Ticket::META.name {
            return Decision::Allow(Scope::all());
        }
        let mut rows = Ticket::CONFIDENTIAL.eq(false);
        if let Some(user) = actor.user_id() {
            rows = rows | Ticket::CLERK_ID.eq(user);
        }
        if let (Some(Value::Text(department)), Some(Value::Bool(true))) =
            (actor.attribute("department"), actor.attribute("head"))
        {
            rows = rows | Ticket::DEPARTMENT.eq(department);
        }
        Decision::Allow(Scope::rows(rows))
    }

    fn reason(&self, _: &Actor, _: Action, entity: &'static EntityMeta) -> Reason {
        if entity.name != Ticket::META.name {
            return Reason::new("it is about tickets");
        }
        Reason::new("a confidential ticket is for its clerk and for the head of its department")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::Status;
    use kwik::domain::{Grants, Via};
    use std::{collections::BTreeMap, sync::Arc};

    /// User 7, who works there.
    fn somebody(department: &str, head: bool) -> Actor {
        let department = Value::Text(department.to_owned());
        let attributes = BTreeMap::from([("department".into(), department), ("head".into(), Value::Bool(head))]);
        Actor::user(7, Via::Nothing, Arc::new(Grants { attributes, ..Grants::default() }))
    }

    /// A ticket of the sales department.
    fn ticket(clerk_id: Option<i64>, confidential: bool) -> Ticket {
        let (title, department) = ("a ticket".to_owned(), "sales".to_owned());
        Ticket { id: 1, title, department, clerk_id, status: Status::Open, confidential }
    }

    fn reaches(actor: &Actor, ticket: &Ticket) -> bool {
        match ConfidentialTickets.decide(actor, Action::Read, Ticket::META) {
            Decision::Allow(scope) => scope.rows.matches(ticket),
            Decision::Deny(_) => false,
        }
    }

    #[test]
    fn a_confidential_ticket_is_for_its_clerk_and_the_head_of_its_department() {
        for (who, of_others, own) in [
            (somebody("sales", false), false, true),
            (somebody("sales", true), true, true),
            (somebody("support", true), false, true),
            (Actor::user(7, Via::Nothing, Arc::default()), false, true),
            (Actor::anonymous(), false, false),
        ] {
            assert!(reaches(&who, &ticket(Some(8), false)), "what is not confidential is everybody's");
            assert_eq!(reaches(&who, &ticket(Some(8), true)), of_others, "{who:?}");
            assert_eq!(reaches(&who, &ticket(None, true)), of_others, "{who:?}");
            assert_eq!(reaches(&who, &ticket(Some(7), true)), own, "{who:?}");
        }
    }
}
