//! Typed handles of the fields: `Customer::EMAIL`.

use super::model::{Entity, Field};
use crate::names;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

/// One associated constant per field.
pub(super) fn write(entity: &Entity<'_>) -> TokenStream {
    let ident = entity.ident;
    let columns = entity.fields.iter().map(|field| column(entity, field));
    quote! {
        /// Typed handles of the fields, for conditions in code.
        #[automatically_derived]
        impl #ident {
            #(#columns)*
        }
    }
}

fn column(entity: &Entity<'_>, field: &Field<'_>) -> TokenStream {
    let (span, domain) = field.at_type(entity);
    let Field { index, vis, ty, name, .. } = field;
    let constant = Ident::new(&names::screaming_case(name), Span::call_site().located_at(field.ident.span()));
    let doc = format!("The field `{name}`, for conditions in code.");
    quote_spanned! {span=>
        #[doc = #doc]
        #vis const #constant: #domain::Column<Self, #ty> = #domain::Column::new(#index);
    }
}
