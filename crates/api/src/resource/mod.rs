//! The operations that every entity has, over HTTP.
//!
//! Only [`Typed`] is generic, and small: bytes in, bytes out. Routes, parameters, preconditions and
//! the document are written once, by metadata.

mod entity_tag;
mod expand;
mod handler;
mod history;
pub(crate) mod history_schema;
mod list_parameters;
mod operation;
mod operations;
pub mod schema;
mod typed;

pub use entity_tag::{counted_entity_tag, entity_tag, if_match};
pub use expand::{Expand, RelationTo, close_object};
pub use list_parameters::page as page_parameters;
pub use operation::OperationKind;
pub use operations::{Mount, if_match_parameter, register, register_with};
pub use typed::{Reply, Resource, Token, Typed, page_body, write_array};
