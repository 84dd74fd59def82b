//! The operations that every entity has, over HTTP.
//!
//! Only [`Typed`] is generic, and small: bytes in, bytes out. Routes, parameters, preconditions and
//! the document are written once, by metadata.

mod entity_tag;
mod expand;
mod handler;
mod history;
mod operations;
mod typed;

pub use entity_tag::{counted_entity_tag, entity_tag, if_match};
pub use expand::{Expand, close_object};
pub use kwik_openapi::{OperationKind, RelationTo, if_match_parameter, page_parameters, schema};
pub use operations::{Mount, register, register_with};
pub use typed::{Reply, Resource, Token, Typed, page_body, write_array};
