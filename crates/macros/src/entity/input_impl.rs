//! The implementation of `Input`.

use super::input::Input;
use super::model::Field;
use super::struct_attributes::Child;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

/// The ways from JSON into the struct and from it into a statement.
pub(super) fn write(input: &Input<'_, '_>) -> TokenStream {
    let (ident, domain, update) = (input.ident(), &input.entity.domain, input.update);
    let (read, changes, check) = (read(input), changes(input), check(input));
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
fn read(input: &Input<'_, '_>) -> TokenStream {
    let domain = &input.entity.domain;
    // Hygiene keeps it apart from a field of that name.
    let reader = Ident::new("reader", Span::mixed_site());
    let names: Vec<&Ident> = input.fields.iter().map(|field| field.ident).collect();
    let takes = input.fields.iter().map(|field| take(input, field, &reader));
    let children = &input.entity.attributes.children;
    let lists: Vec<&Ident> = children.iter().map(|child| &child.name).collect();
    let lists_of = children.iter().enumerate().map(|(index, Child { target, .. })| {
        let index = Literal::usize_unsuffixed(index);
        let children = Ident::new(if input.update { "child_changes" } else { "children" }, Span::call_site());
        quote!(#reader.#children::<#target>(#index))
    });
    let unused = (input.fields.is_empty() && children.is_empty()).then(|| quote!(let _ = #reader;));
    quote! {
        fn read(#reader: &mut #domain::ObjectReader<'_>) -> ::core::option::Option<Self> {
            #unused
            #(let #names = #takes;)*
            #(let #lists = #lists_of;)*
            ::core::option::Option::Some(Self { #(#names: #names?,)* #(#lists: #lists?,)* })
        }
    }
}

fn take(input: &Input<'_, '_>, field: &Field<'_>, reader: &Ident) -> TokenStream {
    let Field { index, ty, .. } = field;
    let (span, _) = field.at_type(input.entity);
    match (validation(input, field), input.update) {
        (None, false) => quote_spanned!(span=> #reader.take::<#ty>(#index)),
        (None, true) => quote_spanned!(span=> #reader.patch::<#ty>(#index)),
        (Some(path), update) => {
            let take = Ident::new(if update { "patch_with" } else { "take_with" }, Span::call_site());
            quote! {
                #reader.#take(#index, |value: &#ty| #path(value).map_err(::core::convert::Into::into))
            }
        }
    }
}

fn changes(input: &Input<'_, '_>) -> TokenStream {
    let domain = &input.entity.domain;
    let pushes = input.fields.iter().map(|field| push(input, field));
    let room = Literal::usize_unsuffixed(input.fields.len());
    let reserve = (!input.update).then(|| quote!(out.reserve(#room);));
    let unused = input.fields.is_empty().then(|| quote!(let _ = &out;));
    quote! {
        fn changes<'a>(&'a self, out: &mut ::std::vec::Vec<#domain::Change<'a>>) {
            #unused
            #reserve
            #(#pushes)*
        }
    }
}

fn push(input: &Input<'_, '_>, field: &Field<'_>) -> TokenStream {
    let Field { index, ident, .. } = field;
    let (span, domain) = field.at_type(input.entity);
    if input.update {
        let value = quote_spanned!(span=> #domain::FieldType::value(value));
        quote! {
            if let ::core::option::Option::Some(value) = &self.#ident {
                out.push((#index, #value));
            }
        }
    } else {
        let value = quote_spanned!(span=> #domain::FieldType::value(&self.#ident));
        quote!(out.push((#index, #value));)
    }
}

fn check(input: &Input<'_, '_>) -> Option<TokenStream> {
    let domain = &input.entity.domain;
    let checks: Vec<TokenStream> =
        input.fields.iter().filter_map(|field| Some(check_of(input, field, &validation(input, field)?))).collect();
    (!checks.is_empty()).then(|| {
        quote! {
            fn check(&self, errors: &mut ::std::vec::Vec<#domain::FieldError>) {
                #(#checks)*
            }
        }
    })
}

fn check_of(input: &Input<'_, '_>, field: &Field<'_>, path: &Path) -> TokenStream {
    let domain = &input.entity.domain;
    let Field { ident, name, .. } = field;
    let value = if input.update { quote!(value) } else { quote!(&self.#ident) };
    let check = quote! {
        if let ::core::result::Result::Err(issue) = #path(#value) {
            errors.push(#domain::FieldError::new(#name, issue));
        }
    };
    if input.update { quote!(if let ::core::option::Option::Some(value) = &self.#ident { #check }) } else { check }
}

/// The field's validation function. `Self` in its path is the entity.
fn validation(input: &Input<'_, '_>, field: &Field<'_>) -> Option<Path> {
    let mut path = field.attributes.validate.clone()?;
    if let Some(first) = path.segments.first_mut()
        && first.ident == "Self"
    {
        first.ident = input.entity.ident.clone();
    }
    Some(path)
}
