//! The arguments of `#[entity(...)]` and `#[field(...)]`, as syntax and no more.

use crate::{errors::Errors, literal::Literal, names};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Expr, ExprLit, ExprRange, Ident, Lit, LitStr, Meta, Path, Result, Token};

/// One argument: `name`, `name = value` or `name(list)`.
pub(crate) struct Argument {
    name: Ident,
    given: Given,
}

enum Given {
    Nothing,
    Value(Box<Expr>),
    List(TokenStream),
}

/// What may stand in an attribute at some place.
pub(crate) struct Allowed {
    /// Name of the attribute: `entity`.
    pub(crate) attribute: &'static str,
    /// Where that is: "a field".
    pub(crate) place: &'static str,
    /// Names of the arguments.
    pub(crate) names: &'static [&'static str],
    /// Those that may be repeated.
    pub(crate) repeatable: &'static [&'static str],
    /// Those that are not mentioned to users.
    pub(crate) internal: &'static [&'static str],
    /// Names that belong elsewhere, and where.
    pub(crate) elsewhere: Option<(&'static [&'static str], &'static str)>,
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let name = input.call(Ident::parse_any)?;
        let given = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Given::Value(input.parse()?)
        } else if input.peek(syn::token::Paren) {
            let list;
            syn::parenthesized!(list in input);
            Given::List(list.parse()?)
        } else {
            Given::Nothing
        };
        Ok(Self { name, given })
    }
}

