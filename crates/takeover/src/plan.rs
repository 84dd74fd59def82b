//! What becomes of Kwik's rows. Decided from the rows alone, so that it comes out the same every time.

use crate::{
    kwik_rows::{KwikLink, KwikRows},
    names::{Names, askable, merged, named},
    people::{People, people},
    report::{Report, some},
    validity::errors,
};
use kwik_domain::access::{
    ADMIN_ROLE, Permission, PermissionCreate, Role, RoleCreate, RolePermissionCreate, UserCreate, UserRoleCreate,
};
use std::collections::{BTreeMap, BTreeSet};

/// The rows that are going to be written, with their ids.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) users: Vec<(i64, UserCreate)>,
    pub(crate) roles: Vec<(i64, RoleCreate)>,
    pub(crate) permissions: Vec<(i64, PermissionCreate)>,
    pub(crate) user_roles: Vec<(i64, UserRoleCreate)>,
    pub(crate) role_permissions: Vec<(i64, RolePermissionCreate)>,
    /// Ids of roles and permissions of Kwik's that are no rows of ours.
    pub(crate) gone: [(&'static str, Vec<i64>); 2],
    pub(crate) report: Report,
}

impl Plan {
    /// Decides.
    pub(crate) fn of(rows: &KwikRows) -> Self {
        let People { users, notes, refusals } = people(&rows.users);
        let mut plan = Self { users, ..Self::default() };
        (plan.report.notes, plan.report.refusals) = (notes, refusals);
        let (named, notes) = named(&rows.roles, role_is_right);
        plan.report.notes.extend(notes);
        let roles = merged("role", &named);
        let (permissions, nameless) = askable(&rows.permissions, permission_is_right);
        let mut permissions = merged("permission", &permissions);
        permissions.gone.extend(&nameless);
        plan.note("permissions", &nameless, "have no name that can be kept, and are left out with their links");
        plan.note("roles", &inactive(&roles), "are inactive, which Kwik did not heed; they no longer grant anything");
        plan.link(rows, &roles, &permissions);
        plan.name(&roles, &permissions);
        plan.administrators(rows);
        plan.gone = [("roles", roles.gone), ("permissions", permissions.gone)];
        plan.count(rows.api_keys);
        plan
    }

    fn note(&mut self, what: &str, ids: &[i64], text: &str) {
        if !ids.is_empty() {
            self.report.notes.push(format!("{what} {} {text}", some(ids)));
        }
    }

    fn name(&mut self, roles: &Names, permissions: &Names) {
        self.report.notes.extend(roles.notes.iter().chain(&permissions.notes).cloned());
        let role = |(id, name, is_active): &(i64, String, bool)| {
            (*id, RoleCreate { name: name.clone(), is_active: *is_active })
        };
        self.roles = roles.kept.iter().map(role).collect();
        let permission = |(id, name, _): &(i64, String, bool)| (*id, PermissionCreate { name: name.clone() });
        self.permissions = permissions.kept.iter().map(permission).collect();
    }

    fn link(&mut self, rows: &KwikRows, roles: &Names, permissions: &Names) {
        let users: BTreeMap<i64, i64> = self.users.iter().map(|(id, _)| (*id, *id)).collect();
        let held = ends(&rows.users_roles, &users, &roles.place);
        let granted = ends(&rows.roles_permissions, &roles.place, &permissions.place);
        for (table, links) in [("users_roles", &held), ("roles_permissions", &granted)] {
            self.note(&format!("{table}: links"), &links.orphans, "lead nowhere, and are left out");
            self.note(&format!("{table}: links"), &links.doubles, "say what others say, and are left out");
        }
        let link = |(id, user_id, role_id)| (id, UserRoleCreate { user_id, role_id });
        self.user_roles = held.kept.into_iter().map(link).collect();
        let link = |(id, role_id, permission_id)| (id, RolePermissionCreate { role_id, permission_id });
        self.role_permissions = granted.kept.into_iter().map(link).collect();
    }

    /// Superusers become administrators.
    fn administrators(&mut self, rows: &KwikRows) {
        let superusers: Vec<i64> =
            rows.users.iter().filter(|user| user.is_superuser == Some(true)).map(|user| user.id).collect();
        let found = self.roles.iter().find(|(_, role)| role.name == ADMIN_ROLE);
        let admin = match found {
            Some((id, role)) => {
                if !role.is_active && !superusers.is_empty() {
                    let text = "is not active, and superusers are to hold it; activate or rename it";
                    self.report.refusals.push(format!("role {id}, {ADMIN_ROLE:?}, {text}"));
                }
                Some(*id)
            }
            None if superusers.is_empty() => None,
            None => Some(self.make_administrators(rows)),
        };
        if let Some(admin) = admin {
            self.appoint(admin, &superusers, rows);
        }
        let active: BTreeSet<i64> = self.users.iter().filter(|(_, user)| user.is_active).map(|(id, _)| *id).collect();
        let holders = self.user_roles.iter().filter(|(_, link)| Some(link.role_id) == admin);
        let holders: Vec<i64> = holders.map(|(_, link)| link.user_id).filter(|id| active.contains(id)).collect();
        if holders.is_empty() {
            let text =
                "nobody who is active holds the role \"admin\"; `user create --role admin` makes an administrator";
            self.report.notes.push(text.to_owned());
        }
        self.note(
            "users",
            &holders,
            "are administrators by the role \"admin\": they may also give what they do not hold",
        );
    }

    /// A role of administrators that grants everything.
    fn make_administrators(&mut self, rows: &KwikRows) -> i64 {
        let id = next(rows.roles.iter().map(|role| role.id));
        self.roles.push((id, RoleCreate { name: ADMIN_ROLE.to_owned(), is_active: true }));
        let first = next(rows.roles_permissions.iter().map(|link| link.id));
        let links = self.permissions.iter().zip(first..);
        let links: Vec<_> = links
            .map(|((permission, _), at)| (at, RolePermissionCreate { role_id: id, permission_id: *permission }))
            .collect();
        self.role_permissions.extend(links);
        self.report.notes.push(format!("role {id}, {ADMIN_ROLE:?}, is made, with every permission"));
        id
    }

    fn appoint(&mut self, admin: i64, superusers: &[i64], rows: &KwikRows) {
        let held = self.user_roles.iter().filter(|(_, link)| link.role_id == admin);
        let held: BTreeSet<i64> = held.map(|(_, link)| link.user_id).collect();
        let new: Vec<i64> = superusers.iter().copied().filter(|id| !held.contains(id)).collect();
        let first = next(rows.users_roles.iter().map(|link| link.id));
        let links = new.iter().zip(first..);
        self.user_roles.extend(links.map(|(user_id, at)| (at, UserRoleCreate { user_id: *user_id, role_id: admin })));
        self.note("users", &new, "are superusers; they get the role \"admin\"");
    }

    fn count(&mut self, api_keys: usize) {
        self.report.users = self.users.len();
        self.report.roles = self.roles.len();
        self.report.permissions = self.permissions.len();
        self.report.user_roles = self.user_roles.len();
        self.report.role_permissions = self.role_permissions.len();
        self.report.api_keys = api_keys;
    }
}

/// Links whose ends are there, each once, with their new ends; and the ids of the others.
#[derive(Default)]
struct Links {
    kept: Vec<(i64, i64, i64)>,
    orphans: Vec<i64>,
    doubles: Vec<i64>,
}

fn ends(links: &[KwikLink], from: &BTreeMap<i64, i64>, to: &BTreeMap<i64, i64>) -> Links {
    let (mut out, mut seen) = (Links::default(), BTreeSet::new());
    for link in links {
        let ends = (link.from.and_then(|id| from.get(&id)), link.to.and_then(|id| to.get(&id)));
        match ends {
            (Some(from), Some(to)) if seen.insert((*from, *to)) => out.kept.push((link.id, *from, *to)),
            (Some(_), Some(_)) => out.doubles.push(link.id),
            _ => out.orphans.push(link.id),
        }
    }
    out
}

fn next(ids: impl Iterator<Item = i64>) -> i64 {
    ids.max().unwrap_or(0) + 1
}

fn inactive(roles: &Names) -> Vec<i64> {
    roles.kept.iter().filter(|(.., is_active)| !is_active).map(|(id, ..)| *id).collect()
}

fn role_is_right(name: &str) -> bool {
    errors::<Role>(&RoleCreate { name: name.to_owned(), is_active: true }).is_empty()
}

fn permission_is_right(name: &str) -> bool {
    errors::<Permission>(&PermissionCreate { name: name.to_owned() }).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kwik_rows::{KwikName, KwikUser};

    fn user(id: i64, is_superuser: bool) -> KwikUser {
        let (name, surname, email) = ("Ada".to_owned(), "Byron".to_owned(), format!("user{id}@example.com"));
        let (is_active, is_superuser) = (Some(true), Some(is_superuser));
        KwikUser { id, name, surname, email, is_active, is_superuser, hashed_password: "$2b$".to_owned() }
    }

    fn name(id: i64, name: &str, is_active: bool) -> KwikName {
        KwikName { id, name: Some(name.to_owned()), is_active }
    }

    fn link(id: i64, from: Option<i64>, to: Option<i64>) -> KwikLink {
        KwikLink { id, from, to }
    }

    fn held(plan: &Plan) -> Vec<(i64, i64, i64)> {
        plan.user_roles.iter().map(|(id, link)| (*id, link.user_id, link.role_id)).collect()
    }

    #[test]
    fn links_go_to_what_was_kept_each_once() {
        let rows = KwikRows {
            users: vec![user(1, false)],
            roles: vec![name(5, "Clerk", true), name(6, "clerk", true)],
            permissions: vec![name(8, "Orders_Read", true), name(9, "", true)],
            users_roles: vec![
                link(1, Some(1), Some(6)),
                link(2, Some(1), Some(5)),
                link(3, Some(1), None),
                link(4, Some(77), Some(5)),
            ],
            roles_permissions: vec![link(1, Some(6), Some(8)), link(2, Some(5), Some(9))],
            api_keys: 2,
        };
        let plan = Plan::of(&rows);
        assert_eq!(held(&plan), [(1, 1, 5)]);
        let granted: Vec<_> = plan.role_permissions.iter().map(|(id, l)| (*id, l.role_id, l.permission_id)).collect();
        assert_eq!(granted, [(1, 5, 8)]);
        assert_eq!(plan.gone, [("roles", vec![6]), ("permissions", vec![9])]);
        let Report { users, roles, permissions, user_roles, role_permissions, api_keys, .. } = plan.report;
        assert_eq!((users, roles, permissions, user_roles, role_permissions, api_keys), (1, 1, 1, 1, 1, 2));
        let notes = plan.report.notes.join("\n");
        for part in [
            "links 3, 4 lead nowhere",
            "links 2 say what others say",
            "permissions 9 have no name",
            "roles 5, 6 are one",
        ] {
            assert!(notes.contains(part), "{part}: {notes}");
        }
    }

    #[test]
    fn superusers_become_administrators() {
        let rows = KwikRows {
            users: vec![user(1, true), user(2, false)],
            roles: vec![name(5, "clerk", true)],
            permissions: vec![name(8, "orders_read", true)],
            users_roles: vec![link(10, Some(2), Some(5))],
            ..KwikRows::default()
        };
        let plan = Plan::of(&rows);
        assert_eq!((plan.roles[1].0, plan.roles[1].1.name.as_str()), (6, "admin"));
        assert_eq!(held(&plan), [(10, 2, 5), (11, 1, 6)]);
        assert_eq!((plan.role_permissions[0].1.role_id, plan.role_permissions[0].1.permission_id), (6, 8));
    }

    #[test]
    fn a_role_of_administrators_that_is_there_is_used_as_it_is() {
        let rows = |is_active| KwikRows {
            users: vec![user(1, true)],
            roles: vec![name(5, "Admin", is_active)],
            permissions: vec![name(8, "orders_read", true)],
            ..KwikRows::default()
        };
        let plan = Plan::of(&rows(true));
        assert_eq!((held(&plan), plan.role_permissions.len(), plan.report.refusals.len()), (vec![(1, 1, 5)], 0, 0));
        assert_eq!(Plan::of(&rows(false)).report.refusals.len(), 1, "an inactive one makes nobody an administrator");
    }

    #[test]
    fn that_nobody_is_an_administrator_is_said() {
        let plan = Plan::of(&KwikRows { users: vec![user(1, false)], ..KwikRows::default() });
        assert!(plan.report.notes.iter().any(|note| note.contains("nobody who is active")), "{:?}", plan.report.notes);
        assert!(plan.roles.is_empty());
    }
}
