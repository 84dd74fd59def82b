//! The filter language: a subset of AIP-160 (google.aip.dev/160).
//!
//! ```text
//! filter      = [ expression ]
//! expression  = condition { "AND" condition } | condition { "OR" condition }
//! condition   = [ "NOT" ] ( "(" expression ")" | restriction )
//! restriction = field comparison value
//!             | field ":" value | field ":" "*"
//!             | field "IN" "(" value { "," value } ")"
//!             | field ( "=" | "!=" ) ( "null" | "*" )
//! comparison  = "=" | "!=" | "<" | "<=" | ">" | ">="
//! value       = word | quoted
//! ```
//!
//! A word is made of letters, digits and `_ . + - :`; other text stands between `"` or `'`, with `\"`,
//! `\'`, `\\` and `\*` for those characters. Nothing but white space is no condition: every row.

mod describe;
mod error;
mod lexer;
mod parser;
mod value;

pub use describe::describe;
pub use error::FilterError;

use crate::open_fields::OpenFields;
use kwik_domain::{EntityMeta, FieldSet, Filter};

/// How many bytes a filter may have.
pub const MAX_FILTER_LENGTH: usize = 4096;
/// How many parentheses may stand in one another.
pub const MAX_FILTER_NESTING: usize = 16;
/// How many comparisons a filter may have. Each value of an `IN` counts as one.
pub const MAX_FILTER_TERMS: usize = 100;

/// Reads a condition in the filter language. Only fields that are open and in `visible` may be named.
///
/// It takes no more time than the text is long, and no more stack than [`MAX_FILTER_NESTING`] allows.
///
/// # Errors
///
/// The first place that is wrong, and what was expected there.
pub fn parse_filter(meta: &'static EntityMeta, visible: FieldSet, text: &str) -> Result<Filter, FilterError> {
    parse_fields(OpenFields::new(meta, visible), text)
}

pub(crate) fn parse_fields(fields: OpenFields, text: &str) -> Result<Filter, FilterError> {
    parser::Parser::new(fields, text)?.filter()
}
