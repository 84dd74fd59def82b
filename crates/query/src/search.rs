//! The parameter `q`: words that must all be found.

use kwik_domain::{Filter, Issue, Kind, TextMatch, Value};

/// How many characters a search may have.
pub const MAX_SEARCH_LENGTH: usize = 200;
/// How many words a search may have.
pub const MAX_SEARCH_WORDS: usize = 10;

/// Rows of which each word is found in one of the fields, the case of the letters A to Z aside.
pub(crate) fn words(fields: &[usize], text: &str) -> Result<Filter, Issue> {
    if text.chars().nth(MAX_SEARCH_LENGTH).is_some() {
        return Err(Issue::new("length", format!("must have at most {MAX_SEARCH_LENGTH} characters")));
    }
    // Texts of fields are read so too.
    Value::parse(Kind::Text, text)?;
    let words: Vec<&str> = text.split_whitespace().collect();
    if !(1..=MAX_SEARCH_WORDS).contains(&words.len()) {
        let message = format!("must be 1 to {MAX_SEARCH_WORDS} words with white space between them");
        return Err(Issue::new("words", message));
    }
    let found = |word: &str, field: usize| Filter::Text(field, TextMatch::Search, word.to_owned());
    let anywhere = |word: &&str| fields.iter().map(|field| found(word, *field)).fold(Filter::Nothing, |a, b| a | b);
    Ok(words.iter().map(anywhere).fold(Filter::All, |a, b| a & b))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_in_one_of_the_fields() {
        let found = |field, word: &str| Filter::Text(field, TextMatch::Search, word.to_owned());
        assert_eq!(words(&[3], " a ").unwrap(), found(3, "a"));
        let (a, b) = (found(1, "a") | found(2, "a"), found(1, "*\"") | found(2, "*\""));
        assert_eq!(words(&[1, 2], "a\u{a0}*\"").unwrap(), a & b);
    }

    #[test]
    fn searches_are_bounded() {
        let most = "\u{e4}".repeat(MAX_SEARCH_LENGTH);
        words(&[1], &most).unwrap();
        words(&[1], &"a ".repeat(MAX_SEARCH_WORDS)).unwrap();
        let too_many = "a ".repeat(MAX_SEARCH_WORDS + 1);
        for (text, code) in [
            ("", "words"),
            (" \t\n", "words"),
            (too_many.as_str(), "words"),
            (&format!("{most}a"), "length"),
            ("a\0", "characters"),
        ] {
            assert_eq!(words(&[1], text).unwrap_err().code, code, "{text:?}");
        }
    }
}
