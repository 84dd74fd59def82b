//! Doc comments.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The text of the doc comments: lines joined, without the space that begins each.
pub(crate) fn of(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes.iter().filter_map(line).collect();
    lines.join("\n").trim().to_owned()
}

fn line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &pair.value else {
        return None;
    };
    if !pair.path.is_ident("doc") {
        return None;
    }
    let text = text.value();
    Some(text.strip_prefix(' ').unwrap_or(&text).trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::{ItemStruct, parse_quote};

    #[test]
    fn lines_are_joined_and_trimmed() {
        let item: ItemStruct = parse_quote! {
            /// First line,
            /// second line.
            ///
            ///   indented
            #[doc(hidden)]
            struct S;
        };
        assert_eq!(of(&item.attrs), "First line,\nsecond line.\n\n  indented");
        assert_eq!(of(&[]), "");
    }
}
