//! The implementation of `Fields`.

use super::model::Entity;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

/// Values by index.
pub(super) fn write(entity: &Entity<'_>) -> TokenStream {
    let Entity { ident, domain, .. } = entity;
    let arms = entity.fields.iter().map(|field| {
        let (index, name) = (&field.index, field.ident);
        let (span, domain) = field.at_type(entity);
        quote_spanned!(span=> #index => #domain::FieldType::value(&self.#name),)
    });
    quote! {
        #[automatically_derived]
        impl #domain::Fields for #ident {
            #[inline]
            fn get(&self, index: usize) -> #domain::ValueRef<'_> {
                match index {
                    #(#arms)*
                    _ => #domain::ValueRef::Null,
                }
            }
        }
    }
}
