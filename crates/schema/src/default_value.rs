//! Defaults: from their plain text form to SQL and back.

use super::{Column, SchemaError, dialect::Dialect, model::ColumnKind};
use kwik_domain::{Kind, Value};

/// The value that a column's default stands for.
fn value(table: &str, column: &Column) -> Result<Option<Value>, SchemaError> {
    let Some(text) = &column.default else {
        return Ok(None);
    };
    let wrong = |why: String| SchemaError::Default { table: table.to_owned(), column: column.name.clone(), why };
    let kind = column
        .kind
        .kind()
        .ok_or_else(|| wrong("must be left out: columns of bytes, JSON and arrays have none".to_owned()))?;
    Value::parse(kind, text).map(Some).map_err(|issue| wrong(issue.message.to_string()))
}

/// Whether the default, if there is one, is a value of its column.
pub(super) fn check(table: &str, column: &Column) -> Result<(), SchemaError> {
    value(table, column).map(drop)
}

/// The default as SQL.
pub(super) fn render(dialect: Dialect, table: &str, column: &Column) -> Result<Option<String>, SchemaError> {
    Ok(value(table, column)?.map(|value| dialect.literal(value.as_ref())))
}

/// Whether two expressions are the same default of a column. Databases write an expression their own
/// way, so constants are compared by what they mean.
pub(super) fn is_same(kind: Option<ColumnKind>, one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let Some(kind) = kind.and_then(ColumnKind::kind) else {
        return false;
    };
    match (read(kind, one), read(kind, other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// Whether an expression is a number, a word or a text, with or without a cast.
#[cfg(feature = "sqlite")]
pub(super) fn is_constant(expression: &str) -> bool {
    constant(expression).is_some()
}

/// The plain text form of a constant expression; nothing if it is no constant.
fn read(kind: Kind, expression: &str) -> Option<String> {
    let text = constant(expression)?;
    if kind == Kind::Bool && (text == "1" || text == "0") {
        return Some((text == "1").to_string());
    }
    if kind == Kind::Timestamp {
        return moment(&text);
    }
    // Decimals by their digits: 5 and 5.00 are different defaults.
    Value::parse(kind, &text).ok().map(|value| value.as_ref().to_text())
}

/// A moment as PostgreSQL writes it in UTC, as RFC 3339 or as microseconds.
fn moment(text: &str) -> Option<String> {
    let read = |text: &str| Value::parse(Kind::Timestamp, text).ok();
    let value = if let Ok(micros) = text.parse::<i64>() {
        chrono::DateTime::from_timestamp_micros(micros).map(Value::Timestamp)
    } else {
        read(text).or_else(|| read(&format!("{}:00", text.replacen(' ', "T", 1))))
    };
    value.map(|value| value.as_ref().to_text())
}

/// The text between the quotes, or the number or word: casts and parentheses are taken off.
fn constant(expression: &str) -> Option<String> {
    let mut rest = expression.trim();
    while let Some(inner) = rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
        rest = inner.trim();
    }
    let escapes = rest.starts_with(['E', 'e']);
    let Some(quoted) = rest.trim_start_matches(['E', 'e']).strip_prefix('\'') else {
        let word = rest.split("::").next().unwrap_or_default().trim_matches(['(', ')']);
        let plain = !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        return plain.then(|| word.to_ascii_lowercase());
    };
    let (text, after) = unquote(quoted, escapes)?;
    // What follows can only be a cast or a collation.
    (after.is_empty() || after.starts_with("::") || after.starts_with(" COLLATE ")).then_some(text)
}

/// The text up to the closing quote, and what follows it.
fn unquote(quoted: &str, escapes: bool) -> Option<(String, &str)> {
    let mut text = String::with_capacity(quoted.len());
    let mut chars = quoted.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' if escapes => text.push(chars.next()?.1),
            '\'' if chars.next_if(|(_, next)| *next == '\'').is_some() => text.push('\''),
            '\'' => return Some((text, &quoted[at + 1..])),
            other => text.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{ColumnKind, is_same};

    #[test]
    fn constants_are_compared_by_what_they_mean() {
        use ColumnKind::{Bool, Decimal, F64, I32, Text, Timestamp};
        for (kind, one, other) in [
            (I32, "-5", "'-5'::integer"),
            (I32, "(-5)", "-5"),
            (Bool, "true", "1"),
            (Decimal, "'5000'::numeric", "5000"),
            (Text, "'it''s'::text", "'it''s'"),
            (Text, r"E'a\\b''c'::text", r"E'a\\b''c'"),
            (F64, "'1.5'::double precision", "1.5"),
            (
                Timestamp,
                "'2026-01-31 09:30:00.5+00'::timestamp with time zone",
                "'2026-01-31T09:30:00.500000Z'::timestamptz",
            ),
        ] {
            assert!(is_same(Some(kind), one, other), "{one} and {other}");
        }
    }

    #[test]
    fn other_values_and_expressions_differ() {
        use ColumnKind::{Decimal, I32, Text};
        for (kind, one, other) in [
            (I32, "5", "6"),
            (Decimal, "'5.0'::numeric", "'5'::numeric"),
            (Text, "'a'::text", "'A'::text"),
            (Text, "'a' || 'b'", "'a'"),
            (I32, "nextval('x'::regclass)", "1"),
        ] {
            assert!(!is_same(Some(kind), one, other), "{one} and {other}");
        }
    }
}
