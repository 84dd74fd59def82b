//! The filter language: a subset of AIP-160 (google.aip.dev/160).
//!
//! ```text
//! filter      = [ expression ]
//! expression  = condition { "AND" condition } | condition { "OR" condition }
//! condition   = [ "NOT" ] ( "(" expression ")" | restriction )
//! restriction = path comparison value
//!             | path ":" value | path ":" "*"
//!             | path "IN" "(" value { "," value } ")"
//!             | path ( "=" | "!=" ) ( "null" | "*" )
//! path        = { reference "." } field
//! comparison  = "=" | "!=" | "<" | "<=" | ">" | ">="
//! value       = word | quoted
//! ```
//!
//! A word is made of letters, digits and `_ . + - :`; other text stands between `"` or `'`, with `\"`,
//! `\'`, `\\` and `\*` for those characters. A condition on a path holds when the row that the references
//! lead to is there and satisfies it. Nothing but white space is no condition: every row.

mod describe;
mod error;
mod lexer;
mod parser;
mod value;

pub use describe::describe;
pub use error::FilterError;

use crate::open_fields::{OpenFields, Visible};
use kwik_domain::{EntityMeta, Filter};

/// How many bytes a filter may have.
pub const MAX_FILTER_LENGTH: usize = 4096;
/// How many parentheses may stand in one another.
pub const MAX_FILTER_NESTING: usize = 16;
/// How many comparisons a filter may have. Each value of an `IN` counts as one.
pub const MAX_FILTER_TERMS: usize = 100;
/// How many references may stand before a field.
pub const MAX_FILTER_REFERENCES: usize = 3;

/// Reads a condition in the filter language. Only fields that are open and in `visible` may be named, and only
/// references to entities that `visible` says something of may be followed.
///
/// It takes no more time than the text is long, and no more stack than [`MAX_FILTER_NESTING`] allows.
///
/// # Errors
///
/// The first place that is wrong, and what was expected there.
pub fn parse_filter<'v>(
    meta: &'static EntityMeta,
    visible: impl Into<Visible<'v>>,
    text: &str,
) -> Result<Filter, FilterError> {
    parse_fields(OpenFields::new(meta, visible), text)
}

pub(crate) fn parse_fields(fields: OpenFields<'_>, text: &str) -> Result<Filter, FilterError> {
    parser::Parser::new(fields, text)?.filter()
}
