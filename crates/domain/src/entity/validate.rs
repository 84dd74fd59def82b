//! What a value must satisfy beyond its type.

use super::{EntityMeta, FieldMeta, Format, key, pattern, text, web_address::is_web_address};
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
    /// Which item of an array it is about.
    pub item: Option<usize>,
}

impl Issue {
    /// An issue with a code and a message that begins with "must" or "is".
    pub fn new(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), item: None }
    }

    /// The same of one item of an array.
    #[must_use]
    pub fn at(self, item: usize) -> Self {
        Self { item: Some(item), ..self }
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
    /// The lists in which the object stands whose field it is, the outermost first, and where in each.
    pub within: Vec<(&'static str, usize)>,
    /// What is wrong with it.
    pub issue: Issue,
}

impl FieldError {
    /// An error of a field.
    pub fn new(field: impl Into<Cow<'static, str>>, issue: impl Into<Issue>) -> Self {
        let issue = issue.into();
        Self { field: field.into(), item: issue.item, within: Vec::new(), issue }
    }

    /// The same of an object that stands in a list.
    #[must_use]
    pub fn within(mut self, list: &'static str, item: usize) -> Self {
        self.within.insert(0, (list, item));
        self
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
            ValueRef::Json(json) => check_json(field, &json.to_string()),
            ValueRef::Bytes(bytes) => check_count(field, bytes.len(), "byte"),
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
            let checked = match value {
                ValueRef::Text(text) if *index < meta.keys => key::check_text(text),
                _ => Ok(()),
            };
            checked.and_then(|()| Validation::of(field, *value)).err().map(|issue| FieldError::new(field.name, issue))
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
    // The number of bytes bounds the number of characters from above, and is free.
    let is_short = |(least, most): (usize, Option<usize>)| least == 0 && most.is_none_or(|most| text.len() <= most);
    if !field.length.is_none_or(is_short) {
        check_count(field, text.chars().count(), "character")?;
    }
    if text.contains('\0') {
        return Err(Issue::new("characters", "must not contain the character NUL"));
    }
    if field.format == Format::Email && !is_email(text) {
        return Err(Issue::new("format", "must be an email address, such as \"name@example.com\""));
    }
    if field.format == Format::Url && !is_web_address(text) {
        return Err(Issue::new("format", "must be an address on the web, such as \"https://example.com/\""));
    }
    if let Some(pattern) = field.pattern
        && !pattern::matches(pattern, text)
    {
        return Err(Issue::new("pattern", format!("must match {pattern}")));
    }
    if normalize(field, Cow::Borrowed(text)) != text {
        return Err(Issue::new("format", "must be in its stored form: trimmed, lower case where that is asked for"));
    }
    Ok(())
}

fn check_json(field: &FieldMeta, json: &str) -> Result<(), Issue> {
    text::check_json(json)?;
    if field.item.is_none() {
        return Ok(());
    }
    let items = text::items(json)?;
    // What JSON cannot say: doubles that are no numbers.
    if let Some(at) = items.iter().position(|item| item.get() == "null") {
        return Err(Issue::new("null", "must not be null").at(at));
    }
    check_count(field, items.len(), "item")
}

fn check_count(field: &FieldMeta, count: usize, unit: &str) -> Result<(), Issue> {
    let Some((least, most)) = field.length else { return Ok(()) };
    let (word, limit) = match most {
        _ if count < least => ("least", least),
        Some(most) if count > most => ("most", most),
        _ => return Ok(()),
    };
    let s = if limit == 1 { "" } else { "s" };
    Err(Issue::new("length", format!("must have at {word} {limit} {unit}{s}")))
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
        (V::Time(a), V::Time(b)) => Some(a.cmp(&b)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FieldType;

    #[track_caller]
    fn refused<T: FieldType>(field: &FieldMeta, value: &T, code: &str, message: &str, item: Option<usize>) {
        let issue = Validation::of(field, value.value()).err();
        let issue = issue.as_ref().map(|issue| (issue.code, &*issue.message, issue.item));
        assert_eq!(issue, Some((code, message, item)));
    }

    #[test]
    fn lengths_are_those_of_characters_bytes_and_items() {
        let text = FieldMeta::of::<String>("a").length(2, Some(3));
        assert_eq!(Validation::of(&text, "äöü".to_owned().value()), Ok(()));
        refused(&text, &"ä".to_owned(), "length", "must have at least 2 characters", None);
        let bytes = FieldMeta::of::<Vec<u8>>("a").length(0, Some(1));
        assert_eq!(Validation::of(&bytes, vec![7_u8].value()), Ok(()));
        refused(&bytes, &vec![1_u8, 2], "length", "must have at most 1 byte", None);
        let items = FieldMeta::of::<Vec<i32>>("a").length(1, Some(2));
        assert_eq!(Validation::of(&items, vec![5].value()), Ok(()));
        refused(&items, &Vec::<i32>::new(), "length", "must have at least 1 item", None);
        refused(&items, &vec![1, 2, 3], "length", "must have at most 2 items", None);
    }

    #[test]
    fn arrays_from_code_hold_what_can_be_read_again() {
        let doubles = FieldMeta::of::<Vec<f64>>("a");
        refused(&doubles, &vec![1.0, f64::NAN], "null", "must not be null", Some(1));
        let texts = FieldMeta::of::<Vec<String>>("a");
        refused(&texts, &vec!["a\0".to_owned()], "characters", "must not contain the character NUL", None);
    }

    #[test]
    fn forms_of_text_are_kept() {
        let sku = FieldMeta::of::<String>("sku").pattern("[A-Z]+");
        assert_eq!(Validation::of(&sku, "AB".to_owned().value()), Ok(()));
        refused(&sku, &"AB1".to_owned(), "pattern", "must match [A-Z]+", None);
        let page = FieldMeta::of::<Option<String>>("page").url();
        assert_eq!(Validation::of(&page, ValueRef::Null), Ok(()));
        let message = "must be an address on the web, such as \"https://example.com/\"";
        refused(&page, &"example.com".to_owned(), "format", message, None);
    }
}
