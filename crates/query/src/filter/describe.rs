//! From a [`Filter`] back to the filter language.

use kwik_domain::{Comparison, EntityMeta, Filter, Kind, TextMatch, Value, ValueRef};
use std::fmt::Write as _;

/// Writes a condition in the filter language, for people: what a policy's row scope is.
///
/// [`parse_filter`](crate::parse_filter) reads it back as a condition that means the same, if it is
/// within the limits and names open fields, with three exceptions that the language has no words for:
/// every row is `TRUE` and no row is `FALSE`, text that is searched for without regard to case is written
/// `name ~ "text"`, and where typed code orders booleans or enums, or looks
/// for text in enums, that is written with the operators that other fields have. A part that holds for
/// every row or for none is left out, and so is a double negation.
pub fn describe(filter: &Filter, meta: &EntityMeta) -> String {
    let mut out = String::new();
    write_filter(&mut out, &plain(filter, meta), meta);
    out
}

/// The same condition with constants folded: what remains is sayable, or is a constant as a whole.
fn plain(filter: &Filter, meta: &EntityMeta) -> Filter {
    let constant = |holds: bool| if holds { Filter::All } else { Filter::Nothing };
    match filter {
        Filter::Compare(_, comparison, Value::Null) => constant(*comparison == Comparison::Ne),
        Filter::In(field, values) => {
            let values: Vec<Value> = values.iter().filter(|value| **value != Value::Null).cloned().collect();
            if values.is_empty() { Filter::Nothing } else { Filter::In(*field, values) }
        }
        Filter::Text(field, ..) if meta.fields.get(*field).is_none_or(|field| field.kind != Kind::Text) => {
            Filter::Nothing
        }
        Filter::Text(field, _, text) if text.is_empty() => !Filter::IsNull(*field),
        Filter::Related(field, part) => match target(meta, *field) {
            Some(target) => spread(*field, plain(part, target)),
            None => Filter::Nothing,
        },
        Filter::And(parts) => parts.iter().map(|part| plain(part, meta)).fold(Filter::All, |a, b| a & b),
        Filter::Or(parts) => parts.iter().map(|part| plain(part, meta)).fold(Filter::Nothing, |a, b| a | b),
        Filter::Not(part) => !plain(part, meta),
        other => other.clone(),
    }
}

fn target(meta: &EntityMeta, field: usize) -> Option<&'static EntityMeta> {
    Some(meta.fields.get(field)?.references?.target())
}

/// A condition on the one row that a field refers to, as conditions of one comparison each.
fn spread(field: usize, part: Filter) -> Filter {
    let one = |part: Filter| Filter::Related(field, Box::new(part));
    // A key is never null.
    let is_there = || one(Filter::Not(Box::new(Filter::IsNull(0))));
    match part {
        Filter::All => is_there(),
        Filter::Nothing => Filter::Nothing,
        Filter::And(parts) => parts.into_iter().map(|part| spread(field, part)).fold(Filter::All, |a, b| a & b),
        Filter::Or(parts) => parts.into_iter().map(|part| spread(field, part)).fold(Filter::Nothing, |a, b| a | b),
        Filter::Not(part) if !matches!(*part, Filter::IsNull(_)) => is_there() & !spread(field, *part),
        comparison => one(comparison),
    }
}

fn write_filter(out: &mut String, filter: &Filter, meta: &EntityMeta) {
    let name = |field: &usize| meta.fields.get(*field).map_or("?", |field| field.name);
    match filter {
        Filter::All => out.push_str("TRUE"),
        Filter::Nothing => out.push_str("FALSE"),
        Filter::Compare(field, comparison, value) => {
            write_all(out, &[name(field), " ", sign(*comparison), " "]);
            write_value(out, value);
        }
        Filter::In(field, values) => {
            write_all(out, &[name(field), " IN ("]);
            for (n, value) in values.iter().enumerate() {
                out.push_str(if n == 0 { "" } else { ", " });
                write_value(out, value);
            }
            out.push(')');
        }
        Filter::IsNull(field) => write_all(out, &[name(field), " = null"]),
        Filter::Text(field, text_match, text) => {
            let (before, after) = match text_match {
                TextMatch::Contains => (":\"", "\""),
                TextMatch::StartsWith => (" = \"", "*\""),
                TextMatch::EndsWith => (" = \"*", "\""),
                TextMatch::Search => (" ~ \"", "\""),
            };
            write_all(out, &[name(field), before, &escaped(text), after]);
        }
        Filter::Related(field, part) => {
            let reference = meta.fields.get(*field).and_then(|field| field.references);
            if let Some(reference) = reference {
                write_all(out, &[reference.name, "."]);
                write_filter(out, part, reference.target());
            }
        }
        Filter::And(parts) => write_parts(out, parts, " AND ", meta),
        Filter::Or(parts) => write_parts(out, parts, " OR ", meta),
        Filter::Not(part) => match part.as_ref() {
            Filter::IsNull(field) => write_all(out, &[name(field), " != null"]),
            part => {
                out.push_str("NOT ");
                write_part(out, part, true, meta);
            }
        },
    }
}

