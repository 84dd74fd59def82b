//! Literals in attributes, in the plain text form that `FieldType::from_text` reads.

use syn::{Error, Expr, ExprLit, ExprRange, ExprUnary, Lit, RangeLimits, Result, UnOp};

/// How a literal was written; with it, the kinds of fields that it can be meant for.
/// The later ones are for fewer kinds of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shape {
    /// `"text"`, which any kind can be read from.
    Text,
    /// `true` or `false`.
    Bool,
    /// `-5`.
    Integer,
    /// `0.5`.
    Float,
}

/// A literal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Literal {
    /// Its plain text form.
    pub(crate) text: String,
    /// How it was written.
    pub(crate) shape: Shape,
}

impl Literal {
    /// Reads a literal, perhaps with a minus before it.
    pub(crate) fn of(expr: &Expr) -> Result<Self> {
        let wrong = || Error::new_spanned(expr, "must be a literal: text, a number, `true` or `false`");
        match expr {
            Expr::Group(group) => Self::of(&group.expr),
            Expr::Lit(ExprLit { lit, .. }) => Self::of_lit(lit).ok_or_else(wrong),
            Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr: inner, .. }) => match Self::of(inner) {
                Ok(Self { text, shape: shape @ (Shape::Integer | Shape::Float) }) => {
                    Ok(Self { text: format!("-{text}"), shape })
                }
                _ => Err(wrong()),
            },
            _ => Err(wrong()),
        }
    }

    fn of_lit(lit: &Lit) -> Option<Self> {
        let (text, shape) = match lit {
            Lit::Str(v) => (v.value(), Shape::Text),
            Lit::Bool(v) => (v.value.to_string(), Shape::Bool),
            Lit::Int(v) if v.suffix().is_empty() => (v.base10_digits().to_owned(), Shape::Integer),
            Lit::Float(v) if v.suffix().is_empty() => (v.base10_digits().to_owned(), Shape::Float),
            _ => return None,
        };
        Some(Self { text, shape })
    }
}

/// A range of values: least, largest, and whether the largest is part of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Range {
    pub(crate) min: Option<Literal>,
    pub(crate) max: Option<Literal>,
    pub(crate) inclusive: bool,
}

impl Range {
    /// Reads a range whose ends are literals.
    pub(crate) fn of(expr: &ExprRange) -> Result<Self> {
        let end = |end: &Option<Box<Expr>>| end.as_deref().map(Literal::of).transpose();
        let range = Self {
            min: end(&expr.start)?,
            max: end(&expr.end)?,
            inclusive: matches!(expr.limits, RangeLimits::Closed(_)),
        };
        match (&range.min, &range.max) {
            (None, None) => Err(Error::new_spanned(expr, "a range has at least one end: `1..`, `..=9` or `1..=9`")),
            _ if range.is_empty() => Err(Error::new_spanned(expr, "the range is empty: its start comes after its end")),
            (a, b) if [a, b].into_iter().flatten().any(|end| end.shape == Shape::Bool) => {
                Err(Error::new_spanned(expr, "the ends of a range are numbers or text"))
            }
            _ => Ok(range),
        }
    }

    /// Whether no value can be in it, as far as numbers and dates can be compared as text.
    fn is_empty(&self) -> bool {
        let (Some(min), Some(max)) = (&self.min, &self.max) else {
            return false;
        };
        let order = match (min.text.parse::<f64>(), max.text.parse::<f64>()) {
            (Ok(a), Ok(b)) => a.partial_cmp(&b),
            _ if is_date(&min.text) && is_date(&max.text) => Some(min.text.cmp(&max.text)),
            _ => None,
        };
        // Two numbers that differ only beyond a double's precision look equal here.
        order.is_some_and(|o| o.is_gt() || (o.is_eq() && !self.inclusive && min.text == max.text))
    }
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use syn::parse_str;

    fn literal(code: &str) -> Option<(String, Shape)> {
        Literal::of(&parse_str(code).unwrap()).ok().map(|l| (l.text, l.shape))
    }

    fn range(code: &str) -> Result<Range> {
        Range::of(&parse_str(code).unwrap())
    }

    #[test]
    fn literals_become_plain_text() {
        assert_eq!(literal("\"a b\""), Some(("a b".into(), Shape::Text)));
        assert_eq!(literal("true"), Some(("true".into(), Shape::Bool)));
        assert_eq!(literal("1_000"), Some(("1000".into(), Shape::Integer)));
        assert_eq!(literal("0x10"), Some(("16".into(), Shape::Integer)));
        assert_eq!(literal("-0.5"), Some(("-0.5".into(), Shape::Float)));
        for wrong in ["5i64", "-\"5\"", "f(5)", "'a'", "!true"] {
            assert_eq!(literal(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ranges_know_their_ends() {
        let open = range("\"0\"..").unwrap();
        assert_eq!((open.min.unwrap().text.as_str(), open.max), ("0", None));
        let closed = range("-5..=5").unwrap();
        assert_eq!(closed.min.unwrap().text, "-5");
        assert!(closed.inclusive);
        assert!(!range("\"0.01\"..\"99.99\"").unwrap().inclusive);
    }

    #[test]
    fn empty_ranges_are_refused() {
        for wrong in ["..", "5..=1", "5..5", "\"2026-02-01\"..\"2026-01-01\"", "false..true"] {
            assert!(range(wrong).is_err(), "{wrong}");
        }
        assert!(range("5..=5").is_ok());
    }
}
