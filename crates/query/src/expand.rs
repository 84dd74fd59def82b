//! Which related rows are asked for.

use kwik_domain::{Error, Issue, ParameterError, Result};

/// Takes `expand` out of a query's parameters, where there is anything to be expanded.
///
/// # Errors
///
/// [`Error::InvalidQuery`] when it is given twice.
pub fn take_expand(relations: &[&'static str], parameters: &mut Vec<(String, String)>) -> Result<String> {
    if relations.is_empty() {
        return Ok(String::new());
    }
    let mut given = parameters.extract_if(.., |(name, _)| name == "expand").map(|(_, value)| value);
    let expand = given.next().unwrap_or_default();
    if given.next().is_some() {
        let issue = Issue::new("duplicate", "must be given only once");
        return Err(Error::InvalidQuery(vec![ParameterError::new("expand", issue)]));
    }
    Ok(expand)
}
