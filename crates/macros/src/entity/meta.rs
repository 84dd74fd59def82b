//! The static metadata: `FieldMeta` and `EntityMeta`.

use super::field_attributes::{FieldAttributes, OnDelete};
use super::model::{Entity, Field};
use super::struct_attributes::Child;
use crate::{crate_path, names};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

/// The expression of type `&'static EntityMeta`.
pub(super) fn write(entity: &Entity<'_>) -> TokenStream {
    let Entity { domain, name, plural, collection, .. } = entity;
    let own = Literal::usize_unsuffixed(entity.fields.len() + usize::from(entity.form));
    let form_key = entity.form.then(|| quote!(#domain::FieldMeta::FORM_KEY,));
    let fields = entity.fields.iter().map(|field| field_meta(entity, field));
    let options = entity_options(entity);
    let version = (!entity.attributes.unversioned).then(|| quote!(#domain::FieldMeta::VERSION,));
    let audit = (!entity.attributes.unaudited).then(|| {
        let column = (0..4).map(Literal::usize_unsuffixed).map(|i| quote!(#domain::FieldMeta::AUDIT[#i],));
        quote!(#(#column)*)
    });
    // What a key can be is asserted by the domain; its message then points at the attribute.
    let at_key = entity.fields.first().and_then(|key| key.attributes.key).unwrap_or_else(Span::call_site);
    let domain_at_key = crate_path::located(domain, at_key);
    let span = Span::call_site().located_at(at_key);
    let new = if entity.given_key && !entity.form {
        let keys = Literal::usize_unsuffixed(entity.keys);
        quote_spanned! {span=>
            #domain_at_key::EntityMeta::with_given_key(#name, #plural, #collection, FIELDS, #own, #keys)
        }
    } else {
        quote_spanned!(span=> #domain_at_key::EntityMeta::new(#name, #plural, #collection, FIELDS, #own))
    };
    quote!({
        static FIELDS: &[#domain::FieldMeta] = &[#form_key #(#fields,)* #version #audit];
        static META: #domain::EntityMeta = #new #options;
        &META
    })
}

fn entity_options(entity: &Entity<'_>) -> TokenStream {
    let attributes = &entity.attributes;
    let mut calls = Calls::default();
    calls.text("doc", &entity.doc);
    calls.maybe("table", attributes.table.as_ref());
    if !entity.groups.is_empty() {
        let index = |position: &usize| Literal::usize_unsuffixed(*position);
        let groups = entity.groups.iter().map(|group| {
            let group = group.iter().map(index);
            quote!(&[#(#group),*])
        });
        calls.call("unique_groups", quote!(&[#(#groups),*]));
    }
    calls.maybe("permissions", attributes.permissions.as_ref());
    calls.flag("unaudited", attributes.unaudited);
    calls.flag("unversioned", attributes.unversioned);
    calls.maybe("max_limit", attributes.max_limit.map(Literal::u64_unsuffixed));
    calls.maybe("renamed_from", attributes.renamed_from.as_ref());
    calls.flag("grants_rights", attributes.grants_rights);
    calls.maybe("grants_rights_of", entity.grants_rights_of.map(Literal::usize_unsuffixed));
    if let Some(view) = &attributes.view {
        let (postgres, sqlite) = (&view.postgres, &view.sqlite);
        calls.call("view", quote!(#postgres, #sqlite));
    }
    children(&mut calls, entity);
    calls.maybe("owner", entity.owner.map(Literal::usize_unsuffixed));
    calls.maybe("profile", entity.profile.map(Literal::usize_unsuffixed));
    calls.0
}

fn field_meta(entity: &Entity<'_>, field: &Field<'_>) -> TokenStream {
    let domain = &entity.domain;
    let (ty, name) = (field.ty, &field.name);
    let attributes = &field.attributes;
    let mut calls = Calls::default();
    calls.maybe("column", attributes.column.as_ref());
    flags(&mut calls, attributes);
    // A key never changes.
    calls.flag("create_only", entity.given_key && attributes.key.is_some());
    constraints(&mut calls, attributes);
    let label = attributes.label.as_ref().map_or_else(|| names::label(name), syn::LitStr::value);
    calls.text("label", &label);
    calls.text("doc", &field.doc);
    calls.maybe("example", attributes.example.as_ref().map(|(_, literal)| &literal.text));
    calls.maybe("renamed_from", attributes.renamed_from.as_ref());
    calls.maybe("guard", attributes.guard.as_ref());
    calls.maybe("fill", attributes.fill.as_ref());
    calls.maybe("pattern", attributes.pattern.as_ref().map(|(_, pattern)| pattern));
    reference(&mut calls, entity, field);
    let calls = calls.0;
    quote!(#domain::FieldMeta::of::<#ty>(#name) #calls)
}

/// The entity that the field refers to, and by what name.
fn reference(calls: &mut Calls, entity: &Entity<'_>, field: &Field<'_>) {
    let (domain, attributes) = (&entity.domain, &field.attributes);
    if let (Some((_, target)), Some(name)) = (&attributes.references, field.relation()) {
        let on_delete = attributes.on_delete.map_or(OnDelete::Restrict, |(_, on_delete)| on_delete);
        let on_delete = Ident::new(on_delete.variant(), Span::call_site());
        calls.call("references", quote!(#name, || <#target as #domain::Entity>::META, #domain::OnDelete::#on_delete));
    }
}

/// Rows that are parts of its rows.
fn children(calls: &mut Calls, entity: &Entity<'_>) {
    let domain = &entity.domain;
    if entity.attributes.children.is_empty() {
        return;
    }
    let children = entity.attributes.children.iter().map(|Child { name, target, column }| {
        let name = name.to_string();
        quote!(#domain::Children {
            name: #name,
            entity: || <#target as #domain::Entity>::META,
            field: <#target>::#column.index(),
        })
    });
    calls.call("children", quote!(&[#(#children),*]));
}

fn flags(calls: &mut Calls, attributes: &FieldAttributes) {
    for (name, given) in [
        ("unique", attributes.unique),
        // What is referred to is looked for from there.
        (
            "indexed",
            attributes.indexed.or(attributes
                .references
                .as_ref()
                .map(|(span, _)| *span)
                .filter(|_| attributes.unique.is_none())),
        ),
        ("search", attributes.search),
        ("url", attributes.url),
        ("read_only", attributes.read_only),
        ("create_only", attributes.create_only),
        ("write_only", attributes.write_only),
        ("hidden", attributes.hidden),
        ("sensitive", attributes.sensitive),
        ("trim", attributes.trim),
        ("lowercase", attributes.lowercase),
        ("email", attributes.email),
        ("json", attributes.json),
    ] {
        calls.flag(name, given.is_some());
    }
}

fn constraints(calls: &mut Calls, attributes: &FieldAttributes) {
    calls.maybe("default", attributes.default.as_ref().map(|(_, literal)| &literal.text));
    if let Some((_, length)) = &attributes.length {
        let least = Literal::usize_unsuffixed(length.least);
        let most = length
            .most
            .map(Literal::usize_unsuffixed)
            .map_or_else(|| quote!(::core::option::Option::None), |most| quote!(::core::option::Option::Some(#most)));
        calls.call("length", quote!(#least, #most));
    }
    if let Some((_, range)) = &attributes.range {
        if let Some(min) = &range.min {
            let text = &min.text;
            calls.call("min", quote!(#text, true));
        }
        if let Some(max) = &range.max {
            let (text, inclusive) = (&max.text, range.inclusive);
            calls.call("max", quote!(#text, #inclusive));
        }
    }
}

/// A chain of calls of a builder.
#[derive(Default)]
struct Calls(TokenStream);

impl Calls {
    fn call(&mut self, name: &str, arguments: impl ToTokens) {
        let name = Ident::new(name, Span::call_site());
        self.0.extend(quote!(.#name(#arguments)));
    }

    fn flag(&mut self, name: &str, given: bool) {
        if given {
            self.call(name, TokenStream::new());
        }
    }

    fn maybe(&mut self, name: &str, value: Option<impl ToTokens>) {
        if let Some(value) = value {
            self.call(name, value);
        }
    }

    fn text(&mut self, name: &str, text: &str) {
        self.maybe(name, Some(text).filter(|text| !text.is_empty()));
    }
}
