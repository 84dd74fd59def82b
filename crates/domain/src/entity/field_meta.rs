//! Everything known about one field.

use super::{EntityMeta, FieldType, Format, Issue, Item, Kind, OnDelete, Reference};
use crate::Value;

/// One end of a range, as text that the field's type can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The value, in its plain text form.
    pub value: &'static str,
    /// Whether the value itself is allowed.
    pub inclusive: bool,
}

/// Everything known about one field. Only `'static` data, so that it can be a constant.
///
/// [`FieldMeta::of`] says what the type says; attributes are chained on.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each flag is an attribute of the derive")]
pub struct FieldMeta {
    /// Name in JSON, in query parameters and in Rust.
    pub name: &'static str,
    /// Name of the column.
    pub column: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be null.
    pub nullable: bool,
    /// The values that an enum may take; empty for others.
    pub variants: &'static [&'static str],
    /// What its items are, if it is an array.
    pub item: Option<Item>,
    /// Whether no two rows may have the same value.
    pub unique: bool,
    /// Whether the column has an index of its own.
    pub indexed: bool,
    /// Shown, but never taken from a client.
    pub read_only: bool,
    /// Taken when a row is created, ignored afterwards.
    pub create_only: bool,
    /// Taken, but never shown.
    pub write_only: bool,
    /// Never taken from a client and never shown to one.
    pub hidden: bool,
    /// Masked in the audit trail, in logs and in errors; can't be filtered or sorted by.
    pub sensitive: bool,
    /// Kept by the framework rather than by the struct: version and audit columns.
    pub system: bool,
    /// White space at both ends is removed.
    pub trim: bool,
    /// Letters are lower-cased.
    pub lowercase: bool,
    /// What a missing value becomes, in its plain text form.
    pub default: Option<&'static str>,
    /// Least value.
    pub min: Option<Bound>,
    /// Largest value.
    pub max: Option<Bound>,
    /// Least and largest number of characters; of bytes, or of items of an array.
    pub length: Option<(usize, Option<usize>)>,
    /// What the text must look like.
    pub format: Format,
    /// Name for people.
    pub label: &'static str,
    /// Documentation, from the doc comment.
    pub doc: &'static str,
    /// An example value, in its plain text form.
    pub example: Option<&'static str>,
    /// The column's former name, for a migration that renames it.
    pub renamed_from: Option<&'static str>,
    /// The group of fields that permissions of their own open: `customers_read_<group>` to see it and
    /// `customers_update_<group>` to write it.
    pub guard: Option<&'static str>,
    /// What rows that are there already get when the column is added: an SQL expression over their other
    /// columns that means the same on every database.
    pub fill: Option<&'static str>,
    /// Whether the column holds JSON, which is read as text.
    pub json: bool,
    /// A regular expression that the whole text must match.
    pub pattern: Option<&'static str>,
    /// The entity whose key it holds.
    pub references: Option<Reference>,
    /// Whether `q=` looks into it.
    pub search: bool,
}

impl FieldMeta {
    /// A field of type `T` without attributes.
    pub const fn of<T: FieldType>(name: &'static str) -> Self {
        Self {
            name,
            column: name,
            kind: T::KIND,
            nullable: T::NULLABLE,
            variants: T::VARIANTS,
            item: T::ITEM,
            unique: false,
            indexed: false,
            read_only: false,
            create_only: false,
            write_only: false,
            hidden: false,
            sensitive: false,
            system: false,
            trim: false,
            lowercase: false,
            default: None,
            min: None,
            max: None,
            length: None,
            format: Format::Plain,
            label: name,
            doc: "",
            example: None,
            renamed_from: None,
            guard: None,
            fill: None,
            json: matches!(T::KIND, Kind::Json),
            pattern: None,
            references: None,
            search: false,
        }
    }

    /// Gives the column another name than the field.
    #[must_use]
    pub const fn column(mut self, column: &'static str) -> Self {
        self.column = column;
        self
    }

    /// No two rows may have the same value.
    #[must_use]
    pub const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// The column gets an index of its own.
    #[must_use]
    pub const fn indexed(mut self) -> Self {
        self.indexed = true;
        self
    }

    /// Shown, but never taken from a client.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Taken when a row is created, ignored afterwards.
    #[must_use]
    pub const fn create_only(mut self) -> Self {
        self.create_only = true;
        self
    }

    /// Taken, but never shown.
    #[must_use]
    pub const fn write_only(mut self) -> Self {
        self.write_only = true;
        self
    }

    /// Never taken from a client and never shown to one.
    #[must_use]
    pub const fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// Masked in the audit trail, in logs and in errors.
    #[must_use]
    pub const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// White space at both ends is removed.
    #[must_use]
    pub const fn trim(mut self) -> Self {
        self.trim = true;
        self
    }

    /// Letters are lower-cased.
    #[must_use]
    pub const fn lowercase(mut self) -> Self {
        self.lowercase = true;
        self
    }

    /// What a missing value becomes, in its plain text form.
    #[must_use]
    pub const fn default(mut self, value: &'static str) -> Self {
        self.default = Some(value);
        self
    }

