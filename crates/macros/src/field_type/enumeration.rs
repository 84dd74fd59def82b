//! Enums without fields: text that is one of some names.

use super::{ON_ENUM, ON_VARIANT};
use crate::{crate_path, errors::Errors, names};
use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{DataEnum, DeriveInput, Fields, Ident, Path, Result, Variant};

/// The code for an enum.
pub(super) fn expand(input: &DeriveInput, data: &DataEnum) -> Result<TokenStream> {
    let mut errors = Errors::default();
    let mut given = None;
    for argument in ON_ENUM.read(&input.attrs, &mut errors) {
        given = errors.keep(argument.path());
    }
    let domain = errors.keep(crate_path::domain(given));
    if data.variants.is_empty() {
        errors.at(&input.ident, "a field type has at least one variant: a field must have a value");
    }
    let named: Vec<(&Ident, String)> =
        data.variants.iter().map(|variant| (&variant.ident, name(variant, &mut errors))).collect();
    for (i, (ident, name)) in named.iter().enumerate() {
        if let Some((other, _)) = named[..i].iter().find(|(_, earlier)| earlier == name) {
            errors.at(
                ident,
                format!("`{name}` is the name of `{other}` already; give one of them `#[field(name = \"...\")]`"),
            );
        }
    }
    let domain = errors.finish(domain)?;
    Ok(write(input, &domain, &named))
}

/// The name of a variant, as it is stored and shown.
fn name(variant: &Variant, errors: &mut Errors) -> String {
    if !matches!(variant.fields, Fields::Unit) {
        errors.at(&variant.fields, "a variant of a field type has no fields: it is stored as text");
    }
    let mut name = names::snake_case(&variant.ident.unraw().to_string());
    for argument in ON_VARIANT.read(&variant.attrs, errors) {
        let Some(text) = errors.keep(argument.text()) else {
            continue;
        };
        name = text.value();
        if name.is_empty() || name.trim() != name || name.contains(char::is_control) {
            errors.at(text, "the name of a variant is text without white space at its ends");
        }
    }
    name
}

fn write(input: &DeriveInput, domain: &Path, named: &[(&Ident, String)]) -> TokenStream {
    let (ident, vis) = (&input.ident, &input.vis);
    let variants: Vec<&Ident> = named.iter().map(|(variant, _)| *variant).collect();
    let names: Vec<&str> = named.iter().map(|(_, name)| name.as_str()).collect();
    let message = format!("must be one of: {}", names.join(", "));
    let type_name = ident.unraw().to_string();
    quote! {
        #[automatically_derived]
        impl #ident {
            /// Its name, as it is stored and shown.
            #[must_use]
            #vis const fn name(&self) -> &'static str {
                match self {
                    #(Self::#variants => #names,)*
                }
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Display for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.name())
            }
        }

        #[automatically_derived]
        impl #domain::FieldType for #ident {
            const KIND: #domain::Kind = #domain::Kind::Text;
            const VARIANTS: &'static [&'static str] = &[#(#names),*];

            #[inline]
            fn value(&self) -> #domain::ValueRef<'_> {
                #domain::ValueRef::Text(self.name())
            }

            fn decode_opt(
                row: &dyn #domain::RowReader,
                index: usize,
            ) -> ::core::result::Result<::core::option::Option<Self>, #domain::DecodeError> {
                match row.text(index)? {
                    ::core::option::Option::None => ::core::result::Result::Ok(::core::option::Option::None),
                    ::core::option::Option::Some(text) => match <Self as #domain::FieldType>::from_text(text) {
                        ::core::result::Result::Ok(value) => {
                            ::core::result::Result::Ok(::core::option::Option::Some(value))
                        }
                        ::core::result::Result::Err(issue) => {
                            ::core::result::Result::Err(#domain::DecodeError::new(::std::format!(
                                "column {index} holds no {}: it {}",
                                #type_name,
                                issue.message,
                            )))
                        }
                    },
                }
            }

            fn from_text(text: &str) -> ::core::result::Result<Self, #domain::Issue> {
                match text {
                    #(#names => ::core::result::Result::Ok(Self::#variants),)*
                    _ => ::core::result::Result::Err(#domain::Issue::new("variant", #message)),
                }
            }
        }
    }
}
