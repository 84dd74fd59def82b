//! The fields that a reader may filter and sort by.

use kwik_domain::{EntityMeta, FieldMeta, FieldSet, Issue, Kind};

/// What a reader sees: fields of the entity that is asked for and, if filters may follow references, those
/// of the entities beyond.
///
/// ```
/// # use kwik_domain::{Entity, FieldSet};
/// # use kwik_query::{Visible, parse_filter};
/// #[derive(Clone, Debug, Entity)]
/// struct Customer {
///     #[entity(key)]
///     id: i64,
///     name: String,
/// }
///
/// #[derive(Clone, Debug, Entity)]
/// struct Order {
///     #[entity(key)]
///     id: i64,
///     #[entity(references = Customer)]
///     customer_id: i64,
/// }
///
/// // Who may read customers sees all of their fields.
/// let others = |entity: &'static _| Customer::META.is(entity).then_some(FieldSet::ALL);
/// let visible = Visible::with_others(FieldSet::ALL, &others);
/// let filter = parse_filter(Order::META, visible, "customer.name = \"Acme\"").unwrap();
/// assert_eq!(filter, Order::CUSTOMER_ID.related::<Customer>(Customer::NAME.eq("Acme")));
/// parse_filter(Order::META, FieldSet::ALL, "customer.name = \"Acme\"").unwrap_err();
/// ```
#[derive(Clone, Copy)]
pub struct Visible<'a> {
    own: FieldSet,
    others: Option<&'a Others<'a>>,
}

/// The fields that the reader sees of an entity; none when the reader may read no row of it.
type Others<'a> = dyn Fn(&'static EntityMeta) -> Option<FieldSet> + 'a;

impl<'a> Visible<'a> {
    /// These fields of the entity itself; of another one those that `others` says, and nothing where the
    /// reader may not read it at all.
    pub fn with_others(own: FieldSet, others: &'a Others<'a>) -> Self {
        Self { own, others: Some(others) }
    }
}

/// These fields of the entity itself, and nothing of others.
impl From<FieldSet> for Visible<'_> {
    fn from(own: FieldSet) -> Self {
        Self { own, others: None }
    }
}

/// The fields of an entity that are open and that this reader sees. Any other is as unknown as one that
/// does not exist: nothing here tells the two apart.
#[derive(Clone, Copy)]
pub(crate) struct OpenFields<'a> {
    pub(crate) meta: &'static EntityMeta,
    visible: Visible<'a>,
}

impl<'a> OpenFields<'a> {
    pub(crate) fn new(meta: &'static EntityMeta, visible: impl Into<Visible<'a>>) -> Self {
        Self { meta, visible: visible.into() }
    }

    fn iter(self) -> impl Iterator<Item = (usize, &'static FieldMeta)> {
        let fields = self.meta.fields.iter().enumerate();
        fields.filter(move |(index, field)| field.is_open() && self.visible.own.contains(*index))
    }

    /// The field of that name, and its index.
    pub(crate) fn find(self, name: &str) -> Option<(usize, &'static FieldMeta)> {
        self.iter().find(|(_, field)| field.name == name)
    }

    /// The references that can be followed: the field, the name of the row beyond it, and its fields.
    fn references(self) -> impl Iterator<Item = (usize, &'static str, Self)> {
        self.iter().filter_map(move |(index, field)| {
            let (reference, others) = (field.references?, self.visible.others?);
            let (meta, own) = (reference.target(), others(reference.target())?);
            Some((index, reference.name, Self { meta, visible: Visible { own, ..self.visible } }))
        })
    }

    /// The field that refers to the row of that name, and the fields beyond it.
    pub(crate) fn follow(self, name: &str) -> Option<(usize, Self)> {
        self.references().find(|(_, found, _)| *found == name).map(|(index, _, fields)| (index, fields))
    }

    /// Texts in which words are searched for, by index.
    pub(crate) fn searched(self) -> Vec<usize> {
        let fields = self.iter().filter(|(_, field)| field.search && field.kind == Kind::Text);
        fields.map(|(index, _)| index).collect()
    }

    /// What would be right: "a field of Customer: id, name".
    pub(crate) fn expected(self) -> String {
        let names: Vec<_> = self.iter().map(|(_, field)| field.name).collect();
        format!("a field of {}: {}", self.meta.name, names.join(", "))
    }

    /// The same where references can be followed: "…; or a field beyond a reference, such as customer.id: customer".
    pub(crate) fn expected_or_beyond(self) -> String {
        let names: Vec<_> = self.references().map(|(_, name, _)| name).collect();
        match names.first() {
            Some(first) => {
                let own = self.expected();
                format!("{own}; or a field beyond a reference, such as {first}.id: {}", names.join(", "))
            }
            None => self.expected(),
        }
    }

    /// The field of that name, whose values have an order, or what to say of a parameter that names none.
    pub(crate) fn named(self, name: &str) -> Result<(usize, &'static FieldMeta), Issue> {
        let ordered = || self.iter().filter(|(_, field)| field.kind.is_ordered());
        let names = || ordered().map(|(_, field)| field.name).collect::<Vec<_>>().join(", ");
        let wrong = || Issue::new("unknown", format!("must name a field of {}: {}", self.meta.name, names()));
        ordered().find(|(_, field)| field.name == name).ok_or_else(wrong)
    }
}
