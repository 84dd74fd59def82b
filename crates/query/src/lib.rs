//! How lists are asked for: everything between the text of a list request's query parameters and a
//! [`ListQuery`](kwik_domain::ListQuery). Pure functions over
//! [`EntityMeta`](kwik_domain::EntityMeta), for an HTTP service, a command line, or whatever else has
//! pairs of names and values.
//!
//! ```
//! use kwik_domain::{Cursor, Entity, FieldSet, Secret, Value};
//! use kwik_query::{ListRequest, PageTokens, describe};
//!
//! #[derive(Clone, Debug, Entity)]
//! #[entity(collection = "customers")]
//! struct Customer {
//!     #[entity(key)]
//!     id: i64,
//!     name: String,
//!     credit_limit: i64,
//! }
//!
//! # fn main() -> kwik_domain::Result<()> {
//! let tokens = PageTokens::new(&Secret::new("at least 32 bytes, from the settings"));
//! let parameters = [("filter", "credit_limit >= 1000 AND name = \"Ac*\""), ("sorting", "name:asc"), ("limit", "2")];
//! let mut parameters: Vec<_> = parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
//!
//! let request = ListRequest::parse(Customer::META, FieldSet::ALL, parameters.clone(), &tokens)?;
//! assert_eq!(request.query.filter, Customer::CREDIT_LIMIT.ge(1000) & Customer::NAME.starts_with("Ac"));
//! assert_eq!(describe(&request.query.filter, Customer::META), "credit_limit >= 1000 AND name = \"Ac*\"");
//!
//! // The last row of this page was Acme, 7. The next page begins behind it.
//! let acme = Cursor(vec![Value::Text("Acme".to_owned()), Value::Int(7)]);
//! let token = request.next_page_token(&tokens, &acme);
//! assert!(request.links("/api/v1/customers/", Some(&token)).contains("rel=\"next\""));
//!
//! parameters.push(("page_token".to_owned(), token));
//! let next = ListRequest::parse(Customer::META, FieldSet::ALL, parameters, &tokens)?;
//! assert_eq!(next.query.after, Some(acme));
//! # Ok(())
//! # }
//! ```
//!
//! # Invariants
//!
//! - A field that is hidden, write-only or sensitive, or that the reader does not see, is as unknown as
//!   one that does not exist: errors are the same, character for character. So is a reference to an entity that
//!   the reader may not read.
//! - Values are typed by their fields; nothing is guessed, rounded or passed on as text.
//! - Every input ends in a query or in an error, in bounded time, space and stack. Errors say what would
//!   be right and never repeat values that were sent.
//! - A page token that this service did not make, or made for another list, is refused.
//!
//! # What this crate must not do
//!
//! Know HTTP, a database, a runtime, the environment or the time of day. Decide who may see what: the
//! caller says which fields are visible, and the permit of a session bounds the rows.

mod expand;
mod filter;
mod links;
mod list_request;
mod open_fields;
mod page_token;
mod parameters;
mod search;
mod sorting;

pub use expand::take_expand;
pub use filter::{
    FilterError, MAX_FILTER_LENGTH, MAX_FILTER_NESTING, MAX_FILTER_REFERENCES, MAX_FILTER_TERMS, describe, parse_filter,
};
pub use links::encode_segment;
pub use list_request::{DEFAULT_LIMIT, ListRequest};
pub use open_fields::Visible;
pub use page_token::{MAX_TOKEN_LENGTH, PageTokens};
pub use parameters::{Parameters, no_query, page_query};
pub use search::{MAX_SEARCH_LENGTH, MAX_SEARCH_WORDS};
