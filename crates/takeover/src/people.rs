//! Users of Kwik's as ours.

use crate::{kwik_rows::KwikUser, report::some, validity::errors};
use kwik_domain::access::{User, UserCreate, login, single_line};
use std::collections::BTreeMap;

/// The longest name, in characters.
const LONGEST_NAME: usize = 200;

/// Users, and what is to be said of them.
#[derive(Default)]
pub(crate) struct People {
    pub(crate) users: Vec<(i64, UserCreate)>,
    pub(crate) notes: Vec<String>,
    pub(crate) refusals: Vec<String>,
}

/// Users as ours, with their ids and passwords. Refused are those who could not sign in: two with one
/// address, and addresses that are none.
pub(crate) fn people(found: &[KwikUser]) -> People {
    let mut out = People::default();
    let mut by_login: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    let mut renamed = Vec::new();
    for user in found {
        let create = created(user);
        by_login.entry(create.login.clone()).or_default().push(user.id);
        if create.name != user.name || create.surname != user.surname {
            renamed.push(user.id);
        }
        for error in errors::<User>(&create) {
            out.refusals.push(format!("user {}: {} {}", user.id, error.field, error.issue.message));
        }
        out.users.push((user.id, create));
    }
    for ids in by_login.values().filter(|ids| ids.len() > 1) {
        let text = "have one email, but for case or blanks; give each an own one";
        out.refusals.push(format!("users {} {text}", some(ids)));
    }
    let which = |is: fn(&KwikUser) -> bool| found.iter().filter(|u| is(u)).map(|u| u.id).collect::<Vec<_>>();
    let mut note = |ids: Vec<i64>, text: &str| {
        if !ids.is_empty() {
            out.notes.push(format!("users {} {text}", some(&ids)));
        }
    };
    note(renamed, "get a name that can be shown in one line; an empty one becomes \"-\"");
    note(which(|u| u.is_active.is_none()), "are neither active nor inactive; they become inactive");
    note(which(|u| u.is_active == Some(false)), "are inactive, which Kwik did not heed; they can no longer sign in");
    note(which(|u| u.hashed_password.is_empty()), "have no password; they can sign in when they were given one");
    out
}

fn created(user: &KwikUser) -> UserCreate {
    let email = address(user.email.trim());
    let password = user.hashed_password.trim();
    UserCreate {
        name: shown(&user.name),
        surname: shown(&user.surname),
        login: login(&email),
        email,
        // The hash of no password, where there is none.
        hashed_password: if password.is_empty() { "!" } else { password }.to_owned(),
        must_change_password: false,
        is_active: user.is_active.unwrap_or(false),
    }
}

/// An address as it is kept: names of hosts know no case.
fn address(email: &str) -> String {
    let parts = email.rsplit_once('@');
    parts.map_or_else(|| email.to_owned(), |(local, host)| format!("{local}@{}", host.to_lowercase()))
}

/// A name in one line, and not too long.
fn shown(name: &str) -> String {
    let is_wrong = |c: char| single_line(c.encode_utf8(&mut [0; 4])).is_err();
    let line: String = name.chars().map(|c| if is_wrong(c) { ' ' } else { c }).take(LONGEST_NAME).collect();
    if line.trim().is_empty() { "-".to_owned() } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: i64, email: &str) -> KwikUser {
        let (name, surname, hashed_password) = ("Ada".to_owned(), "Byron".to_owned(), "$2b$12$x".to_owned());
        KwikUser {
            id,
            email: email.to_owned(),
            name,
            surname,
            hashed_password,
            is_active: Some(true),
            ..Default::default()
        }
    }

    #[test]
    fn users_keep_id_address_and_password() {
        let found = people(&[user(7, "Ada@Example.com")]);
        let (id, ada) = &found.users[0];
        assert_eq!((*id, &*ada.email, &*ada.login), (7, "Ada@example.com", "ada@example.com"));
        assert_eq!((&*ada.hashed_password, ada.is_active), ("$2b$12$x", true));
        assert_eq!((found.notes, found.refusals), (Vec::<String>::new(), Vec::<String>::new()));
    }

    #[test]
    fn one_address_of_two_users_is_refused() {
        let found = people(&[user(1, "ada@example.com"), user(2, "ADA@example.com "), user(3, "bob@example.com")]);
        assert_eq!(found.refusals, ["users 1, 2 have one email, but for case or blanks; give each an own one"]);
    }

    #[test]
    fn what_is_no_address_is_refused_and_not_repeated() {
        let found = people(&[user(4, "nobody")]);
        assert_eq!(found.refusals.len(), 1);
        assert!(found.refusals[0].starts_with("user 4: email must"), "{:?}", found.refusals);
        assert!(!found.refusals[0].contains("nobody"));
    }

    #[test]
    fn names_that_cannot_be_shown_are_changed() {
        assert_eq!(
            (shown("A\nda"), shown(""), shown(&"x".repeat(300)).len()),
            ("A da".to_owned(), "-".to_owned(), 200)
        );
        let found = people(&[KwikUser { surname: String::new(), ..user(5, "ada@example.com") }]);
        assert_eq!((found.users[0].1.surname.as_str(), found.notes.len(), found.refusals.len()), ("-", 1, 0));
    }

    #[test]
    fn who_is_not_said_to_be_active_is_not() {
        let found = people(&[KwikUser { is_active: None, ..user(6, "ada@example.com") }]);
        assert!(!found.users[0].1.is_active);
        assert_eq!(found.notes, ["users 6 are neither active nor inactive; they become inactive"]);
    }
}
