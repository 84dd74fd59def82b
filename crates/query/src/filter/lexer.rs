//! The words and signs of a filter.
//!
//! What a sign means depends on where it stands: `:` is an operator behind a field and a character of a
//! value. So the parser asks for what may come next, and nothing is cut up beforehand.

use super::FilterError;
use std::borrow::Cow;

/// A value as it is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Literal {
    /// Where it begins.
    pub(super) at: usize,
    /// The text without quotes and backslashes.
    pub(super) text: String,
    /// Whether it stood between quotes.
    pub(super) quoted: bool,
    /// Where in `text` there are stars without a backslash, in bytes.
    pub(super) stars: Vec<usize>,
}

impl Literal {
    /// Whether it is no more than a star.
    pub(super) fn is_star(&self) -> bool {
        self.text == "*" && self.stars == [0]
    }

    /// Whether it is the word `null`.
    pub(super) fn is_null(&self) -> bool {
        !self.quoted && self.text == "null"
    }
}

/// A place in the text of a filter.
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next place that is no white space, in bytes.
    pub(super) fn at(&mut self) -> usize {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        self.at
    }

    /// The next character that is no white space; none at the end.
    pub(super) fn peek(&mut self) -> Option<char> {
        self.at();
        self.rest().chars().next()
    }

    /// Passes a sign, if it comes next.
    pub(super) fn take(&mut self, sign: &str) -> bool {
        self.at();
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    /// The name or key word that comes next; empty when there is none.
    pub(super) fn peek_name(&mut self) -> &'a str {
        self.at();
        self.prefix(|c| c.is_alphanumeric() || c == '_')
    }

    /// Passes what [`Self::peek_name`] shows.
    pub(super) fn take_name(&mut self) -> &'a str {
        let name = self.peek_name();
        self.at += name.len();
        name
    }

    /// Passes a name and the dot behind it, if both come next.
    pub(super) fn take_step(&mut self) -> Option<&'a str> {
        let name = self.peek_name();
        let is_step = !name.is_empty() && self.rest()[name.len()..].starts_with('.');
        self.at += if is_step { name.len() + 1 } else { 0 };
        is_step.then_some(name)
    }

    /// Passes a value.
    pub(super) fn take_value(&mut self, such_as: &str) -> Result<Literal, FilterError> {
        let at = self.at();
        let literal = match self.peek() {
            Some(quote @ ('"' | '\'')) => self.quoted(quote)?,
            Some('*') => {
                self.at += 1;
                Literal { at, text: "*".to_owned(), quoted: false, stars: vec![0] }
            }
            _ => {
                let word = self.prefix(|c| c.is_alphanumeric() || "_.+-:".contains(c));
                if word.is_empty() || ["AND", "OR", "NOT", "IN"].contains(&word) {
                    return Err(self.error(at, "syntax", format!("expected a value, such as {such_as}")));
                }
                self.at += word.len();
                Literal { at, text: word.to_owned(), quoted: false, stars: Vec::new() }
            }
        };
        let mixed = |c: char| c.is_alphanumeric() || "_.+-:*\"'\\".contains(c);
        if self.rest().starts_with(mixed) {
            let message = "expected the value to end here; a value with other characters than letters, digits and \
                           _ . + - : stands in quotes as a whole, such as \"ac*\"";
            return Err(self.error(self.at, "syntax", message));
        }
        Ok(literal)
    }

    fn quoted(&mut self, quote: char) -> Result<Literal, FilterError> {
        let start = self.at;
        let mut literal = Literal { at: start, text: String::new(), quoted: true, stars: Vec::new() };
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((n, c)) = characters.next() {
            match c {
                '\\' => {
                    let Some((_, c @ ('"' | '\'' | '\\' | '*'))) = characters.next() else {
                        let message = "expected \\\", \\', \\\\ or \\*; a backslash itself is written \\\\";
                        return Err(self.error(start + n, "syntax", message));
                    };
                    literal.text.push(c);
                }
                '*' => {
                    literal.stars.push(literal.text.len());
                    literal.text.push('*');
                }
                c if c == quote => {
                    self.at = start + n + 1;
                    return Ok(literal);
                }
                c => literal.text.push(c),
            }
        }
        Err(self.error(start, "syntax", "expected the quote that begins here to be closed"))
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn prefix(&self, belongs: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        &rest[..rest.find(|c| !belongs(c)).unwrap_or(rest.len())]
    }

    /// An error at a place that is given in bytes.
    pub(super) fn error(&self, at: usize, code: &'static str, message: impl Into<Cow<'static, str>>) -> FilterError {
        FilterError { position: self.text[..at].chars().count() + 1, code, message: message.into() }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn values_end_where_they_end() {
        let cases = [
            ("  2026-01-31T09:30:00+01:00 AND", "2026-01-31T09:30:00+01:00", 0, " AND"),
            ("-12.50)", "-12.50", 0, ")"),
            (r#""a\"b\\\*'*" x"#, r#"a"b\*'*"#, 1, " x"),
            (r"'it\'s ä*',", "it's ä*", 1, ","),
            ("*)", "*", 1, ")"),
            ("\"\"", "", 0, ""),
        ];
        for (text, value, stars, rest) in cases {
            let mut lexer = Lexer::new(text);
            let literal = lexer.take_value("1").unwrap();
            assert_eq!((literal.text.as_str(), literal.stars.len(), lexer.rest()), (value, stars, rest), "{text}");
        }
    }

    #[test]
    fn errors_know_their_place_in_characters() {
        let cases = [("äö !", 4), ("ä 'b", 3), (r"ä 'b\n'", 5), ("ä b*", 4), ("ä AND", 3), ("ä ", 3), ("ä 'b'c", 6)];
        for (text, position) in cases {
            let mut lexer = Lexer::new(text);
            lexer.take_name();
            assert_eq!(lexer.take_value("1").unwrap_err().position, position, "{text}");
        }
    }
}
