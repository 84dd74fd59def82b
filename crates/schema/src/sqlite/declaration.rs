//! The collations and the names of constraints in the text of a CREATE TABLE: what SQLite's pragmas do not
//! tell.

use std::collections::{HashMap, HashSet};

/// A word of a column's definition.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    /// A bare word or a number.
    Word(String),
    /// A name in quotes of any kind, without them. A text literal is one too.
    Quoted(String),
    /// Any other character.
    Other(char),
}

/// The collation of each column that has one, both in lower case.
pub(super) fn collations(create_table: &str) -> HashMap<String, String> {
    let mut collations = HashMap::new();
    for definition in definitions(tokens(create_table)) {
        let Some(Token::Word(name) | Token::Quoted(name)) = definition.first() else {
            continue;
        };
        let after = definition.windows(2).find_map(|pair| match pair {
            [Token::Word(word), Token::Word(collation) | Token::Quoted(collation)]
                if word.eq_ignore_ascii_case("collate") =>
            {
                Some(collation)
            }
            _ => None,
        });
        if let Some(collation) = after {
            collations.insert(name.to_lowercase(), collation.to_lowercase());
        }
    }
    collations
}

/// The names of the constraints that are named.
pub(super) fn constraints(create_table: &str) -> HashSet<String> {
    let name = |pair: &[Token]| match pair {
        [Token::Word(word), Token::Word(name) | Token::Quoted(name)] if word.eq_ignore_ascii_case("constraint") => {
            Some(name.clone())
        }
        _ => None,
    };
    let names = |definition: Vec<Token>| definition.windows(2).filter_map(name).collect::<Vec<_>>();
    definitions(tokens(create_table)).into_iter().flat_map(names).collect()
}

/// What stands between the commas of the outermost parentheses, leaving out what stands in inner ones.
fn definitions(tokens: Vec<Token>) -> Vec<Vec<Token>> {
    let mut definitions = vec![Vec::new()];
    let mut depth = 0_usize;
    for token in tokens {
        match token {
            Token::Other('(') => depth += 1,
            Token::Other(')') => depth = depth.saturating_sub(1),
            Token::Other(',') if depth == 1 => definitions.push(Vec::new()),
            token if depth == 1 => {
                if let Some(last) = definitions.last_mut() {
                    last.push(token);
                }
            }
            _ => {}
        }
    }
    definitions
}

fn tokens(sql: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = sql.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' | '`' => tokens.push(Token::Quoted(quoted(&mut chars, c))),
            '[' => tokens.push(Token::Quoted(chars.by_ref().take_while(|c| *c != ']').collect())),
            '-' if chars.peek() == Some(&'-') => drop(chars.by_ref().find(|c| *c == '\n')),
            '/' if chars.peek() == Some(&'*') => skip_comment(&mut chars),
            c if is_word(c) => {
                let mut word = c.to_string();
                while let Some(c) = chars.next_if(|c| is_word(*c)) {
                    word.push(c);
                }
                tokens.push(Token::Word(word));
            }
            c if c.is_whitespace() => {}
            other => tokens.push(Token::Other(other)),
        }
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

/// The text up to the closing quote; a doubled one stands for itself.
fn quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, quote: char) -> String {
    let mut text = String::new();
    while let Some(c) = chars.next() {
        if c == quote && chars.next_if_eq(&quote).is_none() {
            break;
        }
        text.push(c);
    }
    text
}

fn skip_comment(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    let mut before = ' ';
    // The star that opens it does not close it.
    chars.next();
    for c in chars.by_ref() {
        if before == '*' && c == '/' {
            return;
        }
        before = c;
    }
}

#[cfg(test)]
mod tests {
    use super::{collations, constraints};

    #[test]
    fn finds_the_collation_of_each_column() {
        let sql = "CREATE TABLE \"odd, (name\" (\n  \"id\" integer PRIMARY KEY, -- COLLATE nocase\n  \
                   \"a \"\"b\"\", c\" text COLLATE decimal NOT NULL DEFAULT 'x COLLATE y, (',\n  \
                   [plain] text DEFAULT (lower('A' COLLATE nocase)) /* , z text COLLATE \
                   rtrim */,\n  `last` text collate \"Decimal\") STRICT";
        let found = collations(sql);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found["a \"b\", c"], "decimal");
        assert_eq!(found["last"], "decimal");
    }

    #[test]
    fn finds_the_names_of_constraints() {
        let sql = "CREATE TABLE t (id integer CONSTRAINT one NOT NULL, \"constraint\" text, \
                   CONSTRAINT \"t_a_fkey\" FOREIGN KEY (\"a\") REFERENCES \"other\" (\"id\"))";
        let mut found: Vec<_> = constraints(sql).into_iter().collect();
        found.sort();
        assert_eq!(found, ["one", "t_a_fkey"]);
    }
}
