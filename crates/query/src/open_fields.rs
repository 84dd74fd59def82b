//! The fields that a reader may filter and sort by.

use kwik_domain::{EntityMeta, FieldMeta, FieldSet, Issue};

/// The fields of an entity that are open and that this reader sees. Any other is as unknown as one that
/// does not exist: nothing here tells the two apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenFields {
    meta: &'static EntityMeta,
    visible: FieldSet,
}

impl OpenFields {
    pub(crate) fn new(meta: &'static EntityMeta, visible: FieldSet) -> Self {
        Self { meta, visible }
    }

    fn iter(self) -> impl Iterator<Item = (usize, &'static FieldMeta)> {
        let fields = self.meta.fields.iter().enumerate();
        fields.filter(move |(index, field)| field.is_open() && self.visible.contains(*index))
    }

    /// The field of that name, and its index.
    pub(crate) fn find(self, name: &str) -> Option<(usize, &'static FieldMeta)> {
        self.iter().find(|(_, field)| field.name == name)
    }

    /// What would be right: "a field of Customer: id, name".
    pub(crate) fn expected(self) -> String {
        let names: Vec<_> = self.iter().map(|(_, field)| field.name).collect();
        format!("a field of {}: {}", self.meta.name, names.join(", "))
    }

    /// The field of that name, or what to say of a parameter that names none.
    pub(crate) fn named(self, name: &str) -> Result<(usize, &'static FieldMeta), Issue> {
        self.find(name).ok_or_else(|| Issue::new("unknown", format!("must name {}", self.expected())))
    }
}
