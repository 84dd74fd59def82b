//! What names may be made of.

use crate::Issue;

/// Whether a name is one line, shown in the order in which it is written. Names go into letters and onto
/// pages, where a line break or a turned direction would make something else of the text around them.
///
/// # Errors
///
/// An [`Issue`] for control characters, line breaks, and marks that turn the direction of text.
pub fn single_line(name: &str) -> Result<(), Issue> {
    let is_wrong = |c: char| {
        c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    if name.contains(is_wrong) {
        return Err(Issue::new("format", "must be one line, without control characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line() {
        for name in ["Ada", "Žofie O'Brien-Šťastná", "محمد", "👩\u{200D}💻", "a b", ""] {
            assert_eq!(single_line(name), Ok(()), "{name:?}");
        }
        for c in "\0\n\r\t\u{7F}\u{85}\u{2028}\u{202A}\u{202E}\u{2066}\u{2069}".chars() {
            let code = single_line(&format!("A{c}da")).map_err(|issue| issue.code);
            assert_eq!(code, Err("format"), "{c:?}");
        }
    }
}
