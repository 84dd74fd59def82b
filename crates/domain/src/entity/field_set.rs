//! Sets of fields.

/// A set of fields of one entity, by index: a policy's field scope, the fields of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldSet(u128);

impl FieldSet {
    /// Every field.
    pub const ALL: Self = Self(u128::MAX);
    /// No field.
    pub const NONE: Self = Self(0);
    /// How many fields an entity may have, system fields included.
    pub const CAPACITY: usize = 128;

    /// The set with `index` added.
    #[must_use]
    pub const fn with(self, index: usize) -> Self {
        Self(self.0 | (1 << index))
    }

    /// The set with `index` taken out.
    #[must_use]
    pub const fn without(self, index: usize) -> Self {
        Self(self.0 & !(1 << index))
    }

    /// Whether `index` is in it.
    pub const fn contains(self, index: usize) -> bool {
        index < Self::CAPACITY && self.0 & (1 << index) != 0
    }

    /// What is in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in this one and not in the other.
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The set as bits, the lowest being field 0: part of a statement's cache key.
    pub const fn bits(self) -> u128 {
        self.0
    }
}

impl FromIterator<usize> for FieldSet {
    fn from_iter<I: IntoIterator<Item = usize>>(iter: I) -> Self {
        iter.into_iter().fold(Self::NONE, Self::with)
    }
}
