//! What creating and changing an entity takes: `CustomerCreate` and `CustomerUpdate`.

use super::debug;
use super::model::{Entity, Field};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Path;

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
        Self {
            entity,
            fields: entity.values().iter().collect(),
            update: false,
        }
    }

    /// What changing takes: those of them that can change.
    pub(super) fn update(entity: &'e Entity<'i>) -> Self {
        let fields = entity
            .values()
            .iter()
            .filter(|field| field.on_update())
            .collect();
        Self {
            entity,
            fields,
            update: true,
        }
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
        let implementation = self.implementation();
        quote!(#definition #debug #implementation)
    }

    fn definition(&self) -> TokenStream {
        let (ident, vis, name) = (self.ident(), self.entity.vis, &self.entity.name);
        let (doc, default) = if self.update {
            let doc =
                format!("What changing a [`{name}`] takes; a field that is `None` is left alone.");
            (doc, Some(quote!(::core::default::Default,)))
        } else {
            (format!("What creating a [`{name}`] takes."), None)
        };
        let fields = self.fields.iter().map(|field| self.definition_of(field));
        quote! {
            #[doc = #doc]
            #[derive(::core::clone::Clone, #default)]
            #[allow(clippy::pedantic, reason = "its fields are the entity's")]
            #vis struct #ident {
                #(#fields)*
            }
        }
    }

    fn definition_of(&self, field: &Field<'_>) -> TokenStream {
        let Field {
            ident,
            vis,
            ty,
            doc,
            name,
            ..
        } = field;
        let doc = if doc.is_empty() {
            format!("The field `{name}`.")
        } else {
            doc.clone()
        };
        let ty = if self.update {
            quote!(::core::option::Option<#ty>)
        } else {
            quote!(#ty)
        };
        quote! {
            #[doc = #doc]
            #vis #ident: #ty,
        }
    }

    fn implementation(&self) -> TokenStream {
        let (ident, domain, update) = (self.ident(), &self.entity.domain, self.update);
        let (read, changes, check) = (self.read(), self.changes(), self.check());
        quote! {
            #[automatically_derived]
            impl #domain::Input for #ident {
                const UPDATE: bool = #update;
                #read
                #changes
                #check
            }
        }
    }

    /// All fields are read before the first error leaves, so that all errors are known.
    fn read(&self) -> TokenStream {
        let domain = &self.entity.domain;
        // A name that no field can have.
        let reader = Ident::new("reader", Span::mixed_site());
        let names: Vec<&Ident> = self.fields.iter().map(|field| field.ident).collect();
        let takes = self.fields.iter().map(|field| self.take(field, &reader));
        let unused = self.fields.is_empty().then(|| quote!(let _ = #reader;));
        quote! {
            fn read(#reader: &mut #domain::ObjectReader<'_>) -> ::core::option::Option<Self> {
                #unused
                #(let #names = #takes;)*
                ::core::option::Option::Some(Self { #(#names: #names?,)* })
            }
        }
    }

    fn take(&self, field: &Field<'_>, reader: &Ident) -> TokenStream {
        let Field { index, ty, .. } = field;
        match self.validation(field) {
            None => {
                let take = if self.update {
                    quote!(patch)
                } else {
                    quote!(take)
                };
                quote_spanned!(field.at_type()=> #reader.#take::<#ty>(#index))
            }
            Some(path) => {
                let take = if self.update {
                    quote!(patch_with)
                } else {
                    quote!(take_with)
                };
                quote! {
                    #reader.#take(#index, |value: &#ty| #path(value).map_err(::core::convert::Into::into))
                }
            }
        }
    }

    fn changes(&self) -> TokenStream {
        let domain = &self.entity.domain;
        let pushes = self.fields.iter().map(|field| {
            let Field { index, ident, .. } = field;
            if self.update {
                quote_spanned! {field.at_type()=>
                    if let ::core::option::Option::Some(value) = &self.#ident {
                        out.push((#index, #domain::FieldType::value(value)));
                    }
                }
            } else {
                quote_spanned!(field.at_type()=> out.push((#index, #domain::FieldType::value(&self.#ident)));)
            }
        });
        let room = self.fields.len();
        let reserve = if self.update {
            quote!()
        } else {
            quote!(out.reserve(#room);)
        };
        let out = if self.fields.is_empty() {
            quote!(_out)
        } else {
            quote!(out)
        };
        let reserve = if self.fields.is_empty() {
            quote!()
        } else {
            reserve
        };
        quote! {
            fn changes<'a>(&'a self, #out: &mut ::std::vec::Vec<#domain::Change<'a>>) {
                #reserve
                #(#pushes)*
            }
        }
    }

    fn check(&self) -> Option<TokenStream> {
        let domain = &self.entity.domain;
        let checks: Vec<TokenStream> = self
            .fields
            .iter()
            .filter_map(|field| {
                self.validation(field)
                    .map(|path| self.check_of(field, &path))
            })
            .collect();
        (!checks.is_empty()).then(|| {
            quote! {
                fn check(&self, errors: &mut ::std::vec::Vec<#domain::FieldError>) {
                    #(#checks)*
                }
            }
        })
    }

    fn check_of(&self, field: &Field<'_>, path: &Path) -> TokenStream {
        let domain = &self.entity.domain;
        let Field { ident, name, .. } = field;
        let check = |value: TokenStream| {
            quote! {
                if let ::core::result::Result::Err(issue) = #path(#value) {
                    errors.push(#domain::FieldError::new(#name, issue));
                }
            }
        };
        if self.update {
            let check = check(quote!(value));
            quote!(if let ::core::option::Option::Some(value) = &self.#ident { #check })
        } else {
            check(quote!(&self.#ident))
        }
    }

    /// The field's validation function. `Self` in its path is the entity.
    fn validation(&self, field: &Field<'_>) -> Option<Path> {
        let mut path = field.attributes.validate.clone()?;
        if let Some(first) = path.segments.first_mut()
            && first.ident == "Self"
        {
            first.ident = self.entity.ident.clone();
        }
        Some(path)
    }
}
