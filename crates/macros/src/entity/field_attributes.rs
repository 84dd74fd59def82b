//! The attributes of an entity's field.

use super::{conflicts, struct_attributes};
use crate::{
    attributes::{Allowed, Argument},
    errors::Errors,
    literal::{Literal, Range, Shape},
    names,
};
use proc_macro2::Span;
use syn::{Attribute, Error, LitStr, Path, Result};

/// Names of the attributes.
pub(super) const NAMES: &[&str] = &[
    "key",
    "given",
    "column",
    "unique",
    "indexed",
    "default",
    "length",
    "range",
    "email",
    "url",
    "pattern",
    "trim",
    "lowercase",
    "validate",
    "read_only",
    "create_only",
    "write_only",
    "hidden",
    "sensitive",
    "guard",
    "references",
    "relation",
    "on_delete",
    "search",
    "label",
    "example",
    "renamed_from",
];

const ALLOWED: Allowed = Allowed {
    attribute: "entity",
    place: "a field",
    names: NAMES,
    repeatable: &[],
    internal: &["fill", "json"],
    elsewhere: Some((struct_attributes::NAMES, "the struct")),
};

/// What the attributes say. A flag is the place where it stands.
#[derive(Default)]
pub(super) struct FieldAttributes {
    pub(super) key: Option<Span>,
    pub(super) given: Option<Span>,
    pub(super) unique: Option<Span>,
    pub(super) indexed: Option<Span>,
    pub(super) email: Option<Span>,
    pub(super) url: Option<Span>,
    pub(super) search: Option<Span>,
    pub(super) pattern: Option<(Span, LitStr)>,
    pub(super) references: Option<(Span, Path)>,
    pub(super) relation: Option<LitStr>,
    pub(super) on_delete: Option<(Span, OnDelete)>,
    pub(super) trim: Option<Span>,
    pub(super) lowercase: Option<Span>,
    pub(super) read_only: Option<Span>,
    pub(super) create_only: Option<Span>,
    pub(super) write_only: Option<Span>,
    pub(super) hidden: Option<Span>,
    pub(super) sensitive: Option<Span>,
    pub(super) column: Option<LitStr>,
    pub(super) label: Option<LitStr>,
    pub(super) renamed_from: Option<LitStr>,
    pub(super) guard: Option<LitStr>,
    pub(super) fill: Option<LitStr>,
    pub(super) json: Option<Span>,
    pub(super) default: Option<(Span, Literal)>,
    pub(super) example: Option<(Span, Literal)>,
    pub(super) length: Option<(Span, Length)>,
    pub(super) range: Option<(Span, Range)>,
    pub(super) validate: Option<Path>,
    /// All of them, of a key: what it may have hangs on the other fields.
    pub(super) of_key: Vec<Argument>,
}

/// Least and largest number of characters, both included.
pub(super) struct Length {
    pub(super) least: usize,
    pub(super) most: Option<usize>,
}