fn write_parts(out: &mut String, parts: &[Filter], connective: &str, meta: &EntityMeta) {
    for (n, part) in parts.iter().enumerate() {
        out.push_str(if n == 0 { "" } else { connective });
        let mixed = matches!((part, connective), (Filter::Or(_), " AND ") | (Filter::And(_), " OR "));
        write_part(out, part, mixed, meta);
    }
}

/// A part, between parentheses if several would run together with what stands around it.
fn write_part(out: &mut String, part: &Filter, mixed: bool, meta: &EntityMeta) {
    if mixed && matches!(part, Filter::And(_) | Filter::Or(_)) {
        out.push('(');
        write_filter(out, part, meta);
        out.push(')');
    } else {
        write_filter(out, part, meta);
    }
}

fn write_all(out: &mut String, parts: &[&str]) {
    for part in parts {
        out.push_str(part);
    }
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Eq => "=",
        Comparison::Ne => "!=",
        Comparison::Lt => "<",
        Comparison::Le => "<=",
        Comparison::Gt => ">",
        Comparison::Ge => ">=",
    }
}

fn write_value(out: &mut String, value: &Value) {
    match value.as_ref() {
        ValueRef::Text(text) => write_all(out, &["\"", &escaped(text), "\""]),
        // An exponent keeps the hundreds of digits of extremes away.
        ValueRef::F64(number) if number != 0.0 && !(1e-5..1e15).contains(&number.abs()) => {
            // Writing into a string cannot fail.
            let _ = write!(out, "{number:e}");
        }
        value => out.push_str(&value.to_text()),
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '"' | '\\' | '*') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use kwik_domain::{Entity, access::User};

    #[test]
    fn conditions_read_like_filters() {
        use Filter::{All, And, Compare, In, IsNull, Not, Nothing, Or, Text};
        let ada = || Compare(1, Comparison::Eq, Value::Text("Ada".to_owned()));
        let text = |text_match, text: &str| Text(1, text_match, text.to_owned());
        let cases = [
            (All, "TRUE"),
            (Nothing, "FALSE"),
            (And(vec![]), "TRUE"),
            (Or(vec![]), "FALSE"),
            (In(0, vec![]), "FALSE"),
            (In(0, vec![Value::Int(1), Value::Null, Value::Int(-2)]), "id IN (1, -2)"),
            (Compare(0, Comparison::Eq, Value::Null), "FALSE"),
            (Compare(0, Comparison::Ne, Value::Null), "TRUE"),
            (And(vec![All, ada()]), "name = \"Ada\""),
            (Or(vec![All, ada()]), "TRUE"),
            (IsNull(1), "name = null"),
            (Not(Box::new(IsNull(1))), "name != null"),
            (Not(Box::new(Not(Box::new(ada())))), "name = \"Ada\""),
            (Not(Box::new(Or(vec![ada(), IsNull(1)]))), "NOT (name = \"Ada\" OR name = null)"),
            (And(vec![ada(), And(vec![ada(), IsNull(0)])]), "name = \"Ada\" AND name = \"Ada\" AND id = null"),
            (And(vec![ada(), Or(vec![ada(), IsNull(0)])]), "name = \"Ada\" AND (name = \"Ada\" OR id = null)"),
            (
                Or(vec![And(vec![ada(), IsNull(0)]), Not(Box::new(ada()))]),
                "(name = \"Ada\" AND id = null) OR NOT name = \"Ada\"",
            ),
            (text(TextMatch::Contains, "a\"*\\"), r#"name:"a\"\*\\""#),
            (text(TextMatch::StartsWith, "a"), "name = \"a*\""),
            (text(TextMatch::EndsWith, "a"), "name = \"*a\""),
            (text(TextMatch::EndsWith, ""), "name != null"),
            (Text(0, TextMatch::Contains, "1".to_owned()), "FALSE"),
            (Compare(0, Comparison::Lt, Value::F64(1e300)), "id < 1e300"),
            (Compare(0, Comparison::Ge, Value::F64(0.25)), "id >= 0.25"),
        ];
        for (filter, expected) in cases {
            assert_eq!(describe(&filter, User::META), expected, "{filter:?}");
        }
    }
}
