//! The struct as the derive understands it.

use super::conflicts;
use super::field_attributes::FieldAttributes;
use super::struct_attributes::StructAttributes;
use crate::{crate_path, documentation, errors::Errors, names};
use proc_macro2::{Literal, Span};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Field as SynField, Fields, Ident, Path, Result, Type, Visibility};

/// The columns that the framework keeps beside the struct's own.
const VERSION: &str = "version";
const AUDIT: [&str; 4] = ["creation_time", "creator_user_id", "last_modification_time", "last_modifier_user_id"];

/// The most fields that a key has.
const MOST_KEYS: usize = 4;

/// An entity.
pub(super) struct Entity<'i> {
    pub(super) ident: &'i Ident,
    pub(super) vis: &'i Visibility,
    pub(super) name: String,
    pub(super) plural: String,
    pub(super) collection: String,
    pub(super) doc: String,
    /// Whether it stands for no table, only for what a body takes.
    pub(super) form: bool,
    /// Path of the domain crate.
    pub(super) domain: Path,
    pub(super) attributes: StructAttributes,
    /// The key first.
    pub(super) fields: Vec<Field<'i>>,
    /// How many of them are the key.
    pub(super) keys: usize,
    /// Whether whoever creates a row gives it.
    pub(super) given_key: bool,
    /// Indexes of fields that are unique together.
    pub(super) groups: Vec<Vec<usize>>,
    /// Index of the field that says whose a row is.
    pub(super) owner: Option<usize>,
    /// Index of the field that says whom a row describes.
    pub(super) profile: Option<usize>,
    /// Index of the field that says whose rights a row is about.
    pub(super) grants_rights_of: Option<usize>,
}

/// A field of it.
pub(super) struct Field<'i> {
    pub(super) position: usize,
    /// The same as a literal.
    pub(super) index: Literal,
    pub(super) ident: &'i Ident,
    pub(super) vis: &'i Visibility,
    pub(super) ty: &'i Type,
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) attributes: FieldAttributes,
}

impl<'i> Entity<'i> {
    /// Reads the struct.
    pub(super) fn read(input: &'i DeriveInput, form: bool) -> Result<Self> {
        let fields = named_fields(input)?;
        let mut errors = Errors::default();
        let mut attributes = StructAttributes::read(&input.attrs, &mut errors);
        let domain = errors.keep(crate_path::domain(attributes.domain.take()));
        attributes.unaudited |= form;
        attributes.unversioned |= form;
        // The first field of a form's metadata stands for the key that it has not.
        let fields: Vec<Field<'_>> = fields
            .enumerate()
            .filter_map(|(i, field)| Field::read(i + usize::from(form), field, &mut errors))
            .collect();
        let keys = fields.iter().filter(|field| field.attributes.key.is_some()).count();
        let given_key =
            keys > 1 || fields.iter().any(|field| field.attributes.key.and(field.attributes.given).is_some());
        let given_key = given_key || form;
        if !form {
            check_key(input, &fields, (keys, given_key), &mut errors);
        }
        check_names(&attributes, &fields, &mut errors);
        let groups = groups(&attributes, &fields, &mut errors);
        let owner = attributes.owner.as_ref().and_then(|name| errors.keep(owner(name, &attributes, &fields)));
        let profile = attributes.profile.as_ref().and_then(|name| errors.keep(member(name, &fields)));
        let holder = attributes.grants_rights_of.as_ref().and_then(|name| errors.keep(named(name, &fields)));
        let grants_rights_of = holder.map(|field| field.position);
        let name = input.ident.unraw().to_string();
        let plural = attributes.plural.as_ref().map_or_else(|| names::plural(&name), syn::LitStr::value);
        let collection = attributes.collection.as_ref().map_or_else(|| names::snake_case(&plural), syn::LitStr::value);
        check_derived_names(input, &attributes, &collection, &mut errors);
        let doc = documentation::of(&input.attrs);
        let (ident, vis) = (&input.ident, &input.vis);
        let entity = domain.map(|domain| Self {
            ident,
            vis,
            name,
            plural,
            collection,
            doc,
            form,
            domain,
            attributes,
            fields,
            keys,
            given_key,
            groups,
            owner,
            profile,
            grants_rights_of,
        });
        errors.finish(entity)
    }

    /// The fields that creating a row takes: all but a key that the framework gives.
    pub(super) fn values(&self) -> &[Field<'i>] {
        self.fields.get(usize::from(!self.given_key)..).unwrap_or_default()
    }

    /// The fields of the key.
    pub(super) fn key(&self) -> &[Field<'i>] {
        &self.fields[..self.keys]
    }
}

impl<'i> Field<'i> {
    fn read(position: usize, field: &'i SynField, errors: &mut Errors) -> Option<Self> {
        Some(Self {
            position,
            index: Literal::usize_unsuffixed(position),
            ident: field.ident.as_ref()?,
            vis: &field.vis,
            ty: &field.ty,
            name: field.ident.as_ref()?.unraw().to_string(),
            doc: documentation::of(&field.attrs),
            attributes: FieldAttributes::read(&field.attrs, errors),
        })
    }

    /// The place of its type and the domain's path there, for code that the type may not allow.
    pub(super) fn at_type(&self, entity: &Entity<'_>) -> (Span, Path) {
        let place = self.ty.span();
        (Span::call_site().located_at(place), crate_path::located(&entity.domain, place))
    }

    /// What the row is called that it refers to: `customer` of `customer_id`.
    pub(super) fn relation(&self) -> Option<String> {
        let given = self.attributes.relation.as_ref().map(syn::LitStr::value);
        given.or_else(|| self.name.strip_suffix("_id").map(str::to_owned)).filter(|name| !name.is_empty())
    }

