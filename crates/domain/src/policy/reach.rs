//! How far a condition reaches into other entities.

use super::{Action, PermissionPolicy, authorize};
use crate::{Ctx, EntityMeta, Error, Filter, Issue, ParameterError, Result};
use std::borrow::Cow;

/// The condition with each row that it looks at beyond a reference bounded to those that the actor may read:
/// any other is as if it did not exist. A policy's own scopes come on top and are not bounded.
///
/// # Errors
///
/// [`Error::InvalidQuery`] when it names a field of another entity that the actor does not see.
pub(crate) fn within_reach<'f>(
    policy: &dyn PermissionPolicy,
    ctx: &Ctx,
    entity: &'static EntityMeta,
    filter: &'f Filter,
) -> Result<Cow<'f, Filter>> {
    if filter.follows_references() {
        return bounded(policy, ctx, entity, filter).map(Cow::Owned);
    }
    Ok(Cow::Borrowed(filter))
}

fn bounded(policy: &dyn PermissionPolicy, ctx: &Ctx, entity: &'static EntityMeta, filter: &Filter) -> Result<Filter> {
    let all = |parts: &[Filter]| parts.iter().map(|part| bounded(policy, ctx, entity, part)).collect::<Result<_>>();
    Ok(match filter {
        Filter::Related(field, part) => {
            let Some(reference) = entity.fields[*field].references else { return Ok(Filter::Nothing) };
            let target = reference.target();
            let permit = match authorize(policy, ctx, Action::Read, target) {
                Err(Error::Denied(_)) => return Ok(Filter::Nothing),
                decided => decided?,
            };
            if !part.is_within(permit.scope().read) {
                let message = format!("must name fields of {} that may be seen", target.name);
                return Err(Error::InvalidQuery(vec![ParameterError::new("filter", Issue::new("unknown", message))]));
            }
            let part = bounded(policy, ctx, target, part)?;
            Filter::Related(*field, Box::new(permit.scope().rows.clone() & part))
        }
        Filter::And(parts) => Filter::And(all(parts)?),
        Filter::Or(parts) => Filter::Or(all(parts)?),
        Filter::Not(part) => Filter::Not(Box::new(bounded(policy, ctx, entity, part)?)),
        plain => plain.clone(),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::{Actor, Decision, Denial, Entity, FieldSet, Fields, Grants, Scope, ValueRef, Via};
    use std::sync::Arc;

    #[derive(Clone, Debug, Entity)]
    struct Country {
        #[entity(key)]
        id: i64,
        name: String,
    }

    #[derive(Clone, Debug, Entity)]
    struct Town {
        #[entity(key)]
        id: i64,
        name: String,
        #[entity(references = Country)]
        country_id: Option<i64>,
    }

    #[derive(Clone, Debug, Entity)]
    struct Street {
        #[entity(key)]
        id: i64,
        #[entity(references = Town)]
        town_id: Option<i64>,
    }

    /// Countries are for nobody but the user 1; of towns and countries those with the key 7 are seen.
    struct Sevens;

    impl PermissionPolicy for Sevens {
        fn decide(&self, actor: &Actor, _: Action, entity: &'static EntityMeta) -> Decision {
            match entity.name {
                "Street" => Decision::Allow(Scope::all()),
                "Country" if actor.user_id() != Some(1) => Decision::Deny(Denial::new("no countries")),
                "Country" => Decision::Allow(Scope::rows(Country::ID.eq(7))),
                _ => Decision::Allow(Scope {
                    read: FieldSet::ALL.without(Town::NAME.index()),
                    ..Scope::rows(Town::ID.eq(7))
                }),
            }
        }
    }

    fn of(user: i64, filter: &Filter) -> Result<Cow<'_, Filter>> {
        let ctx = Ctx::system(Via::Nothing, chrono::DateTime::UNIX_EPOCH);
        let actor = Arc::new(Actor::user(user, Via::Nothing, Arc::new(Grants::default())));
        within_reach(&Sevens, &Ctx { actor, ..ctx }, Street::META, filter)
    }

    fn town(part: Filter) -> Filter {
        Street::TOWN_ID.related::<Town>(part)
    }

    #[test]
    fn every_row_on_the_way_is_one_that_may_be_read() {
        let country = Town::COUNTRY_ID.related::<Country>(Country::NAME.eq("x"));
        let filter = !(town(country.clone()) | Street::ID.eq(1)) & town(Filter::All);
        let bounded = Town::COUNTRY_ID.related::<Country>(Country::ID.eq(7) & Country::NAME.eq("x"));
        let expected = !(town(Town::ID.eq(7) & bounded) | Street::ID.eq(1)) & town(Town::ID.eq(7));
        assert_eq!(*of(1, &filter).unwrap(), expected);
        // Where none may be read, none is there.
        let expected = !(town(Filter::Nothing) | Street::ID.eq(1)) & town(Town::ID.eq(7));
        assert_eq!(*of(2, &filter).unwrap(), expected);
        assert!(matches!(of(2, &Street::ID.eq(1)).unwrap(), Cow::Borrowed(_)));
    }

    #[test]
    fn a_field_out_of_sight_is_refused_wherever_it_stands() {
        for part in
            [Town::NAME.eq("x"), !(Town::ID.eq(1) | Town::NAME.is_null()), Town::ID.eq(1) & Town::NAME.search("x")]
        {
            let filter = Street::ID.eq(1) | !town(part);
            assert!(matches!(of(1, &filter), Err(Error::InvalidQuery(_))), "{filter:?}");
        }
    }

    #[test]
    fn conditions_on_rows_that_are_not_at_hand_do_not_hold() {
        struct There(Street, Town);
        impl Fields for There {
            fn get(&self, index: usize) -> ValueRef<'_> {
                self.0.get(index)
            }
            fn related(&self, index: usize) -> Option<&dyn Fields> {
                (index == Street::TOWN_ID.index()).then_some(&self.1)
            }
        }
        let there = There(Street { id: 1, town_id: Some(2) }, Town { id: 2, name: "Köln".into(), country_id: None });
        assert!(town(!Town::NAME.search("kÖLN")).matches(&there));
        assert!(town(Town::NAME.search("köLN")).matches(&there));
        assert!(!town(Filter::All).matches(&there.0) && town(Filter::All).matches(&there));
        assert!(!town(Town::COUNTRY_ID.related::<Country>(Filter::All)).matches(&there));
    }
}
