//! The derives `Entity` and `Form`.
//!
//! `model` reads the struct and refuses misuse; the other modules each write one part of the code
//! from that model and refuse nothing, except that `assertions` writes what only the compiler
//! can refuse.

mod assertions;
mod columns;
mod conflicts;
mod debug;
mod entity_impl;
mod field_attributes;
mod fields_impl;
mod input;
mod input_impl;
mod meta;
mod model;
mod struct_attributes;

use input::Input;
use model::Entity;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Result};

/// The code of the derive.
pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let entity = Entity::read(input, false)?;
    let assertions = assertions::write(&entity);
    let fields = fields_impl::write(&entity);
    let implementation = entity_impl::write(&entity);
    let columns = columns::write(&entity);
    let create = Input::create(&entity).write();
    let update = Input::update(&entity).write();
    Ok(quote!(#assertions #fields #implementation #columns #create #update))
}

/// The code of the derive `Form`.
pub(crate) fn expand_form(input: &DeriveInput) -> Result<TokenStream> {
    let entity = Entity::read(input, true)?;
    let (assertions, meta) = (assertions::write(&entity), meta::write(&entity));
    let implementation = input_impl::write(&Input::create(&entity));
    let (ident, domain) = (entity.ident, &entity.domain);
    Ok(quote! {
        #assertions
        #implementation
        #[automatically_derived]
        impl #domain::Form for #ident {
            const META: &'static #domain::EntityMeta = #meta;
        }
    })
}
