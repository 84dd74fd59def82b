//! A list request: what its parameters ask for, and how the next page is asked for.

use crate::{
    filter::parse_fields,
    links::link,
    open_fields::{OpenFields, Visible},
    page_token::{Choice, PageTokens},
    parameters::Parameters,
    search::words,
    sorting::sorting,
};
use kwik_domain::{Comparison, Count, Cursor, EntityMeta, Filter, Issue, ListQuery, Order, Result};

/// How many rows a list gives when it is not told, unless the entity allows less.
pub const DEFAULT_LIMIT: u64 = 100;

/// The parameters of every list.
const KNOWN: [&str; 8] = ["skip", "limit", "sorting", "filter_key", "value", "filter", "page_token", "count"];
/// Those that say where a page begins.
const PLACE: [&str; 2] = ["skip", "page_token"];

/// What a list request asks for.
#[derive(Clone, Debug)]
pub struct ListRequest {
    /// What to ask a repository for.
    pub query: ListQuery,
    meta: &'static EntityMeta,
    parameters: Vec<(String, String)>,
}

impl ListRequest {
    /// Reads the parameters of a list of an entity. `visible` are the fields that the reader sees, of this
    /// entity and perhaps of those that it refers to: no other may be named. `q` is known where the reader
    /// sees a field that is searched.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidQuery`](kwik_domain::Error::InvalidQuery) with every parameter that is wrong,
    /// repeated or unknown.
    pub fn parse<'v>(
        meta: &'static EntityMeta,
        visible: impl Into<Visible<'v>>,
        parameters: Vec<(String, String)>,
        tokens: &PageTokens,
    ) -> Result<Self> {
        let fields = OpenFields::new(meta, visible);
        let mut reader = Parameters::new(parameters.clone());
        let has_skip = parameters.iter().any(|(name, _)| name == "skip");
        let page = reader.page(meta.max_limit);
        let order = reader.take("sorting").map_or(Some(Vec::new()), |text| {
            let order = sorting(fields, &text);
            reader.checked("sorting", order)
        });
        let searched = fields.searched();
        let filter = filter(fields, &mut reader) & key_filter(fields, &mut reader) & search(&searched, &mut reader);
        let count = count(&mut reader);
        let token = reader.take("page_token");
        if token.is_some() && has_skip {
            reader.wrong(
                "skip",
                Issue::new("conflict", "must not be given beside page_token, which says where to begin"),
            );
        }
        // Without a valid order there is nothing to read a place by.
        let after = token.zip(order.as_ref()).and_then(|(token, order)| {
            let opened = tokens.open(meta, Choice::of(&parameters), &Order::total(order, meta), &token);
            reader.checked("page_token", opened)
        });
        let q: &[_] = if searched.is_empty() { &[] } else { &["q"] };
        reader.finish(&[&KNOWN, q].concat())?;
        let query = ListQuery { filter, order: order.unwrap_or_default(), page, after, count };
        Ok(Self { query, meta, parameters })
    }

    /// The same with a parameter more that links keep and that says nothing of rows and their order; none
    /// where its value is empty.
    #[must_use]
    pub fn keeping(mut self, name: &str, value: &str) -> Self {
        if !value.is_empty() {
            self.parameters.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// The token with which the list goes on behind a place, under the same sorting and filters. `limit`
    /// and `count` may change from page to page.
    ///
    /// The token holds the place's values in a form that anyone can read: they are those of a row that
    /// the reader has just seen. One that is sorted by texts of many kilobytes may become longer than
    /// [`MAX_TOKEN_LENGTH`](crate::MAX_TOKEN_LENGTH) and is then refused.
    pub fn next_page_token(&self, tokens: &PageTokens, cursor: &Cursor) -> String {
        tokens.seal(self.meta, Choice::of(&self.parameters), cursor)
    }

    /// The value of a `Link` header (RFC 8288): the first page, and the next one if there is a token for
    /// it. `path` is the absolute path of the list, percent-encoded, such as `/api/v1/customers/`.
    pub fn links(&self, path: &str, next_page_token: Option<&str>) -> String {
        let kept = || {
            let pairs = self.parameters.iter().filter(|(name, _)| !PLACE.contains(&name.as_str()));
            pairs.map(|(name, value)| (name.as_str(), value.as_str()))
        };
        let mut links = link(path, kept(), "first");
        if let Some(token) = next_page_token {
            links.push_str(", ");
            links.push_str(&link(path, kept().chain([("page_token", token)]), "next"));
        }
        links
    }
}

/// `q`, which is as unknown as any other name where nothing is searched.
fn search(searched: &[usize], reader: &mut Parameters) -> Filter {
    let text = if searched.is_empty() { None } else { reader.take("q") };
    text.and_then(|text| reader.checked("q", words(searched, &text))).unwrap_or_default()
}

fn filter(fields: OpenFields<'_>, reader: &mut Parameters) -> Filter {
    let parsed = reader.take("filter").map(|text| parse_fields(fields, &text));
    parsed.and_then(|parsed| reader.checked("filter", parsed)).unwrap_or_default()
}

/// `filter_key` and `value`: rows whose field has that value, typed by the field.
fn key_filter(fields: OpenFields<'_>, reader: &mut Parameters) -> Filter {
    let (name, value) = match (reader.take("filter_key"), reader.take("value")) {
        (Some(name), Some(value)) => (name, value),
        (None, None) => return Filter::All,
        (Some(_), None) => {
            reader.wrong("value", Issue::new("required", "is required beside filter_key"));
            return Filter::All;
        }
        (None, Some(_)) => {
            reader.wrong("filter_key", Issue::new("required", "is required beside value"));
            return Filter::All;
        }
    };
    let Some((index, field)) = reader.checked("filter_key", fields.named(&name)) else { return Filter::All };
    let value = reader.checked("value", field.parse(&value));
    value.map_or(Filter::All, |value| Filter::Compare(index, Comparison::Eq, value))
}

fn count(reader: &mut Parameters) -> Count {
    let parsed = reader.take("count").map(|text| match text.as_str() {
        "exact" => Ok(Count::Exact),
        "estimated" => Ok(Count::Estimated),
        "none" => Ok(Count::None),
        _ => Err(Issue::new("variant", "must be one of: exact, estimated, none")),
    });
    parsed.and_then(|parsed| reader.checked("count", parsed)).unwrap_or_default()
}