    /// Name of its column.
    pub(super) fn column(&self) -> String {
        self.attributes.column.as_ref().map_or_else(|| self.name.clone(), syn::LitStr::value)
    }

    /// Whether a change may set it.
    pub(super) fn on_update(&self) -> bool {
        self.attributes.create_only.is_none() && self.attributes.key.is_none()
    }
}

fn named_fields(input: &DeriveInput) -> Result<impl Iterator<Item = &SynField>> {
    let wrong = |at: &dyn quote::ToTokens| Err(Error::new_spanned(at, "an entity is a struct with named fields"));
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(
            &input.generics,
            "an entity has no generic parameters: it stands for one table",
        ));
    }
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Ok(fields.named.iter()),
            Fields::Unnamed(fields) => wrong(fields),
            Fields::Unit => wrong(&input.ident),
        },
        Data::Enum(data) => wrong(&data.enum_token),
        Data::Union(data) => wrong(&data.union_token),
    }
}

fn check_key(input: &DeriveInput, fields: &[Field<'_>], (keys, is_given): (usize, bool), errors: &mut Errors) {
    if keys == 0 {
        errors.at(&input.ident, "an entity has a key: write `#[entity(key)]` on its first field");
    } else if keys > MOST_KEYS {
        errors.at(&input.ident, format!("a key has at most {MOST_KEYS} fields; this one has {keys}"));
    }
    for (index, field) in fields.iter().enumerate() {
        let Some(span) = field.attributes.key else { continue };
        if index >= keys {
            let message = match keys {
                1 => "the key is the first field of the struct; move it up",
                _ => "the fields of the key are the first ones of the struct, in its order; move it up",
            };
            errors.push(Error::new(span, message));
        }
        if let Some(given) = field.attributes.given.filter(|_| keys > 1) {
            errors.push(Error::new(given, "a key of several fields is given anyway; leave `given` out"));
        }
        conflicts::check_key(&field.attributes.of_key, is_given, errors);
    }
}

/// Names of fields and columns that are taken.
fn check_names(attributes: &StructAttributes, fields: &[Field<'_>], errors: &mut Errors) {
    for (i, field) in fields.iter().enumerate() {
        let column = field.column();
        let at = field.attributes.column.as_ref().map_or_else(|| field.ident.span(), Spanned::span);
        if let Some(former) = field.attributes.renamed_from.as_ref().filter(|former| former.value() == column) {
            errors.at(
                former,
                format!("`{column}` is the name that the column has now; write the one that it had before"),
            );
        }
        let taken = |by: &str| by == field.name || by == column;
        if taken(VERSION) && !attributes.unversioned {
            errors.push(Error::new(
                at,
                "`version` is kept by the framework; take another name, or make the entity `unversioned`",
            ));
        }
        if let Some(name) = AUDIT.into_iter().find(|name| taken(name))
            && !attributes.unaudited
        {
            errors.push(Error::new(
                at,
                format!("`{name}` is kept by the framework; take another name, or make the entity `unaudited`"),
            ));
        }
        if field.attributes.references.is_some() && field.relation().is_none() {
            let message = "what it refers to has no name of its own; write `relation = \"...\"`, or end the field's name in `_id`";
            errors.push(Error::new(at, message));
        }
        if let Some(other) = fields[..i].iter().find(|other| other.column() == column) {
            errors.push(Error::new(at, format!("the column `{column}` is that of the field `{}` already", other.name)));
        }
    }
}

fn check_derived_names(input: &DeriveInput, attributes: &StructAttributes, collection: &str, errors: &mut Errors) {
    if attributes.collection.is_none() && !names::is_snake_case(collection) {
        errors.at(&input.ident, "no collection can be made from this name; write `#[entity(collection = \"...\")]`");
    }
    let table = attributes.table.as_ref().map_or_else(|| collection.to_owned(), syn::LitStr::value);
    if let Some(former) = attributes.renamed_from.as_ref().filter(|former| former.value() == table) {
        errors.at(former, format!("`{table}` is the name that the table has now; write the one that it had before"));
    }
}

fn groups(attributes: &StructAttributes, fields: &[Field<'_>], errors: &mut Errors) -> Vec<Vec<usize>> {
    attributes
        .unique
        .iter()
        .map(|group| group.iter().filter_map(|name| errors.keep(member(name, fields))).collect())
        .collect()
}

/// A field of one's own, or the framework's column for who created a row.
fn owner(name: &Ident, attributes: &StructAttributes, fields: &[Field<'_>]) -> Result<usize> {
    if *name == AUDIT[1] && !attributes.unaudited {
        return Ok(fields.len() + usize::from(!attributes.unversioned) + 1);
    }
    member(name, fields)
}

fn member(name: &Ident, fields: &[Field<'_>]) -> Result<usize> {
    let field = named(name, fields)?;
    if field.attributes.key.is_some() && fields.iter().filter(|other| other.attributes.key.is_some()).count() == 1 {
        return Err(Error::new_spanned(name, format!("`{}` is the key, which is unique by itself", field.name)));
    }
    Ok(field.position)
}

fn named<'f, 'i>(name: &Ident, fields: &'f [Field<'i>]) -> Result<&'f Field<'i>> {
    let wanted = name.unraw().to_string();
    fields.iter().find(|field| field.name == wanted).ok_or_else(|| {
        let meant = names::similar(&wanted, fields.iter().map(|field| field.name.as_str()))
            .map(|meant| format!("; did you mean `{meant}`?"))
            .unwrap_or_default();
        Error::new_spanned(name, format!("`{wanted}` is not a field of this entity{meant}"))
    })
}
