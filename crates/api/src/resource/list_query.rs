//! The parameters of lists: Kwik's `skip`, `limit`, `sorting`, `filter_key` and `value`.

use kwik_domain::{
    Comparison, EntityMeta, Error, FieldMeta, Filter, Issue, ListQuery, Order, Page, ParameterError, Result, ValueRef,
};
use poem::Request;

/// How many rows a list gives when it is not told.
pub(super) const DEFAULT_LIMIT: u64 = 100;

/// Reads the parameters of a list.
///
/// # Errors
///
/// [`Error::InvalidQuery`] with every parameter that is wrong or unknown.
pub(super) fn list_query(meta: &'static EntityMeta, request: &Request) -> Result<ListQuery> {
    let mut reader = Parameters::of(request);
    let page = reader.page(meta.max_limit);
    let order = reader.take("sorting").map(|text| reader.checked("sorting", sorting(meta, &text)));
    let filter = filter(meta, &mut reader);
    let known = ["skip", "limit", "sorting", "filter_key", "value"];
    reader.finish(&known)?;
    Ok(ListQuery { filter, order: order.flatten().unwrap_or_default(), page, ..ListQuery::default() })
}

/// Reads the parameters of a list that has no more than pages.
///
/// # Errors
///
/// [`Error::InvalidQuery`] with every parameter that is wrong or unknown.
pub(super) fn page_query(max_limit: u64, request: &Request) -> Result<Page> {
    let mut reader = Parameters::of(request);
    let page = reader.page(max_limit);
    reader.finish(&["skip", "limit"])?;
    Ok(page)
}

/// Refuses every parameter.
///
/// # Errors
///
/// [`Error::InvalidQuery`] when there is one.
pub(super) fn no_query(request: &Request) -> Result<()> {
    match request.uri().query() {
        None | Some("") => Ok(()),
        Some(_) => Parameters::of(request).finish(&[]),
    }
}

struct Parameters {
    pairs: Vec<(String, String)>,
    errors: Vec<ParameterError>,
}

impl Parameters {
    fn of(request: &Request) -> Self {
        let pairs = match request.uri().query() {
            None | Some("") => Vec::new(),
            Some(_) => request.params().unwrap_or_default(),
        };
        Self { pairs, errors: Vec::new() }
    }

    /// Takes a parameter out, which must not stand twice.
    fn take(&mut self, name: &'static str) -> Option<String> {
        let at = self.pairs.iter().position(|(key, _)| key == name)?;
        let (_, value) = self.pairs.remove(at);
        if self.pairs.iter().any(|(key, _)| key == name) {
            self.pairs.retain(|(key, _)| key != name);
            self.errors.push(ParameterError::new(name, Issue::new("duplicate", "must be given only once")));
        }
        Some(value)
    }

    fn checked<T>(&mut self, name: &'static str, result: std::result::Result<T, Issue>) -> Option<T> {
        result.map_err(|issue| self.errors.push(ParameterError::new(name, issue))).ok()
    }

    fn page(&mut self, max_limit: u64) -> Page {
        let skip = self.take("skip").and_then(|text| self.checked("skip", bounded(&text, i64::MAX as u64)));
        let limit = self.take("limit").and_then(|text| self.checked("limit", bounded(&text, max_limit)));
        Page { skip: skip.unwrap_or(0), limit: limit.unwrap_or(DEFAULT_LIMIT.min(max_limit)) }
    }

    fn finish(mut self, known: &[&str]) -> Result<()> {
        for (name, _) in &self.pairs {
            let shown: String = name.chars().take(64).collect();
            let message = match known {
                [] => "is not known here; there are no parameters".to_owned(),
                known => format!("is not known here; there are {}", known.join(", ")),
            };
            self.errors.push(ParameterError::new(shown, Issue::new("unknown", message)));
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Error::InvalidQuery(self.errors)) }
    }
}

/// An integer from 0 to `most`.
fn bounded(text: &str, most: u64) -> std::result::Result<u64, Issue> {
    let wrong = || Issue::new("range", format!("must be an integer from 0 to {most}"));
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|n| digits && *n <= most).ok_or_else(wrong)
}

/// `name:asc,id:desc`.
fn sorting(meta: &'static EntityMeta, text: &str) -> std::result::Result<Vec<Order>, Issue> {
    let mut order: Vec<Order> = Vec::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let (name, direction) = part.split_once(':').unwrap_or((part, "asc"));
        let descending = match direction {
            "asc" => false,
            "desc" => true,
            _ => return Err(Issue::new("direction", "must be fields with :asc or :desc, such as name:asc,id:desc")),
        };
        let (field, _) = open_field(meta, name)?;
        if order.iter().any(|by| by.field == field) {
            return Err(Issue::new("duplicate", "must name each field only once"));
        }
        order.push(Order { field, descending });
    }
    Ok(order)
}

fn filter(meta: &'static EntityMeta, reader: &mut Parameters) -> Filter {
    let (name, value) = (reader.take("filter_key"), reader.take("value"));
    let (name, value) = match (name, value) {
        (Some(name), Some(value)) => (name, value),
        (None, None) => return Filter::All,
        (Some(_), None) => {
            reader.errors.push(ParameterError::new("value", Issue::new("required", "is required beside filter_key")));
            return Filter::All;
        }
        (None, Some(_)) => {
            reader.errors.push(ParameterError::new("filter_key", Issue::new("required", "is required beside value")));
            return Filter::All;
        }
    };
    let Some((index, field)) = reader.checked("filter_key", open_field(meta, &name)) else { return Filter::All };
    match reader.checked("value", field.parse(&value)) {
        Some(value) if matches!(value.as_ref(), ValueRef::Null) => Filter::IsNull(index),
        Some(value) => Filter::Compare(index, Comparison::Eq, value),
        None => Filter::All,
    }
}

/// A field that lists may be filtered and sorted by.
fn open_field(meta: &'static EntityMeta, name: &str) -> std::result::Result<(usize, &'static FieldMeta), Issue> {
    let found = meta.fields.iter().enumerate().find(|(_, field)| field.name == name && field.is_open());
    found.ok_or_else(|| {
        let names: Vec<_> = meta.fields.iter().filter(|f| f.is_open()).map(|f| f.name).collect();
        Issue::new("unknown", format!("must name a field of {}: {}", meta.name, names.join(", ")))
    })
}
