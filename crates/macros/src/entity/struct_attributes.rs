//! The attributes of an entity's struct.

use super::field_attributes;
use crate::{
    attributes::{Allowed, Argument},
    errors::Errors,
    names,
};
use quote::ToTokens;
use syn::{Attribute, Error, Expr, ExprLit, ExprPath, Ident, Lit, LitStr, Path, Result};

/// Names of the attributes.
pub(super) const NAMES: &[&str] = &[
    "collection",
    "table",
    "plural",
    "permissions",
    "unique",
    "owner",
    "profile",
    "unaudited",
    "unversioned",
    "validate",
    "max_limit",
    "view",
    "children",
    "renamed_from",
    "crate",
];

const ALLOWED: Allowed = Allowed {
    attribute: "entity",
    place: "an entity",
    names: NAMES,
    repeatable: &["unique"],
    internal: &["grants_rights"],
    elsewhere: Some((field_attributes::NAMES, "a field")),
};

/// The queries of a view; empty where it is made elsewhere.
#[derive(Default)]
pub(super) struct View {
    pub(super) postgres: String,
    pub(super) sqlite: String,
}

/// Rows that are parts of a row: `lines = OrderLine::ORDER_ID`.
pub(super) struct Child {
    pub(super) name: Ident,
    /// Their entity.
    pub(super) target: Path,
    /// The handle of the field that holds the parent's key.
    pub(super) column: Ident,
}

/// What the attributes say.
#[derive(Default)]
pub(super) struct StructAttributes {
    pub(super) collection: Option<LitStr>,
    pub(super) table: Option<LitStr>,
    pub(super) plural: Option<LitStr>,
    pub(super) permissions: Option<LitStr>,
    pub(super) unique: Vec<Vec<Ident>>,
    pub(super) owner: Option<Ident>,
    pub(super) profile: Option<Ident>,
    pub(super) unaudited: bool,
    pub(super) unversioned: bool,
    pub(super) grants_rights: bool,
    pub(super) grants_rights_of: Option<Ident>,
    pub(super) validate: Option<Path>,
    pub(super) max_limit: Option<u64>,
    pub(super) view: Option<View>,
    pub(super) children: Vec<Child>,
    pub(super) renamed_from: Option<LitStr>,
    pub(super) domain: Option<Path>,
}

impl StructAttributes {
    /// Reads them all.
    pub(super) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut read = Self::default();
        for argument in ALLOWED.read(attributes, errors) {
            errors.keep(read.set(&argument));
        }
        // There is nothing to be written that could be counted or recorded.
        read.unaudited |= read.view.is_some();
        read.unversioned |= read.view.is_some();
        read
    }

    fn set(&mut self, argument: &Argument) -> Result<()> {
        match argument.name().as_str() {
            "collection" => self.collection = Some(collection(argument)?),
            "table" => self.table = Some(argument.database_name()?),
            "plural" => self.plural = Some(plural(argument)?),
            "permissions" => self.permissions = Some(collection(argument)?),
            "unique" => self.unique.push(group(argument)?),
            "owner" => self.owner = Some(one(argument)?),
            "profile" => self.profile = Some(one(argument)?),
            "unaudited" => self.unaudited = argument.flag().map(|_| true)?,
            "unversioned" => self.unversioned = argument.flag().map(|_| true)?,
            "grants_rights" => match argument.flag() {
                Ok(_) => self.grants_rights = true,
                Err(_) => self.grants_rights_of = Some(one(argument)?),
            },
            "validate" => self.validate = Some(argument.path()?),
            "view" => self.view = Some(view(argument)?),
            "children" => self.children = argument.pairs()?.into_iter().map(child).collect::<Result<_>>()?,
            "max_limit" => self.max_limit = Some(argument.positive()?),
            "renamed_from" => self.renamed_from = Some(argument.database_name()?),
            _ => self.domain = Some(argument.path()?),
        }
        Ok(())
    }
}

/// `view`, `view = "SELECT …"` for both databases, or `view(postgres = "…", sqlite = "…")`.
fn view(argument: &Argument) -> Result<View> {
    if argument.flag().is_ok() {
        return Ok(View::default());
    }
    if let Ok(text) = argument.text() {
        return Ok(View { postgres: text.value(), sqlite: text.value() });
    }
    let form = "a view is written `view`, `view = \"SELECT ...\"` or `view(postgres = \"...\", sqlite = \"...\")`";
    let mut view = View::default();
    for (name, value) in argument.pairs().map_err(|_| argument.error(form))? {
        let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = value else { return Err(argument.error(form)) };
        match name.to_string().as_str() {
            "postgres" => view.postgres = text.value(),
            "sqlite" => view.sqlite = text.value(),
            _ => return Err(Error::new_spanned(name, form)),
        }
    }
    if view.postgres.is_empty() || view.sqlite.is_empty() { Err(argument.error(form)) } else { Ok(view) }
}

/// `lines = OrderLine::ORDER_ID`.
fn child((name, value): (Ident, Expr)) -> Result<Child> {
    let wrong = |at: &dyn ToTokens| {
        Error::new_spanned(
            at,
            "children are written `children(lines = OrderLine::ORDER_ID)`: their name, and the handle of the field that holds the parent's key",
        )
    };
    let Expr::Path(ExprPath { qself: None, path: mut target, .. }) = value else { return Err(wrong(&name)) };
    match (target.segments.pop(), target.segments.pop_punct()) {
        (Some(column), Some(_)) if !target.segments.is_empty() => {
            Ok(Child { name, column: column.into_value().ident, target })
        }
        _ => Err(wrong(&name)),
    }
}

fn collection(argument: &Argument) -> Result<LitStr> {
    let text = argument.database_name()?;
    if names::is_snake_case(&text.value()) {
        return Ok(text);
    }
    let message =
        "a collection is in snake_case, such as \"order_lines\": it is part of paths and of the names of permissions";
    Err(Error::new_spanned(text, message))
}

fn plural(argument: &Argument) -> Result<LitStr> {
    let text = argument.text()?;
    if names::is_pascal_case(&text.value()) {
        return Ok(text);
    }
    Err(Error::new_spanned(
        text,
        "a plural is in PascalCase, such as \"OrderLines\": it is part of the names of operations",
    ))
}

fn one(argument: &Argument) -> Result<Ident> {
    let fields = argument.idents()?;
    match <[Ident; 1]>::try_from(fields) {
        Ok([field]) => Ok(field),
        Err(_) => Err(argument.error("takes one field, the one that holds the user's key, such as `owner(clerk_id)`")),
    }
}

fn group(argument: &Argument) -> Result<Vec<Ident>> {
    let fields = argument.idents()?;
    if fields.len() < 2 {
        return Err(argument.error("`unique(...)` takes two fields or more; for one, write `unique` on the field"));
    }
    match fields.iter().enumerate().find(|(i, field)| fields[..*i].contains(field)) {
        Some((_, twice)) => Err(Error::new_spanned(twice, format!("`{twice}` is in this group twice"))),
        None => Ok(fields),
    }
}
