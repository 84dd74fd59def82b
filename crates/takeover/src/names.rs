//! Names of roles and permissions: in Kwik they may be missing, and differ in case or blanks alone.

use crate::{kwik_rows::KwikName, report::some};
use std::collections::{BTreeMap, BTreeSet};

/// Names, each once.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Id, name, whether it is active.
    pub(crate) kept: Vec<(i64, String, bool)>,
    /// For each id of Kwik's whose links count, the id that is kept.
    pub(crate) place: BTreeMap<i64, i64>,
    /// Ids that are no row of ours.
    pub(crate) gone: Vec<i64>,
    pub(crate) notes: Vec<String>,
}

/// The form in which names are kept.
pub(crate) fn plain(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Gives names to roles that have none, or one that is refused: they keep their users and permissions.
pub(crate) fn named(roles: &[KwikName], is_right: impl Fn(&str) -> bool) -> (Vec<KwikName>, Vec<String>) {
    let mut taken: BTreeSet<String> = roles.iter().filter_map(|role| role.name.as_deref().map(plain)).collect();
    let mut notes = Vec::new();
    let named = roles.iter().map(|role| {
        if role.name.as_deref().is_some_and(|name| is_right(&plain(name))) {
            return role.clone();
        }
        let mut name = format!("role {}", role.id);
        while !taken.insert(name.clone()) {
            name.push('\'');
        }
        notes.push(format!("role {} has no name, or none that can be kept; it becomes {name:?}", role.id));
        KwikName { name: Some(name), ..role.clone() }
    });
    (named.collect(), notes)
}

/// Leaves out permissions whose names are refused: no program can ask for them.
pub(crate) fn askable(permissions: &[KwikName], is_right: impl Fn(&str) -> bool) -> (Vec<KwikName>, Vec<i64>) {
    let (right, wrong): (Vec<_>, Vec<_>) =
        permissions.iter().cloned().partition(|p| p.name.as_deref().is_some_and(|name| is_right(&plain(name))));
    (right, wrong.iter().map(|permission| permission.id).collect())
}

/// Makes one of those whose names are equal. An inactive one gives nothing to an active one: its links are
/// left out.
pub(crate) fn merged(what: &str, rows: &[KwikName]) -> Names {
    let mut groups: BTreeMap<String, Vec<&KwikName>> = BTreeMap::new();
    for row in rows {
        groups.entry(plain(row.name.as_deref().unwrap_or_default())).or_default().push(row);
    }
    let mut out = Names::default();
    for (name, group) in groups {
        let is_active = group.iter().any(|row| row.is_active);
        let (alike, others): (Vec<&KwikName>, Vec<&KwikName>) =
            group.iter().copied().partition(|row| row.is_active == is_active);
        let Some(first) = alike.iter().map(|row| row.id).min() else { continue };
        out.place.extend(alike.iter().map(|row| (row.id, first)));
        out.gone.extend(group.iter().map(|row| row.id).filter(|id| *id != first));
        if group.len() > 1 {
            let ids: Vec<_> = group.iter().map(|row| row.id).collect();
            out.notes.push(format!(
                "{what}s {} are one by name: {what} {first}, {name:?}, with the links of all",
                some(&ids)
            ));
        }
        if !others.is_empty() {
            let ids: Vec<_> = others.iter().map(|row| row.id).collect();
            out.notes.push(format!("but inactive among them, and left out with their links: {what} {}", some(&ids)));
        }
        out.kept.push((first, name, is_active));
    }
    out.kept.sort_unstable_by_key(|(id, ..)| *id);
    out.gone.sort_unstable();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, name: Option<&str>, is_active: bool) -> KwikName {
        KwikName { id, name: name.map(str::to_owned), is_active }
    }

    #[test]
    fn names_that_are_equal_become_one() {
        let rows = [row(4, Some("clerk"), true), row(2, Some(" Clerk "), true), row(3, Some("boss"), true)];
        let names = merged("role", &rows);
        assert_eq!(names.kept, [(2, "clerk".to_owned(), true), (3, "boss".to_owned(), true)]);
        assert_eq!(names.place, BTreeMap::from([(2, 2), (3, 3), (4, 2)]));
        assert_eq!((names.gone, names.notes.len()), (vec![4], 1));
    }

    #[test]
    fn an_inactive_one_gives_nothing_to_an_active_one() {
        let names = merged("role", &[row(1, Some("Clerk"), false), row(2, Some("clerk"), true)]);
        assert_eq!(names.kept, [(2, "clerk".to_owned(), true)]);
        assert_eq!(names.place, BTreeMap::from([(2, 2)]), "links of role 1 do not count");
        let names = merged("role", &[row(1, Some("Clerk"), false), row(2, Some("clerk"), false)]);
        assert_eq!(names.kept, [(1, "clerk".to_owned(), false)]);
        assert_eq!(names.place, BTreeMap::from([(1, 1), (2, 1)]));
    }

    #[test]
    fn roles_without_a_name_get_one_that_nobody_has() {
        let rows = [row(7, None, true), row(8, Some("Role 7"), true), row(9, Some("a\nb"), true)];
        let (named, notes) = named(&rows, |name| !name.contains('\n'));
        let names: Vec<_> = named.iter().filter_map(|role| role.name.as_deref()).collect();
        assert_eq!((names, notes.len()), (vec!["role 7'", "Role 7", "role 9"], 2));
    }

    #[test]
    fn permissions_that_nobody_can_ask_for_are_left_out() {
        let rows = [row(1, Some("Orders_Read"), true), row(2, Some(" "), true), row(3, None, true)];
        let (right, wrong) = askable(&rows, |name| !name.is_empty());
        assert_eq!((right.len(), wrong), (1, vec![2, 3]));
    }
}
