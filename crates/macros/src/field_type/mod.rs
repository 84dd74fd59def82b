//! The derive `FieldType`.

mod enumeration;
mod newtype;

use crate::attributes::Allowed;
use proc_macro2::TokenStream;
use syn::{Data, DeriveInput, Error, Fields, Result};

/// What `#[field(...)]` takes on an enum.
const ON_ENUM: Allowed = Allowed {
    attribute: "field",
    place: "an enum",
    names: &["crate"],
    repeatable: &[],
    internal: &[],
    elsewhere: Some((&["validate"], "a newtype")),
};

/// What it takes on a newtype.
const ON_NEWTYPE: Allowed = Allowed { place: "a newtype", names: &["validate", "crate"], elsewhere: None, ..ON_ENUM };

/// What it takes on a variant.
const ON_VARIANT: Allowed =
    Allowed { place: "a variant", names: &["name"], elsewhere: Some((&["crate"], "the enum")), ..ON_ENUM };

/// What it takes on the field of a newtype.
const ON_INNER: Allowed = Allowed {
    place: "the field of a newtype",
    names: &[],
    elsewhere: Some((&["validate", "crate"], "the struct")),
    ..ON_ENUM
};

/// The code of the derive.
pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(&input.generics, "a field type has no generic parameters"));
    }
    let wrong = |at: &dyn quote::ToTokens| {
        Err(Error::new_spanned(at, "a field type is an enum without fields, or a tuple struct with one field"))
    };
    match &input.data {
        Data::Enum(data) => enumeration::expand(input, data),
        Data::Struct(data) => match &data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => newtype::expand(input, &fields.unnamed[0]),
            Fields::Unit => wrong(&input.ident),
            fields => wrong(fields),
        },
        Data::Union(data) => wrong(&data.union_token),
    }
}
