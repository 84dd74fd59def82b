//! Query parameters, taken out one by one; what is left over is unknown.

use crate::DEFAULT_LIMIT;
use kwik_domain::{Error, Issue, Page, ParameterError, Result};

/// How much of the name of an unknown parameter an error shows, in characters.
const SHOWN: usize = 64;

/// Reads the parameters of a list that has no more than pages: `skip` and `limit`.
///
/// # Errors
///
/// [`Error::InvalidQuery`] with every parameter that is wrong, repeated or unknown.
pub fn page_query(max_limit: u64, parameters: Vec<(String, String)>) -> Result<Page> {
    let mut reader = Parameters::new(parameters);
    let page = reader.page(max_limit);
    reader.finish(&["skip", "limit"])?;
    Ok(page)
}

/// Refuses every parameter.
///
/// # Errors
///
/// [`Error::InvalidQuery`] when there is one.
pub fn no_query(parameters: Vec<(String, String)>) -> Result<()> {
    Parameters::new(parameters).finish(&[])
}

/// Parameters that have not been read yet, and what was wrong with those that were.
pub struct Parameters {
    pairs: Vec<(String, String)>,
    errors: Vec<ParameterError>,
}

impl Parameters {
    /// A reader of these names and values, percent-decoded.
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self { pairs, errors: Vec::new() }
    }

    /// Notes what is wrong with a parameter.
    pub fn wrong(&mut self, name: &'static str, issue: Issue) {
        self.errors.push(ParameterError::new(name, issue));
    }

    /// Takes a parameter out, which must not stand twice.
    pub fn take(&mut self, name: &'static str) -> Option<String> {
        let at = self.pairs.iter().position(|(key, _)| key == name)?;
        let (_, value) = self.pairs.remove(at);
        if self.pairs.iter().any(|(key, _)| key == name) {
            self.pairs.retain(|(key, _)| key != name);
            self.wrong(name, Issue::new("duplicate", "must be given only once"));
        }
        Some(value)
    }

    /// Takes a parameter out that must be there.
    pub fn required(&mut self, name: &'static str) -> Option<String> {
        let value = self.take(name);
        if value.is_none() {
            self.wrong(name, Issue::new("required", "is required"));
        }
        value
    }

    /// The value, or a note of what is wrong with the parameter.
    pub fn checked<T, E: Into<Issue>>(&mut self, name: &'static str, result: std::result::Result<T, E>) -> Option<T> {
        result.map_err(|issue| self.wrong(name, issue.into())).ok()
    }

    /// Takes `skip` and `limit` out.
    pub(crate) fn page(&mut self, max_limit: u64) -> Page {
        let skip = self.take("skip").and_then(|text| self.checked("skip", bounded(&text, i64::MAX.unsigned_abs())));
        let limit = self.take("limit").and_then(|text| self.checked("limit", bounded(&text, max_limit)));
        Page { skip: skip.unwrap_or(0), limit: limit.unwrap_or(DEFAULT_LIMIT.min(max_limit)) }
    }

    /// Says what was wrong, and what is left over and therefore unknown.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidQuery`] with all of it.
    pub fn finish(mut self, known: &[&str]) -> Result<()> {
        for (name, _) in self.pairs.iter().take(MOST_UNKNOWN) {
            let shown: String = name.chars().take(SHOWN).collect();
            let message = match known {
                [] => "is not known here; there are no parameters".to_owned(),
                known => format!("is not known here; there are {}", known.join(", ")),
            };
            self.errors.push(ParameterError::new(shown, Issue::new("unknown", message)));
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Error::InvalidQuery(self.errors)) }
    }
}

/// How many unknown parameters are told: each repeats the known ones.
const MOST_UNKNOWN: usize = 10;

/// An integer from 0 to `most`.
fn bounded(text: &str, most: u64) -> std::result::Result<u64, Issue> {
    let wrong = || Issue::new("range", format!("must be an integer from 0 to {most}"));
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|n| digits && *n <= most).ok_or_else(wrong)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        let halves = text.split('&').filter(|part| !part.is_empty()).map(|part| part.split_once('=').unwrap());
        halves.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn codes(result: Result<Page>) -> Vec<String> {
        match result.unwrap_err() {
            Error::InvalidQuery(errors) => errors.iter().map(|e| format!("{} {}", e.parameter, e.issue.code)).collect(),
            other => vec![other.to_string()],
        }
    }

    #[test]
    fn pages_are_bounded() {
        assert_eq!(page_query(50, Vec::new()).unwrap(), Page { skip: 0, limit: 50 });
        assert_eq!(page_query(1000, Vec::new()).unwrap(), Page { skip: 0, limit: DEFAULT_LIMIT });
        assert_eq!(page_query(50, pairs("limit=50&skip=7")).unwrap(), Page { skip: 7, limit: 50 });
        assert_eq!(page_query(50, pairs("limit=0")).unwrap().limit, 0);
        assert_eq!(page_query(50, pairs("skip=9223372036854775807")).unwrap().skip, i64::MAX.unsigned_abs());
        for wrong in ["51", "-1", "+1", "", " 1", "1.0", "1e1", "99999999999999999999", "٣"] {
            assert_eq!(codes(page_query(50, pairs(&format!("limit={wrong}")))), ["limit range"], "{wrong}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let found = codes(page_query(50, pairs("limit=1&limit=2&skip=x&colour=red")));
        assert_eq!(found, ["skip range", "limit duplicate", "colour unknown"]);
        assert!(no_query(Vec::new()).is_ok());
        assert_eq!(codes(no_query(pairs("limit=1")).map(|()| Page::default())), ["limit unknown"]);
    }
}
