#![allow(warnings)]
#[path = "it/identity/administrators.rs"] mod administrators;
#[path = "it/identity/escalation.rs"] mod escalation;
#[path = "it/identity/mass_assignment.rs"] mod mass_assignment;
#[path = "it/identity/parallel.rs"] mod parallel;
#[path = "it/identity/permissions.rs"] mod permissions;
#[path = "it/identity/roles.rs"] mod roles;
#[path = "it/identity/users.rs"] mod users;
