//! Newtypes: what their one field is, under a name of its own.

use super::{ON_INNER, ON_NEWTYPE};
use crate::{crate_path, errors::Errors};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Field, Ident, Path, Result, Type};

/// The code for a newtype.
pub(super) fn expand(input: &DeriveInput, inner: &Field) -> Result<TokenStream> {
    let mut errors = Errors::default();
    let (mut given, mut validate) = (None, None);
    for argument in ON_NEWTYPE.read(&input.attrs, &mut errors) {
        let path = errors.keep(argument.path());
        if argument.name() == "crate" {
            given = path;
        } else {
            validate = path;
        }
    }
    ON_INNER.read(&inner.attrs, &mut errors);
    let domain = errors.keep(crate_path::domain(given));
    let domain = errors.finish(domain)?;
    Ok(write(&input.ident, &domain, &inner.ty, validate.as_ref()))
}

fn write(ident: &Ident, domain: &Path, inner: &Type, validate: Option<&Path>) -> TokenStream {
    let located = Span::call_site().located_at(inner.span());
    let domain_at_inner = crate_path::located(domain, inner.span());
    let of = quote_spanned!(located=> <#inner as #domain_at_inner::FieldType>);
    let not_null = quote_spanned! {located=>
        const _: () = ::core::assert!(
            !#of::NULLABLE,
            "a newtype is never null; make the field of the entity an `Option` of it"
        );
    };
    let validate = validate
        .map(|path| quote!(#path(&inner).map_err(|issue| ::core::convert::Into::<#domain::Issue>::into(issue))?;));
    quote! {
        #not_null

        #[automatically_derived]
        impl #domain::FieldType for #ident {
            const KIND: #domain::Kind = #of::KIND;
            const VARIANTS: &'static [&'static str] = #of::VARIANTS;
            const ITEM: ::core::option::Option<#domain::Item> = #of::ITEM;

            #[inline]
            fn value(&self) -> #domain::ValueRef<'_> {
                #of::value(&self.0)
            }

            #[inline]
            fn decode_opt(
                row: &dyn #domain::RowReader,
                index: usize,
            ) -> ::core::result::Result<::core::option::Option<Self>, #domain::DecodeError> {
                ::core::result::Result::Ok(#of::decode_opt(row, index)?.map(Self))
            }

            fn from_text(text: &str) -> ::core::result::Result<Self, #domain::Issue> {
                let inner = #of::from_text(text)?;
                #validate
                ::core::result::Result::Ok(Self(inner))
            }
        }
    }
}
