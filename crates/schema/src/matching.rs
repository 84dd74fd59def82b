//! Which of the names that are there is which of the names that are wanted.

/// A name that is wanted, and the name it had before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) name: &'a str,
    pub(super) renamed_from: Option<&'a str>,
}

/// For each wanted name the one that is there, if any. A former name counts only while the new one
/// is not there, so that it may stay in the entity for good.
pub(super) fn find<'a>(wanted: &[Wanted<'a>], there: &[&'a str]) -> Vec<Option<&'a str>> {
    let mut found: Vec<Option<&str>> = vec![None; wanted.len()];
    let former = |w: &Wanted<'a>| w.renamed_from.filter(|old| there.contains(old));
    for (at, w) in wanted.iter().enumerate() {
        if let Some(old) = former(w)
            && !there.contains(&w.name)
            && !found.contains(&Some(old))
        {
            found[at] = Some(old);
        }
    }
    for (at, w) in wanted.iter().enumerate() {
        if found[at].is_none() && there.contains(&w.name) && !found.contains(&Some(w.name)) {
            found[at] = Some(w.name);
        }
    }
    // A name that another one took: its own former name counts again.
    for (at, w) in wanted.iter().enumerate() {
        if found[at].is_none()
            && there.contains(&w.name)
            && let Some(old) = former(w)
            && !found.contains(&Some(old))
        {
            found[at] = Some(old);
        }
    }
    found
}

/// The renames in an order in which none meets a name that is still in use: pairs of the old name
/// and the position of the wanted one.
pub(super) fn renames<'a>(wanted: &[Wanted<'a>], found: &[Option<&'a str>]) -> Vec<(&'a str, usize)> {
    let mut open: Vec<(&str, usize)> = found
        .iter()
        .enumerate()
        .filter_map(|(at, old)| old.filter(|old| *old != wanted[at].name).map(|old| (old, at)))
        .collect();
    let mut ordered = Vec::with_capacity(open.len());
    // The target of one may be the source of another, but never in a circle: a chain begins with a
    // name that is not there.
    while let Some(next) = open.iter().position(|(_, at)| !open.iter().any(|(old, _)| *old == wanted[*at].name)) {
        ordered.push(open.remove(next));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::{Wanted, find, renames};

    fn wanted<'a>(list: &[(&'a str, Option<&'a str>)]) -> Vec<Wanted<'a>> {
        list.iter().map(|(name, renamed_from)| Wanted { name, renamed_from: *renamed_from }).collect()
    }

    #[test]
    fn a_former_name_counts_while_the_new_one_is_missing() {
        let list = wanted(&[("id", None), ("mail", Some("email"))]);
        assert_eq!(find(&list, &["id", "email"]), [Some("id"), Some("email")]);
        assert_eq!(find(&list, &["id", "email", "mail"]), [Some("id"), Some("mail")]);
        assert_eq!(find(&list, &["id"]), [Some("id"), None]);
    }

    #[test]
    fn a_chain_of_renames_is_ordered() {
        let list = wanted(&[("a", Some("b")), ("c", Some("a"))]);
        let found = find(&list, &["a", "b"]);
        assert_eq!(found, [Some("b"), Some("a")]);
        assert_eq!(renames(&list, &found), [("a", 1), ("b", 0)]);
    }

    #[test]
    fn a_former_name_may_be_used_again() {
        let list = wanted(&[("b", None), ("a", Some("b"))]);
        let found = find(&list, &["b"]);
        assert_eq!(found, [None, Some("b")]);
        assert_eq!(renames(&list, &found), [("b", 1)]);
    }

    #[test]
    fn swapped_names_are_no_renames() {
        let list = wanted(&[("a", Some("b")), ("b", Some("a"))]);
        let found = find(&list, &["a", "b"]);
        assert!(renames(&list, &found).is_empty());
    }
}
