//! What depends on types, asserted in constants: the compiler evaluates them and points at the
//! attribute.

use super::field_attributes::OnDelete;
use super::model::{Entity, Field};
use crate::literal::Shape;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

/// Kinds that a number is for.
const NUMBERS: &[&str] = &["I32", "I64", "F64", "Decimal"];
/// Kinds that a number with a fraction is for.
const FRACTIONS: &[&str] = &["F64", "Decimal"];
const FRACTION: &str = "a number with a fraction is for an `f64` or a `Decimal`";

/// All assertions.
pub(super) fn write(entity: &Entity<'_>) -> TokenStream {
    let fields = entity.fields.iter().map(|field| Asserted { entity, field }.all());
    quote!(#(#fields)*)
}

struct Asserted<'e, 'i> {
    entity: &'e Entity<'i>,
    field: &'e Field<'i>,
}

impl Asserted<'_, '_> {
    fn all(&self) -> TokenStream {
        let (text, range, compared) = (self.text(), self.range(), self.compared());
        let (literals, given, reference) = (self.literals(), self.given(), self.reference());
        quote!(#text #range #compared #literals #given #reference)
    }

    /// The field's `FieldType`.
    fn of(&self) -> TokenStream {
        let (domain, ty) = (&self.entity.domain, self.field.ty);
        quote!(<#ty as #domain::FieldType>)
    }

    /// Whether its kind is one of these.
    fn kind(&self, kinds: &[&str]) -> TokenStream {
        let (of, domain) = (self.of(), &self.entity.domain);
        let kinds = kinds.iter().map(|kind| proc_macro2::Ident::new(kind, Span::call_site()));
        quote!(::core::matches!(#of::KIND, #(#domain::Kind::#kinds)|*))
    }

    fn text(&self) -> TokenStream {
        let attributes = &self.field.attributes;
        let (kind, of) = (self.kind(&["Text"]), self.of());
        let asserts = [
            ("email", attributes.email),
            ("url", attributes.url),
            ("pattern", attributes.pattern.as_ref().map(|(span, _)| *span)),
            ("search", attributes.search),
            ("trim", attributes.trim),
            ("lowercase", attributes.lowercase),
        ]
        .into_iter()
        .filter_map(|(name, span)| {
            let message = format!("`{name}` needs text: a `String`, or a newtype over it");
            Some(assert(span?, &quote!(#kind && #of::VARIANTS.is_empty()), &message))
        });
        let bytes = self.kind(&["Bytes"]);
        let length = attributes.length.as_ref().map(|(span, _)| {
            let counted = quote!((#kind && #of::VARIANTS.is_empty()) || #bytes || #of::ITEM.is_some());
            assert(
                *span,
                &counted,
                "`length` needs text, bytes or an array: a `String`, a `Vec`, or a newtype over one",
            )
        });
        quote!(#length #(#asserts)*)
    }

    /// What is compared, or has a default, needs values that have an order.
    fn compared(&self) -> TokenStream {
        let (attributes, of) = (&self.field.attributes, self.of());
        let asserts = [
            ("unique", attributes.unique),
            ("indexed", attributes.indexed),
            ("default", attributes.default.as_ref().map(|(span, _)| *span)),
        ]
        .into_iter()
        .filter_map(|(name, span)| {
            let message =
                format!("`{name}` does not fit its field: bytes, JSON and arrays are not compared and have no default");
            Some(assert(span?, &quote!(#of::KIND.is_ordered()), &message))
        });
        quote!(#(#asserts)*)
    }

    fn range(&self) -> Option<TokenStream> {
        let (span, range) = self.field.attributes.range.as_ref()?;
        let unordered = self.kind(&["Text", "Bool", "Bytes", "Json"]);
        let message = "`range` needs a number, a date or a time; for text, bytes and arrays there is `length`";
        let ordered = assert(*span, &quote!(!#unordered), message);
        let ends = [&range.min, &range.max].into_iter().flatten();
        let (kinds, what) = match ends.map(|end| end.shape).max() {
            Some(Shape::Float) => (FRACTIONS, FRACTION),
            Some(Shape::Integer) => (NUMBERS, "write dates and times in quotes"),
            _ => return Some(ordered),
        };
        let fits = self.kind(kinds);
        let message = format!("`range` does not fit its field: {what}");
        let fits = assert(*span, &quote!(#unordered || #fits), &message);
        Some(quote!(#ordered #fits))
    }

    /// Literals that are not text say what kind they are for.
    fn literals(&self) -> TokenStream {
        let attributes = &self.field.attributes;
        let asserts = [("default", &attributes.default), ("example", &attributes.example)].into_iter().filter_map(
            |(name, given)| {
                let (span, literal) = given.as_ref()?;
                let (kinds, what): (&[&str], _) = match literal.shape {
                    Shape::Text => return None,
                    Shape::Bool => (&["Bool"], "`true` and `false` are for a `bool`"),
                    Shape::Integer => (NUMBERS, "a number without quotes is for a number"),
                    Shape::Float => (FRACTIONS, FRACTION),
                };
                let message = format!("`{name}` does not fit its field: {what}");
                Some(assert(*span, &self.kind(kinds), &message))
            },
        );
        quote!(#(#asserts)*)
    }

    /// A reference holds what the other entity's key is, and nothing only where it may be null.
    fn reference(&self) -> Option<TokenStream> {
        let attributes = &self.field.attributes;
        let (span, target) = attributes.references.as_ref()?;
        let (of, domain) = (self.of(), &self.entity.domain);
        let key = quote!(<<#target as #domain::Entity>::Key as #domain::KeyType>::SINGLE);
        let several = "`references` needs an entity whose key is one field; that one's has several";
        let single = assert(*span, &quote!(#key.is_some()), several);
        let message = "`references` does not fit its field: it holds another type than the key of that entity";
        let fits = quote!(match #key {
            ::core::option::Option::Some(key) => #of::KIND as u8 == key as u8,
            ::core::option::Option::None => true,
        });
        let kind = assert(*span, &fits, message);
        let null = attributes
            .on_delete
            .filter(|(_, on_delete)| *on_delete == OnDelete::SetNull)
            .map(|(span, _)| assert(span, &quote!(#of::NULLABLE), "`on_delete = \"set_null\"` needs an optional type"));
        Some(quote!(#single #kind #null))
    }

    /// A field that a client cannot give must come from somewhere when a row is created.
    fn given(&self) -> Option<TokenStream> {
        let attributes = &self.field.attributes;
        let (name, span) = match (attributes.read_only, attributes.hidden) {
            (Some(span), _) => ("read_only", span),
            (_, Some(span)) => ("hidden", span),
            _ => return None,
        };
        if attributes.default.is_some() {
            return None;
        }
        let of = self.of();
        let message =
            format!("`{name}` needs a `default` or an optional type: no client gives the field when a row is created");
        Some(assert(span, &quote!(#of::NULLABLE), &message))
    }
}

fn assert(span: Span, condition: &TokenStream, message: &str) -> TokenStream {
    // Located at the attribute, but still code of the macro to lints.
    let span = Span::call_site().located_at(span);
    quote_spanned!(span=> const _: () = ::core::assert!(#condition, #message);)
}
