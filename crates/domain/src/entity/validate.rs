//! What a value must satisfy beyond its type.

use super::{EntityMeta, FieldMeta, Format};
use crate::{Change, Value, ValueRef};
use std::borrow::Cow;

/// What is wrong with one value: a stable code for programs, a sentence for people. Never an echo
/// of the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// A stable word: `type`, `required`, `length`, `range`, `format`, `unknown`, …
    pub code: &'static str,
    /// What would be right: "must be an integer".
    pub message: Cow<'static, str>,
}

impl Issue {
    /// An issue with a code and a message that begins with "must" or "is".
    pub fn new(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into() }
    }
}

/// So that a validation function of one's own may give plain text.
impl From<&'static str> for Issue {
    fn from(message: &'static str) -> Self {
        Self::new("invalid", message)
    }
}

/// So that a validation function of one's own may give text that it made.
impl From<String> for Issue {
    fn from(message: String) -> Self {
        Self::new("invalid", message)
    }
}

/// An [`Issue`] with the field that it is about; an empty name means the whole object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field.
    pub field: Cow<'static, str>,
    /// Which part of it is wrong, where it is a list.
    pub item: Option<usize>,
    /// What is wrong with it.
    pub issue: Issue,
}

impl FieldError {
    /// An error of a field.
    pub fn new(field: impl Into<Cow<'static, str>>, issue: impl Into<Issue>) -> Self {
        Self { field: field.into(), item: None, issue: issue.into() }
    }

    /// The same of one item of a list.
    #[must_use]
    pub fn at(self, item: usize) -> Self {
        Self { item: Some(item), ..self }
    }
}

/// The constraints of the metadata, applied to values.
pub struct Validation;

impl Validation {
    /// Checks `value` against the constraints of `field`.
    ///
    /// # Errors
    ///
    /// The first constraint that it breaks.
    pub fn of(field: &FieldMeta, value: ValueRef<'_>) -> Result<(), Issue> {
        match value {
            ValueRef::Null if field.nullable => Ok(()),
            ValueRef::Null => Err(Issue::new("null", "must not be null")),
            ValueRef::Text(text) => check_text(field, text),
            ValueRef::F64(number) if !number.is_finite() => Err(Issue::new("range", "must be finite")),
            other => check_range(field, other),
        }
    }
}

/// Checks all values of a write that did not come from JSON.
///
/// # Errors
///
/// Every constraint that one of them breaks.
pub fn validate_changes(meta: &'static EntityMeta, changes: &[Change<'_>]) -> Result<(), Vec<FieldError>> {
    let errors: Vec<_> = changes
        .iter()
        .filter_map(|(index, value)| {
            let field = &meta.fields[*index];
            Validation::of(field, *value).err().map(|issue| FieldError::new(field.name, issue))
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Brings text into the form in which the field stores it.
pub(crate) fn normalize<'t>(field: &FieldMeta, mut text: Cow<'t, str>) -> Cow<'t, str> {
    if field.trim && text.trim().len() != text.len() {
        text = Cow::Owned(text.trim().to_owned());
    }
    if field.lowercase && text.chars().any(char::is_uppercase) {
        text = Cow::Owned(text.to_lowercase());
    }
    if field.format == Format::Email
        && let Some((local, domain)) = text.rsplit_once('@')
        && domain.bytes().any(|b| b.is_ascii_uppercase())
    {
        text = Cow::Owned(format!("{local}@{}", domain.to_ascii_lowercase()));
    }
    text
}

fn check_text(field: &FieldMeta, text: &str) -> Result<(), Issue> {
    if let Some((least, most)) = field.length {
        check_length(text, least, most)?;
    }
    if text.contains('\0') {
        return Err(Issue::new("characters", "must not contain the character NUL"));
    }
    if field.format == Format::Email && !is_email(text) {
        return Err(Issue::new("format", "must be an email address, such as \"name@example.com\""));
    }
    if normalize(field, Cow::Borrowed(text)) != text {
        return Err(Issue::new("format", "must be in its stored form: trimmed, lower case where that is asked for"));
    }
    Ok(())
}

fn check_length(text: &str, least: usize, most: Option<usize>) -> Result<(), Issue> {
    let plural = |n: usize| if n == 1 { "character" } else { "characters" };
    // The number of bytes bounds the number of characters from above, and is free.
    if text.len() < least || (least > 0 && text.chars().count() < least) {
        return Err(Issue::new("length", format!("must have at least {least} {}", plural(least))));
    }
    match most {
        Some(most) if text.len() > most && text.chars().count() > most => {
            Err(Issue::new("length", format!("must have at most {most} {}", plural(most))))
        }
        _ => Ok(()),
    }
}

/// The addresses that people have: one `@`, a local part of RFC 5321's unquoted characters and
/// lengths, a domain of at least two labels. Letters beyond ASCII are allowed (RFC 6531).
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let local_char = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let local_ok = (1..=64).contains(&local.len())
        && local.chars().all(local_char)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    local_ok && domain.len() <= 253 && domain.contains('.') && domain.split('.').all(label)
}

fn check_range(field: &FieldMeta, value: ValueRef<'_>) -> Result<(), Issue> {
    let compare = |bound: &str| Value::parse(field.kind, bound).ok().and_then(|b| compare(value, b.as_ref()));
    if let Some(bound) = field.min {
        match compare(bound.value) {
            Some(order) if order.is_gt() || (bound.inclusive && order.is_eq()) => {}
            _ if bound.inclusive => return Err(Issue::new("range", format!("must be at least {}", bound.value))),
            _ => return Err(Issue::new("range", format!("must be more than {}", bound.value))),
        }
    }
    if let Some(bound) = field.max {
        match compare(bound.value) {
            Some(order) if order.is_lt() || (bound.inclusive && order.is_eq()) => {}
            _ if bound.inclusive => return Err(Issue::new("range", format!("must be at most {}", bound.value))),
            _ => return Err(Issue::new("range", format!("must be less than {}", bound.value))),
        }
    }
    Ok(())
}

/// The order of two values of the same kind; none across kinds.
fn compare(a: ValueRef<'_>, b: ValueRef<'_>) -> Option<std::cmp::Ordering> {
    use ValueRef as V;
    match (a, b) {
        (V::Bool(a), V::Bool(b)) => Some(a.cmp(&b)),
        (V::Int(a), V::Int(b)) => Some(a.cmp(&b)),
        (V::F64(a), V::F64(b)) => a.partial_cmp(&b),
        (V::Text(a), V::Text(b)) => Some(a.cmp(b)),
        (V::Decimal(a), V::Decimal(b)) => Some(a.cmp(&b)),
        (V::Uuid(a), V::Uuid(b)) => Some(a.cmp(&b)),
        (V::Date(a), V::Date(b)) => Some(a.cmp(&b)),
        (V::Timestamp(a), V::Timestamp(b)) => Some(a.cmp(&b)),
        _ => None,
    }
}
