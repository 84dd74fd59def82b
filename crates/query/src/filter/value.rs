//! What a comparison with a value means, typed by the field.

use super::{lexer::Literal, parser::Operator};
use kwik_domain::{Comparison, FieldMeta, Filter, Issue, Kind, TextMatch, Value};
use std::borrow::Cow;

/// Why a value or an operator does not fit a field.
pub(super) struct Misfit {
    /// Where, in bytes; at the operator without one.
    pub(super) at: Option<usize>,
    pub(super) code: &'static str,
    pub(super) message: Cow<'static, str>,
}

impl Misfit {
    fn new(at: Option<usize>, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { at, code, message: message.into() }
    }
}

/// What can be asked of a field whose values are not compared.
const NOT_COMPARED: &str = "expected = null or != null: bytes, JSON and arrays are not compared";

/// Text whose values are not listed.
fn is_free_text(field: &FieldMeta) -> bool {
    field.kind == Kind::Text && field.variants.is_empty()
}

/// An example of a value of the field.
pub(super) fn such_as(field: &FieldMeta) -> &'static str {
    match (field.variants.first(), field.kind) {
        (Some(variant), _) => variant,
        (None, Kind::Bool) => "true",
        (None, Kind::I32 | Kind::I64) => "1000",
        (None, Kind::F64 | Kind::Decimal) => "12.50",
        (None, Kind::Text) => "\"text\"",
        (None, Kind::Uuid) => "01890a5d-ac96-774b-bcce-b302099a8057",
        (None, Kind::Date) => "2026-01-31",
        (None, Kind::Timestamp) => "2026-01-31T09:30:00Z",
        (None, Kind::Time) => "09:30:00",
        (None, Kind::Bytes | Kind::Json) => "null",
    }
}

/// The condition that a field, an operator and a value make.
pub(super) fn restriction(
    index: usize,
    field: &FieldMeta,
    operator: Operator,
    literal: &Literal,
) -> Result<Filter, Misfit> {
    use Comparison::{Eq, Ne};
    if let Some(filter) = null_check(index, operator, literal) {
        return Ok(filter);
    }
    if !field.kind.is_ordered() {
        return Err(Misfit::new(None, "type", NOT_COMPARED));
    }
    let comparison = match operator {
        Operator::Has => return contains(index, field, literal),
        Operator::Compare(comparison) => comparison,
    };
    if !matches!(comparison, Eq | Ne) && (field.kind == Kind::Bool || !field.variants.is_empty()) {
        return Err(Misfit::new(None, "type", "expected one of: = != IN; the values of this field have no order"));
    }
    if matches!(comparison, Eq | Ne) && is_free_text(field) && !literal.stars.is_empty() {
        let found = pattern(index, literal)?;
        return Ok(if comparison == Eq { found } else { !found });
    }
    Ok(Filter::Compare(index, comparison, typed(field, literal)?))
}

/// Comparisons with `null` and with a lone `*`, which on every kind of field is all that is not null.
fn null_check(index: usize, operator: Operator, literal: &Literal) -> Option<Filter> {
    let is_null = match operator {
        Operator::Has | Operator::Compare(Comparison::Eq) if literal.is_star() => false,
        Operator::Compare(Comparison::Ne) if literal.is_star() => true,
        Operator::Compare(comparison @ (Comparison::Eq | Comparison::Ne)) if literal.is_null() => {
            comparison == Comparison::Eq
        }
        _ => return None,
    };
    Some(if is_null { Filter::IsNull(index) } else { !Filter::IsNull(index) })
}

/// `:` with a value.
fn contains(index: usize, field: &FieldMeta, literal: &Literal) -> Result<Filter, Misfit> {
    if !is_free_text(field) {
        let message = "expected = or != before a value, or :* for all that is not null; only text has text in it";
        return Err(Misfit::new(None, "type", message));
    }
    // Text is read as it stands or not at all.
    typed(field, literal)?;
    Ok(Filter::Text(index, TextMatch::Contains, literal.text.clone()))
}

/// A text with a star at its beginning, at its end, or at both.
fn pattern(index: usize, literal: &Literal) -> Result<Filter, Misfit> {
    let text = literal.text.as_str();
    let last = text.len() - 1;
    let (text_match, inner) = match literal.stars[..] {
        [0] => (TextMatch::EndsWith, &text[1..]),
        [end] if end == last => (TextMatch::StartsWith, &text[..last]),
        [0, end] if end == last => (TextMatch::Contains, &text[1..last]),
        _ => {
            let message = "expected * at the beginning or the end of the text only; the character itself is \\*";
            return Err(Misfit::new(Some(literal.at), "syntax", message));
        }
    };
    // The field's own way of reading text would refuse the same characters.
    match Value::parse(Kind::Text, inner) {
        Ok(_) => Ok(Filter::Text(index, text_match, inner.to_owned())),
        Err(issue) => Err(misread(literal, &issue)),
    }
}

/// The value of a field: neither null nor a pattern.
pub(super) fn typed(field: &FieldMeta, literal: &Literal) -> Result<Value, Misfit> {
    let at = Some(literal.at);
    if !field.kind.is_ordered() {
        return Err(Misfit::new(at, "type", NOT_COMPARED));
    }
    if !literal.stars.is_empty() {
        let message = "expected a value without *, which stands with = and != on text; the character itself is \\*";
        return Err(Misfit::new(at, "syntax", message));
    }
    if !literal.quoted && literal.text.eq_ignore_ascii_case("null") {
        let message = "expected a value; null stands with = and != only, in lower case; the text is \"null\"";
        return Err(Misfit::new(at, "syntax", message));
    }
    field.parse(&literal.text).map_err(|issue| misread(literal, &issue))
}

fn misread(literal: &Literal, issue: &Issue) -> Misfit {
    Misfit::new(Some(literal.at), issue.code, format!("the value {}", issue.message))
}
