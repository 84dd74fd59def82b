//! What creating and changing an entity takes: `CustomerCreate` and `CustomerUpdate`.

use super::model::{Entity, Field};
use super::{debug, input_impl};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

/// One of the two input structs.
pub(super) struct Input<'e, 'i> {
    pub(super) entity: &'e Entity<'i>,
    /// The fields that it has.
    pub(super) fields: Vec<&'e Field<'i>>,
    /// Whether it changes a row, rather than making one.
    pub(super) update: bool,
}

impl<'e, 'i> Input<'e, 'i> {
    /// What creating takes: all fields but the key.
    pub(super) fn create(entity: &'e Entity<'i>) -> Self {
        Self { entity, fields: entity.values().iter().collect(), update: false }
    }

    /// What changing takes: those of them that can change.
    pub(super) fn update(entity: &'e Entity<'i>) -> Self {
        let fields = entity.values().iter().filter(|field| field.on_update()).collect();
        Self { entity, fields, update: true }
    }

    /// Name of the struct.
    pub(super) fn ident(&self) -> Ident {
        let suffix = if self.update { "Update" } else { "Create" };
        let span = Span::call_site().located_at(self.entity.ident.span());
        format_ident!("{}{suffix}", self.entity.ident, span = span)
    }

    /// The struct and all that is implemented for it.
    pub(super) fn write(&self) -> TokenStream {
        let definition = self.definition();
        let debug = debug::write(self);
        let implementation = input_impl::write(self);
        quote!(#definition #debug #implementation)
    }

    fn definition(&self) -> TokenStream {
        let (ident, vis, name) = (self.ident(), self.entity.vis, &self.entity.name);
        let (doc, default) = if self.update {
            let doc = format!("What changing a [`{name}`] takes; a field that is `None` is left alone.");
            (doc, Some(quote!(::core::default::Default,)))
        } else {
            (format!("What creating a [`{name}`] takes."), None)
        };
        let fields = self.fields.iter().map(|field| self.definition_of(field));
        quote! {
            #[doc = #doc]
            #[derive(::core::clone::Clone, #default)]
            #vis struct #ident {
                #(#fields)*
            }
        }
    }

    fn definition_of(&self, field: &Field<'_>) -> TokenStream {
        let Field { ident, vis, ty, doc, name, .. } = field;
        let doc = if doc.is_empty() { format!("The field `{name}`.") } else { doc.clone() };
        let ty = if self.update { quote!(::core::option::Option<#ty>) } else { quote!(#ty) };
        quote! {
            #[doc = #doc]
            #vis #ident: #ty,
        }
    }
}
