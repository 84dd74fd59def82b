//! The attributes of an entity's struct.

use super::field_attributes;
use crate::{
    attributes::{Allowed, Argument},
    errors::Errors,
    names,
};
use syn::{Attribute, Error, Ident, LitStr, Path, Result};

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
            "max_limit" => self.max_limit = Some(argument.positive()?),
            "renamed_from" => self.renamed_from = Some(argument.database_name()?),
            _ => self.domain = Some(argument.path()?),
        }
        Ok(())
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
