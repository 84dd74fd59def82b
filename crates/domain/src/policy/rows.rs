//! Conditions on rows that hold for whoever acts, declared instead of written.

use super::{Action, Decision, Denial, PermissionPolicy, Reason, Scope};
use crate::{Actor, Column, Comparison, Entity, EntityMeta, FieldType, Filter, Value};
use std::borrow::Cow;

/// Bounds the rows of one entity: to those that satisfy a condition, or to those that match an
/// attribute of the actor. Without [`Rows::on`] it holds for every action.
///
/// ```
/// use kwik_domain::{Action, Entity, Rows};
///
/// #[derive(Clone, Debug, Entity)]
/// #[entity(collection = "tickets")]
/// struct Ticket {
///     #[entity(key)]
///     id: i64,
///     department: String,
///     status: String,
/// }
///
/// // Everybody stays within the department of their profile, but for who has the permission.
/// let department = Rows::matching(Ticket::DEPARTMENT, "department").unless("tickets_any_department");
/// // What is closed stays as it is.
/// let closed = Rows::of::<Ticket>(Ticket::STATUS.ne("closed")).on(&[Action::Update, Action::Delete]);
/// ```
#[derive(Clone, Debug)]
pub struct Rows {
    entity: &'static EntityMeta,
    condition: Condition,
    actions: &'static [Action],
    unless: Option<Cow<'static, str>>,
}

#[derive(Clone, Debug)]
enum Condition {
    /// The same for everybody.
    Fixed(Filter),
    /// The field equals the actor's attribute of that name.
    Attribute(usize, &'static str),
}

impl Rows {
    /// Only rows that satisfy the condition. A row must satisfy it before and after a change.
    pub fn of<E: Entity>(condition: Filter) -> Self {
        Self::new(E::META, Condition::Fixed(condition))
    }

    /// Only rows whose field equals an attribute of the actor: the field of that name of the user's
    /// profile. Who has no such attribute reaches no row.
    pub fn matching<E: Entity, T: FieldType>(field: Column<E, T>, attribute: &'static str) -> Self {
        Self::new(E::META, Condition::Attribute(field.index(), attribute))
    }

    const fn new(entity: &'static EntityMeta, condition: Condition) -> Self {
        Self { entity, condition, actions: &Action::ALL, unless: None }
    }

    /// For these actions alone.
    #[must_use]
    pub fn on(self, actions: &'static [Action]) -> Self {
        Self { actions, ..self }
    }

    /// Not for who has this permission.
    #[must_use]
    pub fn unless(self, permission: impl Into<Cow<'static, str>>) -> Self {
        Self { unless: Some(permission.into()), ..self }
    }

    /// The permission by which the actor is exempt.
    fn exemption(&self, actor: &Actor) -> Option<&str> {
        self.unless.as_deref().filter(|name| actor.grants.permissions.contains(*name))
    }

    fn concerns(&self, action: Action, entity: &'static EntityMeta) -> bool {
        std::ptr::eq(entity, self.entity) && self.actions.contains(&action)
    }

    fn rows(&self, actor: &Actor) -> Filter {
        match &self.condition {
            Condition::Fixed(filter) => filter.clone(),
            Condition::Attribute(field, name) => match actor.attribute(name) {
                Some(value) if fits(self.entity, *field, value) => {
                    Filter::Compare(*field, Comparison::Eq, value.clone())
                }
                _ => Filter::Nothing,
            },
        }
    }
}

/// Whether a field could hold the value: another kind of value is equal to none of its values.
fn fits(entity: &EntityMeta, field: usize, value: &Value) -> bool {
    entity.fields[field].parse(&value.as_ref().to_text()).is_ok_and(|parsed| parsed == *value)
}

impl PermissionPolicy for Rows {
    fn decide(&self, actor: &Actor, action: Action, entity: &'static EntityMeta) -> Decision {
        if entity.table == self.entity.table && !std::ptr::eq(entity, self.entity) {
            // Its fields may stand elsewhere, and the condition is on fields by their places.
            return Decision::Deny(Denial::new("the policy of this table knows it by another struct"));
        }
        let bound = self.concerns(action, entity) && self.exemption(actor).is_none();
        Decision::Allow(if bound { Scope::rows(self.rows(actor)) } else { Scope::all() })
    }

    fn permissions(&self) -> Vec<Cow<'static, str>> {
        self.unless.clone().into_iter().collect()
    }

    fn name(&self) -> Cow<'static, str> {
        let what = match &self.condition {
            Condition::Fixed(_) => "by condition",
            Condition::Attribute(..) => "by attribute",
        };
        Cow::Owned(format!("rows of {} {what}", self.entity.collection))
    }

    fn reason(&self, actor: &Actor, action: Action, entity: &'static EntityMeta) -> Reason {
        if !self.concerns(action, entity) {
            return Reason::new("it is about something else");
        }
        if let Some(permission) = self.exemption(actor) {
            let text = Cow::Owned(format!("the permission {permission} lifts it"));
            return Reason { text, permissions: vec![permission.to_owned()] };
        }
        Reason::new(match &self.condition {
            Condition::Fixed(_) => Cow::Borrowed("its condition bounds everybody who is not exempt"),
            Condition::Attribute(field, name) => {
                let field = self.entity.fields[*field].name;
                Cow::Owned(match actor.attribute(name) {
                    Some(_) => format!("{field} must be the {name} of the user's profile"),
                    None => format!("the user's profile says no {name}, so that no row matches"),
                })
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Grants, Via, access::Role};
    use std::{collections::BTreeMap, sync::Arc};

    fn actor(attribute: Option<Value>, permissions: &[&str]) -> Actor {
        let attributes: BTreeMap<_, _> = attribute.into_iter().map(|value| ("name".into(), value)).collect();
        let permissions = permissions.iter().map(|name| (*name).to_owned()).collect();
        Actor::user(7, Via::Nothing, Arc::new(Grants { permissions, attributes, ..Grants::default() }))
    }

    /// None when it denies.
    fn rows(policy: &Rows, actor: &Actor, action: Action) -> Option<Filter> {
        match policy.decide(actor, action, Role::META) {
            Decision::Allow(scope) => Some(scope.rows),
            Decision::Deny(_) => None,
        }
    }

    #[test]
    fn an_attribute_bounds_and_a_missing_or_wrong_one_leaves_nothing() {
        let policy = Rows::matching(Role::NAME, "name").unless("free");
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        assert_eq!(rows(&policy, &actor(text("sales"), &[]), Action::Read), Some(Role::NAME.eq("sales")));
        for missing in [None, Some(Value::Null), Some(Value::Int(3))] {
            assert_eq!(rows(&policy, &actor(missing, &[]), Action::Read), Some(Filter::Nothing));
        }
        assert_eq!(rows(&policy, &actor(None, &["free"]), Action::Read), Some(Filter::All));
        assert_eq!(policy.permissions(), ["free"]);
    }

    #[test]
    fn a_condition_holds_for_its_actions_and_its_entity_alone() {
        let policy = Rows::of::<Role>(Role::IS_ACTIVE.eq(true)).on(&[Action::Update]);
        let nobody = actor(None, &[]);
        assert_eq!(rows(&policy, &nobody, Action::Update), Some(Role::IS_ACTIVE.eq(true)));
        assert_eq!(rows(&policy, &nobody, Action::Read), Some(Filter::All));
        let other = policy.decide(&nobody, Action::Update, crate::access::User::META);
        assert_eq!(other, Decision::Allow(Scope::all()));
    }
}
