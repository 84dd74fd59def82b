//! `Debug` of the input structs, which keeps secrets to itself.

use super::input::Input;
use super::model::Field;
use super::struct_attributes::Child;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

/// The implementation of `Debug`: what must not be seen is `***`.
pub(super) fn write(input: &Input<'_, '_>) -> TokenStream {
    let ident = input.ident();
    let name = ident.to_string();
    let fields = input.fields.iter().map(|field| entry(input, field));
    let children = input.entity.attributes.children.iter().map(|Child { name, .. }| {
        let text = name.to_string();
        quote!(.field(#text, &self.#name))
    });
    quote! {
        #[automatically_derived]
        impl ::core::fmt::Debug for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#name) #(#fields)* #(#children)* .finish()
            }
        }
    }
}

fn entry(input: &Input<'_, '_>, field: &Field<'_>) -> TokenStream {
    let Field { ident, name, .. } = field;
    if !field.attributes.is_masked() {
        let (span, _) = field.at_type(input.entity);
        return quote_spanned!(span=> .field(#name, &self.#ident));
    }
    // That a change leaves a secret alone is no secret.
    if input.update {
        quote!(.field(#name, &self.#ident.as_ref().map(|_| ::core::format_args!("***"))))
    } else {
        quote!(.field(#name, &::core::format_args!("***")))
    }
}
