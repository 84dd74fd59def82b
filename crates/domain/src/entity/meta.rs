//! Everything known about an entity.

use super::{Children, FieldMeta, FieldSet, KeySource, Kind, Reference, View, key, validate};
use crate::{Action, Filter};

/// Everything known about an entity, once, as static data: tables, SQL, JSON, validation,
/// permissions, audit and the OpenAPI document are all driven by it.
#[derive(Debug)]
#[non_exhaustive]
pub struct EntityMeta {
    /// Name of the struct: `Customer`.
    pub name: &'static str,
    /// Its plural: `Customers`.
    pub plural: &'static str,
    /// Name in paths and permissions: `customers`.
    pub collection: &'static str,
    /// What the names of its permissions begin with: `customers` in `customers_read`.
    pub permissions: &'static str,
    /// Name of the table.
    pub table: &'static str,
    /// Documentation, from the doc comment.
    pub doc: &'static str,
    /// The struct's fields, the key first, then the system fields.
    pub fields: &'static [FieldMeta],
    /// How many of `fields` are the struct's own.
    pub own: usize,
    /// Groups of fields whose values together must be unique.
    pub unique_groups: &'static [&'static [usize]],
    /// Whether each change leaves an audit record, and rows carry the four audit columns.
    pub audited: bool,
    /// Whether rows carry a version.
    pub versioned: bool,
    /// The largest `limit` of a list.
    pub max_limit: u64,
    /// The table's former name, for a migration that renames it.
    pub renamed_from: Option<&'static str>,
    /// Whose rights a change of it may change, if anybody's.
    pub grants_rights: Option<RightsOf>,
    /// The field that holds the user to whom a row belongs.
    pub owner: Option<usize>,
    /// The field that holds the user whom a row describes: the entity is the profile of users, and its
    /// fields are attributes of actors.
    pub profile: Option<usize>,
    /// How many of the first fields are the key: more than one of an entity with a composite key.
    pub keys: usize,
    /// Whether whoever creates a row gives its key.
    pub given_key: bool,
    /// What it shows, if it has no table of its own. Such an entity is only read.
    pub view: Option<View>,
    /// Rows of other entities that are parts of its rows.
    pub children: &'static [Children],
}

/// Whose rights a change of a row may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RightsOf {
    /// Everybody's.
    Everybody,
    /// Those of the user whose key this field holds.
    User(usize),
}

impl EntityMeta {
    /// An audited, versioned entity. `fields` are the struct's own, the key first, then
    /// [`FieldMeta::VERSION`] and [`FieldMeta::AUDIT`] unless it opts out of them.
    ///
    /// # Panics
    ///
    /// At compile time, when there are more fields than a [`FieldSet`] holds or the key is of a
    /// kind that cannot be one.
    pub const fn new(
        name: &'static str,
        plural: &'static str,
        collection: &'static str,
        fields: &'static [FieldMeta],
        own: usize,
    ) -> Self {
        assert!(
            matches!(fields[0].kind, Kind::I64 | Kind::Uuid) && !fields[0].nullable,
            "a key is an i64 or a Uuid, or a newtype over one of them; another one is given by whoever creates a row: \
             `#[entity(key, given)]`"
        );
        Self::with_key(name, plural, collection, fields, own, 1, false)
    }

    /// The same, with a key that whoever creates a row gives: the first `keys` fields.
    ///
    /// # Panics
    ///
    /// At compile time, when there are more fields than a [`FieldSet`] holds or these cannot be a key.
    pub const fn with_given_key(
        name: &'static str,
        plural: &'static str,
        collection: &'static str,
        fields: &'static [FieldMeta],
        own: usize,
        keys: usize,
    ) -> Self {
        assert!(0 < keys && keys <= key::MOST, "a key has at most 4 fields");
        let mut index = 0;
        while index < keys {
            let field = &fields[index];
            let kind = matches!(field.kind, Kind::I32 | Kind::I64 | Kind::Uuid | Kind::Date);
            assert!(
                !field.nullable && (kind || keys == 1 && matches!(field.kind, Kind::Text)),
                "a key that is given is an i32, an i64, a Uuid or a date, alone or several of them, or one text; none of \
                 them is optional"
            );
            index += 1;
        }
        Self::with_key(name, plural, collection, fields, own, keys, true)
    }