impl ToTokens for Argument {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let name = &self.name;
        tokens.extend(match &self.given {
            Given::Nothing => quote!(#name),
            Given::Value(value) => quote!(#name = #value),
            Given::List(list) => quote!(#name(#list)),
        });
    }
}

impl Argument {
    /// Its name.
    pub(crate) fn name(&self) -> String {
        self.name.unraw().to_string()
    }

    /// Where it stands: the place of its name, for code that is written because of it.
    pub(crate) fn span(&self) -> Span {
        self.name.span()
    }

    /// An error about it as a whole.
    pub(crate) fn error(&self, message: impl std::fmt::Display) -> Error {
        Error::new_spanned(&self.name, message)
    }

    fn wrong_form(&self, form: &str) -> Error {
        self.error(format!("`{name}` is written `{form}`", name = self.name()))
    }

    /// `name` alone.
    pub(crate) fn flag(&self) -> Result<Span> {
        match self.given {
            Given::Nothing => Ok(self.span()),
            _ => Err(self.error(format!("`{}` takes no value", self.name()))),
        }
    }

    /// `name = "text"`.
    pub(crate) fn text(&self) -> Result<LitStr> {
        match self.value() {
            Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => Ok(text.clone()),
            _ => Err(self.wrong_form(&format!("{} = \"text\"", self.name()))),
        }
    }

    /// `name = "text"` that can be the name of something in a database.
    pub(crate) fn database_name(&self) -> Result<LitStr> {
        const LONGEST: usize = 63;
        let text = self.text()?;
        let name = text.value();
        if name.is_empty() || name.contains('\0') || name.len() > LONGEST {
            let message = format!("a name in a database has 1 to {LONGEST} bytes, the most that PostgreSQL keeps");
            return Err(Error::new_spanned(text, message));
        }
        Ok(text)
    }

    /// `name(one = value, other = value)`.
    pub(crate) fn pairs(&self) -> Result<Vec<(Ident, Expr)>> {
        let Given::List(list) = &self.given else {
            return Err(self.wrong_form(&format!("{}(name = value)", self.name())));
        };
        let pairs = Punctuated::<Argument, Token![,]>::parse_terminated.parse2(list.clone())?;
        let pair = |argument: Argument| match argument.given {
            Given::Value(value) => Ok((argument.name, *value)),
            _ => Err(argument.wrong_form(&format!("{} = value", argument.name()))),
        };
        pairs.into_iter().map(pair).collect()
    }

    /// `name = literal`.
    pub(crate) fn literal(&self) -> Result<Literal> {
        let value = self.value().ok_or_else(|| self.wrong_form(&format!("{} = literal", self.name())))?;
        Literal::of(value)
    }

    /// `name = 500`, at least 1.
    pub(crate) fn positive(&self) -> Result<u64> {
        match self.value() {
            Some(Expr::Lit(ExprLit { lit: Lit::Int(number), .. })) => match number.base10_parse() {
                Ok(number) if number > 0 => Ok(number),
                _ => Err(Error::new_spanned(number, "must be a whole number of at least 1")),
            },
            _ => Err(self.wrong_form(&format!("{} = 500", self.name()))),
        }
    }

    /// `name = path::to::something`.
    pub(crate) fn path(&self) -> Result<Path> {
        match self.value() {
            Some(Expr::Path(path)) if path.qself.is_none() && path.attrs.is_empty() => Ok(path.path.clone()),
            _ => Err(self.wrong_form(&format!("{} = path::to::it", self.name()))),
        }
    }

    /// `name(range)`.
    pub(crate) fn range(&self, example: &str) -> Result<ExprRange> {
        let wrong = || self.wrong_form(&format!("{}({example})", self.name()));
        let Given::List(list) = &self.given else {
            return Err(wrong());
        };
        match syn::parse2(list.clone()) {
            Ok(Expr::Range(range)) => Ok(range),
            _ => Err(wrong()),
        }
    }

    /// `name(a, b)`.
    pub(crate) fn idents(&self) -> Result<Vec<Ident>> {
        let wrong = || self.wrong_form(&format!("{}(one, two)", self.name()));
        let Given::List(list) = &self.given else {
            return Err(wrong());
        };
        let idents = Punctuated::<Ident, Token![,]>::parse_terminated.parse2(list.clone()).map_err(|_| wrong())?;
        Ok(idents.into_iter().collect())
    }

    fn value(&self) -> Option<&Expr> {
        match &self.given {
            Given::Value(value) => Some(value),
            _ => None,
        }
    }
}

impl Allowed {
    /// The arguments of all attributes of that name. Unknown and repeated ones are errors, and
    /// left out.
    pub(crate) fn read(&self, attributes: &[Attribute], errors: &mut Errors) -> Vec<Argument> {
        let mut arguments: Vec<Argument> = Vec::new();
        for attribute in attributes.iter().filter(|a| a.path().is_ident(self.attribute)) {
            for argument in errors.keep(self.split(attribute)).unwrap_or_default() {
                let name = argument.name();
                if !self.names.contains(&name.as_str()) && !self.internal.contains(&name.as_str()) {
                    errors.push(self.unknown(&argument));
                } else if arguments.iter().any(|a| a.name() == name) && !self.repeatable.contains(&name.as_str()) {
                    errors.push(argument.error(format!("`{name}` is given twice")));
                } else {
                    arguments.push(argument);
                }
            }
        }
        arguments
    }

    fn split(&self, attribute: &Attribute) -> Result<Punctuated<Argument, Token![,]>> {
        match &attribute.meta {
            Meta::List(_) => attribute.parse_args_with(Punctuated::parse_terminated),
            _ => Err(Error::new_spanned(attribute, format!("this attribute is written `#[{}(...)]`", self.attribute))),
        }
    }

    fn unknown(&self, argument: &Argument) -> Error {
        let name = argument.name();
        if let Some((_, place)) = self.elsewhere.filter(|(names, _)| names.contains(&name.as_str())) {
            return argument.error(format!("`{name}` belongs on {place}, not on {}", self.place));
        }
        let meant = names::similar(&name, self.names.iter().copied())
            .map(|meant| format!("; did you mean `{meant}`?"))
            .unwrap_or_default();
        let allowed: Vec<String> = self.names.iter().map(|name| format!("`{name}`")).collect();
        argument.error(format!(
            "`{name}` is not an attribute of {}{meant}\nallowed are: {}",
            self.place,
            allowed.join(", ")
        ))
    }
}
