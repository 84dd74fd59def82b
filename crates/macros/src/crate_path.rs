//! Where the generated code finds the domain crate.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Error, Ident, Path, Result, Token, parse_quote};

const DOMAIN: &str = "kwik-domain";
const FACADE: &str = "kwik-rs";

/// The path of the domain crate: what the attribute said, else what `Cargo.toml` says.
///
/// The domain goes before the facade: a library of entities may have the facade among its
/// development dependencies only, which are not told apart here.
pub(crate) fn domain(given: Option<Path>) -> Result<Path> {
    if let Some(path) = given {
        let span = path.span();
        return Ok(located(&path, span));
    }
    found(crate_name(DOMAIN).ok(), crate_name(FACADE).ok()).ok_or_else(|| {
        let message = format!(
            "neither `{FACADE}` nor `{DOMAIN}` is a dependency in Cargo.toml; add one, or say where the domain is with `crate = path`"
        );
        Error::new(Span::call_site(), message)
    })
}

/// The same path, written by the macro at another place.
pub(crate) fn located(path: &Path, place: Span) -> Path {
    let mut path = path.clone();
    let span = Span::call_site().located_at(place);
    if let Some(colons) = &mut path.leading_colon {
        *colons = Token![::](span);
    }
    for pair in path.segments.pairs_mut() {
        let (segment, colons) = pair.into_tuple();
        segment.ident.set_span(span);
        if let Some(colons) = colons {
            *colons = Token![::](span);
        }
    }
    path
}

fn found(domain: Option<FoundCrate>, facade: Option<FoundCrate>) -> Option<Path> {
    Some(match (domain, facade) {
        // Both crates name themselves with `extern crate self`, for their own code and doc tests.
        (Some(FoundCrate::Itself), _) => parse_quote!(::kwik_domain),
        (Some(FoundCrate::Name(name)), _) => absolute(&name),
        (None, Some(FoundCrate::Itself)) => parse_quote!(::kwik::domain),
        // The facade's library is not named like its package; any other name is a rename.
        (None, Some(FoundCrate::Name(name))) if name == "kwik_rs" => parse_quote!(::kwik::domain),
        (None, Some(FoundCrate::Name(name))) => {
            let path = absolute(&name);
            parse_quote!(#path::domain)
        }
        (None, None) => return None,
    })
}

/// The path of the facade, for what only programs have.
pub(crate) fn facade() -> Path {
    match crate_name(FACADE) {
        Ok(FoundCrate::Name(name)) if name != "kwik_rs" => absolute(&name),
        _ => parse_quote!(::kwik),
    }
}

fn absolute(name: &str) -> Path {
    let name = Ident::new(name, Span::call_site());
    parse_quote!(::#name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn path(domain: Option<&str>, facade: Option<&str>) -> String {
        let named = |name: &str| match name {
            "itself" => FoundCrate::Itself,
            name => FoundCrate::Name(name.to_owned()),
        };
        let path = found(domain.map(named), facade.map(named));
        quote!(#path).to_string().replace(' ', "")
    }

    #[test]
    fn the_domain_is_found_under_whatever_name() {
        assert_eq!(path(Some("kwik_domain"), None), "::kwik_domain");
        assert_eq!(path(Some("truth"), None), "::truth");
        assert_eq!(path(Some("itself"), Some("kwik_rs")), "::kwik_domain");
    }

    #[test]
    fn the_facade_is_found_under_whatever_name() {
        assert_eq!(path(None, Some("kwik_rs")), "::kwik::domain");
        assert_eq!(path(None, Some("kwik")), "::kwik::domain");
        assert_eq!(path(None, Some("api")), "::api::domain");
        assert_eq!(path(None, Some("itself")), "::kwik::domain");
        assert_eq!(path(None, None), "");
    }

    #[test]
    fn a_path_that_is_given_is_taken() {
        assert!(domain(Some(parse_quote!(my::domain))).is_ok_and(|p| p == parse_quote!(my::domain)));
    }
}
