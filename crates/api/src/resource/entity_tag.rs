//! Entity tags and the preconditions made of them (RFC 9110, sections 8.8.3 and 13.1).

use kwik_domain::{EntityMeta, Error, FieldSet, Issue, ParameterError, Result};
use poem::{
    Request,
    http::{HeaderName, HeaderValue, header},
};

/// The tag of a representation: the row's version. Where some fields are kept from the reader, which ones
/// are seen is part of it: whoever comes to see more does not have the same representation.
pub fn entity_tag(meta: &'static EntityMeta, version: i64, visible: FieldSet) -> HeaderValue {
    counted_entity_tag(meta, version, visible, None)
}

/// The tag of a representation that also counts other rows, which come and go without a new version.
pub fn counted_entity_tag(
    meta: &'static EntityMeta,
    version: i64,
    visible: FieldSet,
    count: Option<u64>,
) -> HeaderValue {
    let shown: FieldSet = meta.fields.iter().enumerate().filter(|(_, f)| f.is_shown()).map(|(n, _)| n).collect();
    let seen = shown.intersection(visible);
    let text = match (seen == shown, count) {
        (true, None) => format!("\"{version}\""),
        (true, Some(count)) => format!("\"{version}-{count:x}\""),
        (false, None) => format!("\"{version}-{:x}\"", seen.bits()),
        // As many digits as fields ever need: the count is told from them by its place.
        (false, Some(count)) => format!("\"{version}-{:032x}{count:x}\"", seen.bits()),
    };
    // Digits, letters, a hyphen and quotes are always a header value.
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// The version that `If-Match` asks for; none for `*`. A tag that is not one of ours is the tag of no
/// version.
///
/// # Errors
///
/// [`Error::InvalidQuery`] for more than one tag, for what is none, and where rows have no versions.
pub fn if_match(meta: &'static EntityMeta, request: &Request) -> Result<Option<i64>> {
    let mut given = request.headers().get_all(header::IF_MATCH).iter();
    let Some(value) = given.next() else { return Ok(None) };
    if !meta.versioned {
        return Err(wrong(&header::IF_MATCH, "is not known here: this entity has no versions"));
    }
    let text = value.to_str().unwrap_or_default().trim();
    let several = given.next().is_some();
    if text == "*" && !several {
        return Ok(None);
    }
    let Some((opaque, "")) = first_tag(text).filter(|_| !several) else {
        return Err(wrong(&header::IF_MATCH, "must be one entity tag, such as \"3\""));
    };
    // A weak tag matches nothing.
    let tag = if text.starts_with("W/") { "" } else { opaque };
    // The row is what must not have changed, not who sees how much of it.
    let (tag, fields) = tag.split_once('-').unwrap_or((tag, "0"));
    // Tags are compared as text: another way to write the same number is another tag.
    let version = tag.parse().ok().filter(|version: &i64| version.to_string() == tag);
    Ok(Some(version.filter(|_| fields.bytes().all(|b| b.is_ascii_hexdigit())).unwrap_or(-1)))
}

/// Whether `If-None-Match` names the tag, so that the client has the representation already.
///
/// # Errors
///
/// [`Error::InvalidQuery`] for what is no list of tags.
pub(super) fn is_known(request: &Request, tag: &HeaderValue) -> Result<bool> {
    let mut known = false;
    for value in request.headers().get_all(header::IF_NONE_MATCH) {
        let mut rest = value.to_str().map_err(|_| not_tags())?;
        loop {
            rest = rest.trim_start_matches([' ', '\t', ',']);
            if rest.is_empty() {
                break;
            }
            let (matches, after) = if let Some(after) = rest.strip_prefix('*') {
                (true, after)
            } else {
                let (opaque, after) = first_tag(rest).ok_or_else(not_tags)?;
                // Weak and strong tags are compared alike.
                (tag.as_bytes() == format!("\"{opaque}\"").as_bytes(), after)
            };
            known |= matches;
            rest = after.trim_start();
            if !rest.is_empty() && !rest.starts_with(',') {
                return Err(not_tags());
            }
        }
    }
    Ok(known)
}

/// What stands between the quotes of the tag that a list begins with, and the rest of the list.
fn first_tag(list: &str) -> Option<(&str, &str)> {
    let (opaque, rest) = list.strip_prefix("W/").unwrap_or(list).strip_prefix('"')?.split_once('"')?;
    opaque.bytes().all(|b| b.is_ascii_graphic()).then_some((opaque, rest))
}

fn not_tags() -> Error {
    wrong(&header::IF_NONE_MATCH, "must be entity tags, such as \"3\", with commas between them")
}

fn wrong(name: &HeaderName, message: &'static str) -> Error {
    let name = if *name == header::IF_MATCH { "If-Match" } else { "If-None-Match" };
    Error::InvalidQuery(vec![ParameterError::new(name, Issue::new("format", message))])
}
