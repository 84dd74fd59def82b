//! What makes two statements the same text.

use super::{
    after::{After, Part},
    condition::is_bound_one_by_one,
};
use kwik_domain::{Change, EntityMeta, FieldSet, Filter, Lock, Order, Select};

/// The whole structure of a statement, values left out, as bytes. Compared as a whole, so that two
/// statements of one shape are always the same text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shape(Vec<u8>);

impl Shape {
    /// A statement of a sort (each builder has its own number) on an entity.
    pub fn new(sort: u8, entity: &'static EntityMeta) -> Self {
        let mut bytes = Vec::with_capacity(48);
        bytes.push(sort);
        // Metadata is static, so that its address tells entities apart.
        bytes.extend_from_slice(&std::ptr::from_ref(entity).addr().to_ne_bytes());
        Self(bytes)
    }

    /// A read: everything in it that its text depends on.
    pub fn of_select(sort: u8, select: &Select<'_>) -> Self {
        Self::new(sort, select.permit.entity())
            .flag(select.lock == Lock::Update)
            .flag(select.page.is_some())
            .filter(&select.permit.scope().rows)
            .filter(select.filter)
            .order(select.order)
            .after(select)
    }

    /// A yes or no.
    #[must_use]
    pub fn flag(mut self, flag: bool) -> Self {
        self.0.push(u8::from(flag));
        self
    }

    /// Which fields are written, in which order.
    #[must_use]
    pub fn values(mut self, values: &[Change<'_>]) -> Self {
        let set: FieldSet = values.iter().map(|(index, _)| *index).collect();
        self.0.extend_from_slice(&set.bits().to_ne_bytes());
        self.0.extend(values.iter().map(|(index, _)| byte(*index)));
        self
    }

    /// What is sorted by.
    #[must_use]
    pub fn order(mut self, order: &[Order]) -> Self {
        self.0.push(byte(order.len()));
        for by in order {
            self.0.extend([byte(by.field), u8::from(by.descending)]);
        }
        self
    }

    /// Where the rows begin; the order is known already.
    fn after(mut self, select: &Select<'_>) -> Self {
        self.0.push(match After::of(select) {
            None => 0,
            Some(After::Row(..)) => 1,
            Some(After::Parts(Part::BeforeNulls, ..)) => 3,
            Some(After::Parts(Part::AmongNulls, ..)) => 4,
            Some(After::Condition(filter)) => {
                self.0.push(2);
                return self.filter(&filter);
            }
        });
        self
    }

    /// A condition.
    #[must_use]
    pub fn filter(mut self, filter: &Filter) -> Self {
        write(&mut self.0, filter);
        self
    }
}

fn write(out: &mut Vec<u8>, filter: &Filter) {
    match filter {
        Filter::All => out.push(0),
        Filter::Nothing => out.push(1),
        Filter::Compare(field, comparison, _) => out.extend([2, byte(*field), *comparison as u8]),
        Filter::In(_, list) if list.is_empty() => out.push(1),
        Filter::In(field, list) if is_bound_one_by_one(list) => {
            out.extend([9, byte(*field)]);
            out.extend_from_slice(&(list.len() as u64).to_ne_bytes());
        }
        Filter::In(field, _) => out.extend([3, byte(*field)]),
        Filter::IsNull(field) => out.extend([4, byte(*field)]),
        Filter::Text(field, text_match, _) => out.extend([5, byte(*field), *text_match as u8]),
        // Which entity is beyond it is known from the one before it.
        Filter::Related(field, part) => {
            out.extend([10, byte(*field)]);
            write(out, part);
        }
        Filter::And(parts) => write_parts(out, 6, parts),
        Filter::Or(parts) => write_parts(out, 7, parts),
        Filter::Not(part) => {
            out.push(8);
            write(out, part);
        }
    }
}

fn write_parts(out: &mut Vec<u8>, tag: u8, parts: &[Filter]) {
    out.push(tag);
    out.extend_from_slice(&(parts.len() as u64).to_ne_bytes());
    for part in parts {
        write(out, part);
    }
}

/// Indexes of fields are below 128 by [`FieldSet::CAPACITY`]; as many are sorted by at the most.
fn byte(index: usize) -> u8 {
    u8::try_from(index).unwrap_or(u8::MAX)
}