impl FieldAttributes {
    /// Reads them all.
    pub(super) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut read = Self::default();
        let arguments = ALLOWED.read(attributes, errors);
        conflicts::check(&arguments, errors);
        for argument in &arguments {
            errors.keep(read.set(argument));
        }
        if read.key.is_some() {
            read.of_key = arguments;
        }
        read
    }

    fn set(&mut self, argument: &Argument) -> Result<()> {
        let name = argument.name();
        match name.as_str() {
            "column" => self.column = Some(argument.database_name()?),
            "label" => self.label = Some(argument.text()?),
            "renamed_from" => self.renamed_from = Some(argument.database_name()?),
            "fill" => self.fill = Some(argument.text()?),
            "guard" => self.guard = Some(guard(argument)?),
            "pattern" => self.pattern = Some((argument.span(), argument.text()?)),
            "references" => self.references = Some((argument.span(), argument.path()?)),
            "relation" => self.relation = Some(relation(argument)?),
            "on_delete" => self.on_delete = Some((argument.span(), OnDelete::of(argument)?)),
            "default" => self.default = Some((argument.span(), argument.literal()?)),
            "example" => self.example = Some((argument.span(), argument.literal()?)),
            "length" => self.length = Some((argument.span(), length(argument)?)),
            "range" => self.range = Some((argument.span(), Range::of(&argument.range("0..=10")?)?)),
            "validate" => self.validate = Some(argument.path()?),
            _ => {
                // Kept even in a wrong form, so that nothing is said to be missing.
                *self.flag(&name) = Some(argument.span());
                argument.flag()?;
            }
        }
        Ok(())
    }

    fn flag(&mut self, name: &str) -> &mut Option<Span> {
        match name {
            "given" => &mut self.given,
            "unique" => &mut self.unique,
            "indexed" => &mut self.indexed,
            "email" => &mut self.email,
            "url" => &mut self.url,
            "search" => &mut self.search,
            "trim" => &mut self.trim,
            "lowercase" => &mut self.lowercase,
            "read_only" => &mut self.read_only,
            "create_only" => &mut self.create_only,
            "write_only" => &mut self.write_only,
            "hidden" => &mut self.hidden,
            "sensitive" => &mut self.sensitive,
            "json" => &mut self.json,
            // The names were checked; this is the only one left.
            _ => &mut self.key,
        }
    }

    /// Whether its value must not be printed.
    pub(super) fn is_masked(&self) -> bool {
        [self.hidden, self.write_only, self.sensitive].iter().any(Option::is_some)
    }
}

/// What becomes of a row when the row that it refers to is removed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OnDelete {
    Restrict,
    Cascade,
    SetNull,
}

impl OnDelete {
    fn of(argument: &Argument) -> Result<Self> {
        let text = argument.text()?;
        match text.value().as_str() {
            "restrict" => Ok(Self::Restrict),
            "cascade" => Ok(Self::Cascade),
            "set_null" => Ok(Self::SetNull),
            _ => Err(Error::new_spanned(text, "`on_delete` is \"restrict\", \"cascade\" or \"set_null\"")),
        }
    }

    /// Name of the domain's variant.
    pub(super) const fn variant(self) -> &'static str {
        match self {
            Self::Restrict => "Restrict",
            Self::Cascade => "Cascade",
            Self::SetNull => "SetNull",
        }
    }
}

fn relation(argument: &Argument) -> Result<LitStr> {
    let text = argument.text()?;
    if names::is_snake_case(&text.value()) {
        return Ok(text);
    }
    Err(Error::new_spanned(
        text,
        "a relation is in snake_case, such as \"customer\": it stands in `expand=` and in JSON",
    ))
}

fn guard(argument: &Argument) -> Result<LitStr> {
    let text = argument.text()?;
    if text.value() == "own" {
        return Err(Error::new_spanned(text, "`own` is taken: permissions that end in it are for owners"));
    }
    if names::is_snake_case(&text.value()) {
        return Ok(text);
    }
    let message = "a group of fields is in snake_case, such as \"salary\": it is part of the names of permissions";
    Err(Error::new_spanned(text, message))
}

fn length(argument: &Argument) -> Result<Length> {
    let range = Range::of(&argument.range("1..=200")?)?;
    let number = |end: &Literal| match end.shape {
        Shape::Integer => end.text.parse::<usize>().ok(),
        _ => None,
    };
    let wrong = || argument.error("the ends of a length are whole numbers of characters, such as `length(1..=200)`");
    let least = range.min.as_ref().map_or(Ok(0), |end| number(end).ok_or_else(wrong))?;
    let most = range.max.as_ref().map(|end| number(end).ok_or_else(wrong)).transpose()?;
    let most = match most {
        Some(most) if range.inclusive => Some(most),
        // `..0` allows no length at all.
        Some(most) => Some(
            most.checked_sub(1)
                .ok_or_else(|| argument.error("the range is empty: no text has fewer than 0 characters"))?,
        ),
        None => None,
    };
    Ok(Length { least, most })
}
