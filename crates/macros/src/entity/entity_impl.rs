//! The implementation of `Entity`.

use super::input::Input;
use super::meta;
use super::model::Entity;
use super::struct_attributes::Child;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

/// Metadata, and the ways between a row, the struct and its inputs.
pub(super) fn write(entity: &Entity<'_>) -> TokenStream {
    let Entity { ident, domain, .. } = entity;
    let (create, update) = (Input::create(entity).ident(), Input::update(entity).ident());
    let types = entity.key().iter().map(|field| field.ty);
    let key = key(entity, |name| quote!(&self.#name));
    let key_type = if let [field] = entity.key() { field.ty.to_token_stream() } else { quote!((#(#types,)*)) };
    let given_key = given_key(entity);
    let meta = meta::write(entity);
    let decode = decode(entity);
    let draft = draft(entity);
    let (apply, change_to, children) = (apply(entity), change_to(entity), children(entity));
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
                #key
            }

            #decode
            #given_key
            #draft
            #apply
            #change_to
            #children
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

/// The key, out of the places in which its fields are.
fn key(entity: &Entity<'_>, place: impl Fn(&Ident) -> TokenStream) -> TokenStream {
    let parts: Vec<_> = entity.key().iter().map(|field| place(field.ident)).collect();
    let clones = parts.iter().map(|part| quote!(::core::clone::Clone::clone(#part)));
    if parts.len() == 1 { quote!(#(#clones)*) } else { quote!((#(#clones,)*)) }
}

fn given_key(entity: &Entity<'_>) -> Option<TokenStream> {
    let key = key(entity, |name| quote!(&create.#name));
    entity.given_key.then(|| {
        quote! {
            fn given_key(create: &Self::Create) -> ::core::option::Option<Self::Key> {
                ::core::option::Option::Some(#key)
            }
        }
    })
}

fn draft(entity: &Entity<'_>) -> TokenStream {
    let keys = entity.key().iter().enumerate().map(|(n, field)| {
        let (name, n) = (field.ident, Literal::usize_unsuffixed(n));
        if entity.keys == 1 { quote!(#name: key,) } else { quote!(#name: key.#n,) }
    });
    let values = &entity.fields[entity.keys..];
    let fields = values.iter().map(|field| {
        let name = field.ident;
        quote!(#name: ::core::clone::Clone::clone(&create.#name),)
    });
    let create = parameter("create", values.is_empty());
    quote! {
        fn draft(key: Self::Key, #create: &Self::Create) -> Self {
            Self { #(#keys)* #(#fields)* }
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

/// From a row and what a new one is made of to each other, for rows that are parts.
fn change_to(entity: &Entity<'_>) -> TokenStream {
    let (domain, input) = (&entity.domain, Input::update(entity));
    let update = input.ident();
    let fields = input.fields.iter().map(|field| {
        let (name, index) = (field.ident, &field.index);
        quote!(#name: fields.contains(#index).then(|| ::core::clone::Clone::clone(&create.#name)),)
    });
    let lists = entity.attributes.children.iter().map(|child| &child.name);
    let kept = entity.values().iter().map(|field| {
        let (name, index) = (field.ident, &field.index);
        quote!(if fields.contains(#index) { ::core::clone::Clone::clone_from(&mut create.#name, &self.#name); })
    });
    let [create, fields_to] = ["create", "fields"].map(|name| parameter(name, input.fields.is_empty()));
    let [kept_in, fields_in] = ["create", "fields"].map(|name| parameter(name, entity.values().is_empty()));
    quote! {
        fn change_to(#create: &Self::Create, #fields_to: #domain::FieldSet) -> Self::Update {
            #update { #(#fields)* #(#lists: ::core::option::Option::None,)* }
        }

        fn keep(&self, #kept_in: &mut Self::Create, #fields_in: #domain::FieldSet) {
            #(#kept)*
        }
    }
}

/// Where the inputs have the rows that are parts.
fn children(entity: &Entity<'_>) -> Option<TokenStream> {
    let (domain, children) = (&entity.domain, &entity.attributes.children);
    let calls = children.iter().enumerate().map(|(index, Child { name, target, column })| {
        let index = Literal::usize_unsuffixed(index);
        let field = Ident::new(&column.to_string().to_lowercase(), column.span());
        quote! {
            visitor.child::<#target>(#domain::ChildAccess {
                index: #index,
                created: |create| &create.#name,
                changed: |update| update.#name.as_mut(),
                adopt: |row, parent| row.#field = ::core::convert::From::from(parent),
            });
        }
    });
    (!children.is_empty()).then(|| {
        quote! {
            fn children<V: #domain::ChildVisitor<Self>>(visitor: &mut V) {
                #(#calls)*
            }
        }
    })
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
fn parameter(name: &str, unused: bool) -> Ident {
    let underscore = if unused { "_" } else { "" };
    quote::format_ident!("{underscore}{name}")
}
