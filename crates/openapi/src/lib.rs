//! How entities are described: schemas, parameters and operations of an OpenAPI 3.0 document, made from
//! metadata. JSON out.
//!
//! ```
//! use kwik_domain::{Entity, FieldSet};
//!
//! #[derive(Clone, Debug, Entity)]
//! struct Note {
//!     #[entity(key)]
//!     id: i64,
//!     #[entity(length(1..=80))]
//!     title: String,
//! }
//!
//! let schema = kwik_openapi::schema::create(Note::META);
//! assert_eq!(schema["properties"]["title"]["maxLength"], 80);
//! assert_eq!(schema["required"][0], "title");
//! ```
//!
//! # Invariants
//!
//! - Everything follows from metadata; nothing is written a second time.
//! - What a schema says is what is taken and shown: what it forbids is refused, as far as a schema can say it.
//!
//! # What this crate must not do
//!
//! Know a server, a database, or who may call what.

mod field;
mod history_schema;
mod list_parameters;
mod operation;
mod operation_kind;
mod relations;
pub mod schema;

pub use history_schema::all as history_schemas;
pub use list_parameters::page as page_parameters;
pub use operation::{describe, if_match_parameter};
pub use operation_kind::OperationKind;
pub use relations::{RelationTo, expand_parameter, with_relations};
