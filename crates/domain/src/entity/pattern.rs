//! Regular expressions that texts must match.

use regex_lite::Regex;
use std::{
    collections::HashMap,
    sync::{LazyLock, PoisonError, RwLock},
};

/// Each is compiled once. There are as many as attributes in the program.
static COMPILED: LazyLock<RwLock<HashMap<&'static str, Option<Regex>>>> = LazyLock::new(RwLock::default);

/// Whether the whole text matches; nothing matches what is no regular expression.
pub(super) fn matches(pattern: &'static str, text: &str) -> bool {
    let is_match = |regex: &Option<Regex>| regex.as_ref().is_some_and(|regex| regex.is_match(text));
    if let Some(regex) = COMPILED.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
        return is_match(regex);
    }
    let mut compiled = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
    is_match(compiled.entry(pattern).or_insert_with(|| whole(pattern).ok()))
}

/// What is wrong with a pattern.
pub(super) fn check(pattern: &str) -> Result<(), String> {
    whole(pattern).map(drop).map_err(|error| error.to_string())
}

fn whole(pattern: &str) -> Result<Regex, regex_lite::Error> {
    // By itself first: its parentheses must not end those around it.
    Regex::new(pattern)?;
    Regex::new(&format!(r"\A(?:{pattern})\z"))
}

#[cfg(test)]
mod tests {
    use super::{check, matches};

    #[test]
    fn the_whole_text_matches() {
        for (text, expected) in [("AB-1", true), ("AB-12", true), ("xAB-1", false), ("AB-1\n", false), ("", false)] {
            assert_eq!(matches("[A-Z]{2}-[0-9]+", text), expected, "{text:?}");
        }
        assert!(matches("a|bc", "bc") && !matches("a|bc", "ac") && !matches("a|bc", "abc"));
    }

    #[test]
    fn what_is_no_pattern_is_told_and_matches_nothing() {
        for wrong in ["(", "a)|(b", "[z-a]", "a{2,1}", r"\p{L}"] {
            assert!(check(wrong).is_err(), "{wrong}");
            assert!(!matches(wrong, "a"), "{wrong}");
        }
        assert_eq!(check("[a-z]+"), Ok(()));
    }
}