    const fn with_key(
        name: &'static str,
        plural: &'static str,
        collection: &'static str,
        fields: &'static [FieldMeta],
        own: usize,
        keys: usize,
        given_key: bool,
    ) -> Self {
        assert!(fields.len() <= FieldSet::CAPACITY, "an entity has at most 123 fields of its own");
        Self {
            name,
            plural,
            collection,
            permissions: collection,
            table: collection,
            doc: "",
            fields,
            own,
            unique_groups: &[],
            audited: true,
            versioned: true,
            max_limit: 1000,
            renamed_from: None,
            grants_rights: None,
            owner: None,
            profile: None,
            keys,
            given_key,
            view: None,
            children: &[],
        }
    }

    /// Begins the names of its permissions otherwise than with the collection.
    #[must_use]
    pub const fn permissions(mut self, prefix: &'static str) -> Self {
        self.permissions = prefix;
        self
    }

    /// Gives the table another name than the collection.
    #[must_use]
    pub const fn table(mut self, table: &'static str) -> Self {
        self.table = table;
        self
    }

    /// Documentation.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// Groups of fields whose values together must be unique.
    #[must_use]
    pub const fn unique_groups(mut self, groups: &'static [&'static [usize]]) -> Self {
        self.unique_groups = groups;
        self
    }

    /// Changes leave no audit record, and rows carry no audit columns.
    #[must_use]
    pub const fn unaudited(mut self) -> Self {
        self.audited = false;
        self
    }

    /// Rows carry no version: no `ETag`, no `If-Match`.
    #[must_use]
    pub const fn unversioned(mut self) -> Self {
        self.versioned = false;
        self
    }

    /// The largest `limit` of a list.
    #[must_use]
    pub const fn max_limit(mut self, limit: u64) -> Self {
        self.max_limit = limit;
        self
    }

    /// The table's former name.
    #[must_use]
    pub const fn renamed_from(mut self, table: &'static str) -> Self {
        self.renamed_from = Some(table);
        self
    }

    /// A change of it may change everybody's rights.
    #[must_use]
    pub const fn grants_rights(mut self) -> Self {
        self.grants_rights = Some(RightsOf::Everybody);
        self
    }

    /// A change of a row may change the rights of the user whose key this field holds.
    ///
    /// # Panics
    ///
    /// At compile time, when the field is not an `i64`.
    #[must_use]
    pub const fn grants_rights_of(mut self, field: usize) -> Self {
        let key = &self.fields[field];
        assert!(matches!(key.kind, Kind::I64) && !key.nullable, "rights are those of a user, by an i64");
        self.grants_rights = Some(RightsOf::User(field));
        self
    }

    /// Rows belong to the user whose key this field holds: `customers_read_own` reaches them.
    ///
    /// # Panics
    ///
    /// At compile time, when the field holds no 64 bit integer, which keys of users are.
    #[must_use]
    pub const fn owner(mut self, field: usize) -> Self {
        assert!(matches!(self.fields[field].kind, Kind::I64), "an owner is a user's key, an i64 or Option<i64>");
        self.owner = Some(field);
        self
    }

    /// Rows describe the user whose key this field holds. What they say bounds what users reach, so that
    /// a change of them changes rights.
    ///
    /// # Panics
    ///
    /// At compile time, when the field is not a unique `i64`.
    #[must_use]
    pub const fn profile(mut self, field: usize) -> Self {
        let key = &self.fields[field];
        assert!(
            matches!(key.kind, Kind::I64) && !key.nullable && key.unique,
            "a profile's user is an i64 with #[entity(unique)]"
        );
        self.profile = Some(field);
        self.grants_rights = Some(RightsOf::User(field));
        self
    }

    /// It has no table of its own, and is only read: these queries say what it shows.
    #[must_use]
    pub const fn view(mut self, postgres: &'static str, sqlite: &'static str) -> Self {
        self.view = Some(View { postgres, sqlite });
        self.unaudited().unversioned()
    }

    /// Rows of other entities that are parts of its rows.
    #[must_use]
    pub const fn children(mut self, children: &'static [Children]) -> Self {
        self.children = children;
        self
    }

    /// The fields that refer to other entities, with their indexes.
    pub fn references(&self) -> impl Iterator<Item = (usize, Reference)> + use<> {
        self.own_fields().filter_map(|(index, field)| Some((index, field.references?)))
    }

    /// Whether two descriptions are of one entity.
    pub fn is(&self, other: &Self) -> bool {
        (self.name, self.table) == (other.name, other.table)
    }

    /// The key field; the first of them where there are several.
    pub const fn key(&self) -> &'static FieldMeta {
        &self.fields[0]
    }

    /// The key fields, of which there is mostly one.
    pub fn key_fields(&self) -> &'static [FieldMeta] {
        &self.fields[..self.keys]
    }

    /// Who gives a new row its key.
    pub const fn key_source(&self) -> KeySource {
        if self.given_key { KeySource::Given } else { KeySource::of(self.fields[0].kind) }
    }

    /// Index of the first field that may be given when a row is created: that behind a key that is not given.
    pub const fn first_given(&self) -> usize {
        if self.given_key { 0 } else { 1 }
    }

    /// The struct's own fields with their indexes.
    pub fn own_fields(&self) -> impl Iterator<Item = (usize, &'static FieldMeta)> + use<> {
        self.fields.iter().enumerate().take(self.own)
    }

    /// The index of the field of that name.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|f| f.name == name)
    }

    /// The index of the version, if rows have one.
    pub const fn version(&self) -> Option<usize> {
        if self.versioned { Some(self.own) } else { None }
    }

    /// The index of the first of the four audit columns, if rows have them.
    pub const fn audit_columns(&self) -> Option<usize> {
        if self.audited { Some(self.own + self.versioned as usize) } else { None }
    }

    /// The permission for an action on this entity: `customers_read`.
    pub fn permission(&self, verb: &str) -> String {
        format!("{}_{verb}", self.permissions)
    }

    /// The names of all permissions that bound actions on it.
    pub fn permission_names(&self) -> Vec<String> {
        let actions: &[Action] = if self.view.is_some() { &[Action::Read] } else { &Action::ALL };
        let mut names: Vec<_> = actions.iter().map(|action| self.permission(action.verb())).collect();
        names.extend(actions.iter().filter_map(|action| Some(self.own_permission(*action)?.0)));
        for (_, group) in self.guarded_fields() {
            let ways = [Action::Read, Action::Update].into_iter().filter(|action| actions.contains(action));
            names.extend(ways.map(|action| self.group_permission(action, group)));
        }
        names.sort();
        names.dedup();
        names
    }

    /// The permission for an action on one's own rows, and the field that says whose they are. A new row
    /// is nobody's own yet.
    pub fn own_permission(&self, action: Action) -> Option<(String, usize)> {
        let owner = self.owner.filter(|_| action != Action::Create)?;
        Some((format!("{}_{}_own", self.permissions, action.verb()), owner))
    }

    /// The permission to see a group of fields, and the one for every way of writing them.
    pub fn group_permission(&self, action: Action, group: &str) -> String {
        let verb = if action == Action::Read { "read" } else { "update" };
        format!("{}_{verb}_{group}", self.permissions)
    }

    /// The fields that stand in a group, and the group.
    pub fn guarded_fields(&self) -> impl Iterator<Item = (usize, &'static str)> + use<> {
        self.own_fields().filter_map(|(index, field)| Some((index, field.guard?)))
    }

    /// The condition that a row has the key whose plain text form this is.
    ///
    /// # Errors
    ///
    /// What would be right, when the text is no key of this entity.
    pub fn key_filter(&'static self, raw: &str) -> Result<Filter, validate::Issue> {
        key::parse(self, raw)
    }
}
