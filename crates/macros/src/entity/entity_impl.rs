//! The implementation of `Entity`.

use super::input::Input;
use super::meta;
use super::model::Entity;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

/// Metadata, and the ways between a row, the struct and its inputs.
pub(super) fn write(entity: &Entity<'_>) -> TokenStream {
    let Entity { ident, domain, .. } = entity;
    let (create, update) = (Input::create(entity).ident(), Input::update(entity).ident());
    let key = &entity.fields[0];
    let (key_ident, key_type) = (key.ident, key.ty);
    let meta = meta::write(entity);
    let decode = decode(entity);
    let draft = draft(entity);
    let apply = apply(entity);
    let validate = validate(entity);
    quote! {
        #[automatically_derived]
        impl #domain::Entity for #ident {
            type Key = #key_type;
            type Create = #create;
            type Update = #update;
            const META: &'static #domain::EntityMeta = #meta;

            #[inline]
            fn key(&self) -> Self::Key {
                ::core::clone::Clone::clone(&self.#key_ident)
            }

            #decode
            #draft
            #apply
            #validate
        }
    }
}

fn decode(entity: &Entity<'_>) -> TokenStream {
    let domain = &entity.domain;
    let fields = entity.fields.iter().map(|field| {
        let (index, name) = (&field.index, field.ident);
        let (span, domain) = field.at_type(entity);
        quote_spanned!(span=> #name: #domain::FieldType::decode(row, #index)?,)
    });
    quote! {
        fn decode(row: &dyn #domain::RowReader) -> ::core::result::Result<Self, #domain::DecodeError> {
            ::core::result::Result::Ok(Self { #(#fields)* })
        }
    }
}

fn draft(entity: &Entity<'_>) -> TokenStream {
    let key = entity.fields[0].ident;
    let fields = entity.values().iter().map(|field| {
        let name = field.ident;
        quote!(#name: ::core::clone::Clone::clone(&create.#name),)
    });
    let create = parameter("create", entity.values().is_empty());
    quote! {
        fn draft(key: Self::Key, #create: &Self::Create) -> Self {
            Self { #key: key, #(#fields)* }
        }
    }
}

fn apply(entity: &Entity<'_>) -> TokenStream {
    let fields = Input::update(entity).fields.into_iter();
    let changes: Vec<TokenStream> = fields
        .map(|field| {
            let name = field.ident;
            quote! {
                if let ::core::option::Option::Some(value) = &update.#name {
                    ::core::clone::Clone::clone_from(&mut self.#name, value);
                }
            }
        })
        .collect();
    let update = parameter("update", changes.is_empty());
    quote! {
        fn apply(&mut self, #update: &Self::Update) {
            #(#changes)*
        }
    }
}

fn validate(entity: &Entity<'_>) -> Option<TokenStream> {
    let domain = &entity.domain;
    let path = entity.attributes.validate.as_ref()?;
    let call = quote_spanned!(Span::call_site().located_at(path.span())=> #path(self));
    Some(quote! {
        const VALIDATES: bool = true;

        fn validate(&self) -> ::core::result::Result<(), ::std::vec::Vec<#domain::FieldError>> {
            #call
        }
    })
}

/// The name of a parameter, with an underscore when nothing uses it.
fn parameter(name: &str, unused: bool) -> proc_macro2::Ident {
    let underscore = if unused { "_" } else { "" };
    quote::format_ident!("{underscore}{name}")
}
