//! What creating and changing an entity takes: `CustomerCreate` and `CustomerUpdate`.

use super::model::{Entity, Field};
use super::struct_attributes::Child;
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
    /// What creating takes: all fields but a key that the framework gives.
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
        if self.entity.form {
            return self.entity.ident.clone();
        }
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
        let children = self.entity.attributes.children.iter().map(|child| self.definition_of_children(child));
        quote! {
            #[doc = #doc]
            #[derive(::core::clone::Clone, #default)]
            #vis struct #ident {
                #(#fields)*
                #(#children)*
            }
        }
    }

    /// The rows that are parts of it.
    fn definition_of_children(&self, child: &Child) -> TokenStream {
        let (domain, vis, Child { name, target, .. }) = (&self.entity.domain, self.entity.vis, child);
        let (doc, ty) = if self.update {
            (
                format!("All `{name}` that there are to be: those with a key are changed, those without are new."),
                quote!(::core::option::Option<::std::vec::Vec<#domain::Child<#target>>>),
            )
        } else {
            (format!("The `{name}` of it."), quote!(::std::vec::Vec<<#target as #domain::Entity>::Create>))
        };
        quote! {
            #[doc = #doc]
            #vis #name: #ty,
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