    /// Least value.
    #[must_use]
    pub const fn min(mut self, value: &'static str, inclusive: bool) -> Self {
        self.min = Some(Bound { value, inclusive });
        self
    }

    /// Largest value.
    #[must_use]
    pub const fn max(mut self, value: &'static str, inclusive: bool) -> Self {
        self.max = Some(Bound { value, inclusive });
        self
    }

    /// Least and largest number of characters, of bytes, or of items, both included.
    #[must_use]
    pub const fn length(mut self, least: usize, most: Option<usize>) -> Self {
        self.length = Some((least, most));
        self
    }

    /// The text is an email address.
    #[must_use]
    pub const fn email(mut self) -> Self {
        self.format = Format::Email;
        self
    }

    /// The text is an address on the web: `https://…` or `http://…`.
    #[must_use]
    pub const fn url(mut self) -> Self {
        self.format = Format::Url;
        self
    }

    /// A regular expression that the whole text must match.
    #[must_use]
    pub const fn pattern(mut self, pattern: &'static str) -> Self {
        self.pattern = Some(pattern);
        self
    }

    /// It holds the key of that entity, whose row is called `name`.
    #[must_use]
    pub const fn references(
        mut self,
        name: &'static str,
        entity: fn() -> &'static EntityMeta,
        on_delete: OnDelete,
    ) -> Self {
        self.references = Some(Reference { name, entity, on_delete });
        self
    }

    /// `q=` looks into it.
    #[must_use]
    pub const fn search(mut self) -> Self {
        self.search = true;
        self
    }

    /// Name for people.
    #[must_use]
    pub const fn label(mut self, label: &'static str) -> Self {
        self.label = label;
        self
    }

    /// Documentation.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// An example value, in its plain text form.
    #[must_use]
    pub const fn example(mut self, example: &'static str) -> Self {
        self.example = Some(example);
        self
    }

    /// The column's former name, for a migration that renames it.
    #[must_use]
    pub const fn renamed_from(mut self, column: &'static str) -> Self {
        self.renamed_from = Some(column);
        self
    }

    /// Puts it into a group that permissions of their own open.
    #[must_use]
    pub const fn guard(mut self, group: &'static str) -> Self {
        self.guard = Some(group);
        self
    }

    /// Gives rows that are there already a value when the column is added.
    #[must_use]
    pub const fn fill(mut self, expression: &'static str) -> Self {
        self.fill = Some(expression);
        self
    }

    /// The column holds JSON, which is read as text.
    #[must_use]
    pub const fn json(mut self) -> Self {
        self.json = true;
        self
    }

    const fn system<T: FieldType>(name: &'static str, label: &'static str, doc: &'static str) -> Self {
        let mut field = Self::of::<T>(name).read_only().label(label).doc(doc);
        field.system = true;
        field
    }

    /// The column that counts the changes of a row, beginning with 1.
    pub const VERSION: Self =
        Self::system::<i64>("version", "Version", "Counts the changes of this row; the value of its `ETag`.")
            .default("1")
            .example("1");

    /// When, by whom created, when, by whom last changed: Kwik's four audit columns.
    pub const AUDIT: [Self; 4] = [
        Self::system::<chrono::DateTime<chrono::Utc>>("creation_time", "Created", "When it was created.")
            .example("2026-01-31T09:30:00.000000Z"),
        Self::system::<Option<i64>>("creator_user_id", "Created by", "The user who created it.").example("1"),
        Self::system::<Option<chrono::DateTime<chrono::Utc>>>(
            "last_modification_time",
            "Changed",
            "When it was last changed.",
        ),
        Self::system::<Option<i64>>("last_modifier_user_id", "Changed by", "The user who changed it last."),
    ];

    /// What stands where a [`Form`](super::Form) has no key.
    pub const FORM_KEY: Self = Self::of::<i64>("").hidden();

    /// Reads the plain text form of a value of it, which of an enum must be one of its variants.
    ///
    /// # Errors
    ///
    /// An [`Issue`] that says what would be right.
    pub fn parse(&self, raw: &str) -> Result<Value, Issue> {
        if self.variants.is_empty() || self.variants.contains(&raw) {
            return Value::parse(self.kind, raw);
        }
        Err(Issue::new("variant", format!("must be one of: {}", self.variants.join(", "))))
    }

    /// Whether a client ever sees it.
    pub const fn is_shown(&self) -> bool {
        !self.hidden && !self.write_only
    }

    /// Whether a list may be filtered and sorted by it, and its history shown.
    pub const fn is_open(&self) -> bool {
        self.is_shown() && !self.sensitive
    }

    /// Whether its value must not be written to the audit trail or to a log.
    pub const fn is_masked(&self) -> bool {
        self.hidden || self.write_only || self.sensitive
    }

    /// Whether a client may give it when a row is created.
    pub const fn on_create(&self) -> bool {
        !self.read_only && !self.hidden
    }

    /// Whether a client may give it when a row is changed.
    pub const fn on_update(&self) -> bool {
        self.on_create() && !self.create_only
    }
}
