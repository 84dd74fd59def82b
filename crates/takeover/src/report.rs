//! What a takeover finds, does and leaves.

use crate::KWIK_SCHEMA;

/// How many ids a line names at the most.
const NAMED: usize = 10;

/// What a takeover finds, does and leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Users.
    pub users: usize,
    /// Roles.
    pub roles: usize,
    /// Permissions.
    pub permissions: usize,
    /// Which user holds which role.
    pub user_roles: usize,
    /// Which role grants what.
    pub role_permissions: usize,
    /// Foreign keys of other tables that point at the new tables.
    pub foreign_keys: usize,
    /// Keys for programs, which are not taken over.
    pub api_keys: usize,
    /// What is changed, left out or to be known: a sentence each.
    pub notes: Vec<String>,
    /// Why it cannot be done: a sentence each.
    pub refusals: Vec<String>,
}

impl Report {
    /// The report for a person, a line each.
    pub fn lines(&self) -> Vec<String> {
        let Self { users, roles, permissions, user_roles, role_permissions, foreign_keys, api_keys, .. } = self;
        let mut lines = vec![
            format!("users: {users}"),
            format!("roles: {roles}, held by {user_roles} links"),
            format!("permissions: {permissions}, granted by {role_permissions} links"),
            format!("foreign keys of other tables onto them: {foreign_keys}"),
        ];
        lines.extend(self.notes.iter().map(|note| format!("note: {note}")));
        if *api_keys > 0 {
            lines.push(format!("left: {api_keys} API keys, which are not taken over; their owners make new ones"));
        }
        lines.extend(self.refusals.iter().map(|refusal| format!("in the way: {refusal}")));
        lines
    }

    /// What a person does when content.
    pub fn farewell() -> String {
        format!("Kwik's tables are in the schema {KWIK_SCHEMA}; when content: DROP SCHEMA {KWIK_SCHEMA} CASCADE")
    }
}

/// Ids in a sentence: the first few, and how many more.
pub(crate) fn some(ids: &[i64]) -> String {
    let named: Vec<_> = ids.iter().take(NAMED).map(i64::to_string).collect();
    let more = ids.len().saturating_sub(NAMED);
    if more > 0 { format!("{} and {more} more", named.join(", ")) } else { named.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_names_a_few_ids() {
        assert_eq!(some(&[3, 5]), "3, 5");
        assert_eq!(some(&(1..=12).collect::<Vec<_>>()), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more");
    }
}
