//! Why somebody may do something, or may not.

use crate::{Authenticator, OpenTo, Opening};
use kwik_app::{AnyRow, Data, MANY};
use kwik_domain::{
    Action, Actor, Ctx, Decision, EntityMeta, Error, Filter, Issue, Opinion, ParameterError, Reason, Repository,
    Result, Scope, Via,
    access::{Permission, Role, RolePermission, User, UserRole},
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// Who would act.
    pub user_id: i64,
    /// What would be done.
    pub action: Action,
    /// The collection.
    pub resource: String,
    /// One row of it, by its key in plain text form.
    pub key: Option<String>,
}

/// What one policy says.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The policy, its decision, its reason.
    pub opinion: Opinion,
    /// Whether the row lies in its scope, if a row was asked about that exists.
    pub row_matches: Option<bool>,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The entity.
    pub entity: &'static EntityMeta,
    /// Whether it is allowed.
    pub allowed: bool,
    /// Why, in a sentence.
    pub reason: Cow<'static, str>,
    /// The user's roles that grant what made the difference, and which permissions those are.
    pub roles: BTreeMap<String, Vec<String>>,
    /// Rows and fields that all policies together leave, if they allow.
    pub scope: Option<Scope>,
    /// What each policy says.
    pub grounds: Vec<Ground>,
    /// What holds for each operation that does it, where they are not all for whoever has the permission.
    pub operations: Vec<(Opening, Judgement)>,
}

/// What came of a question.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Whether it is allowed.
    pub allowed: bool,
    /// Why, in a sentence.
    pub reason: Cow<'static, str>,
    scope: Option<Scope>,
    grounds: Vec<Ground>,
}

/// Explains decisions of the policy, for administrators.
pub struct Explain {
    data: Data,
    authenticator: Arc<Authenticator>,
    openings: Vec<Opening>,
}

impl Explain {
    /// The use case over the data's policy, and the rights as they are when somebody signs in.
    pub fn new(data: Data, authenticator: Arc<Authenticator>) -> Self {
        Self { data, authenticator, openings: Vec::new() }
    }

    /// The same, knowing the operations of entities that have some that are for others than whoever has the
    /// entity's permission.
    #[must_use]
    pub fn with_openings(self, openings: Vec<Opening>) -> Self {
        Self { openings, ..self }
    }

    /// The entities that it can be asked about.
    pub fn entities(&self) -> &[&'static EntityMeta] {
        self.data.entities()
    }

    /// Answers. Whether there is such a row is told whatever the scope: whoever may ask is trusted with it.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown user, [`Error::InvalidQuery`] for an unknown resource or a
    /// key that is none.
    pub async fn run(&self, question: &Question) -> Result<Explanation> {
        let (entity, filter) = self.resolve(question)?;
        let ctx = self.data.system(Via::Job("explain"));
        self.data.single().repository::<User>().get(&ctx, question.user_id).await?;
        let Some(grants) = self.authenticator.grants(question.user_id).await? else {
            return Ok(denied(entity, "the user is not active"));
        };
        let actor = Actor::user(question.user_id, Via::Nothing, grants);
        let row = match &filter {
            Some(filter) => AnyRow::find(&self.data, &ctx, entity, filter).await?,
            None => None,
        };
        let ctx = Ctx { actor: Arc::new(actor), ..ctx };
        let judge = |ctx: &Ctx| self.judge(ctx, question.action, entity, filter.is_some(), row.as_ref());
        let ways = self.openings.iter().filter(|way| way.concerns(question.action, entity));
        let operations: Vec<_> = ways.map(|way| (way.clone(), self.by_way(&ctx, way, &judge))).collect();
        let best = operations.iter().find(|(_, found)| found.allowed).or(operations.first());
        let best = best.map_or_else(|| judge(&ctx), |(_, found)| found.clone());
        let Judgement { allowed, reason, scope, grounds } = best;
        let used: BTreeSet<String> = grounds.iter().flat_map(|g| g.opinion.reason.permissions.clone()).collect();
        let roles = self.roles(question.user_id, &used).await?;
        Ok(Explanation { entity, allowed, reason, roles, scope, grounds, operations })
    }

    fn judge(
        &self,
        ctx: &Ctx,
        action: Action,
        entity: &'static EntityMeta,
        asked: bool,
        row: Option<&AnyRow>,
    ) -> Judgement {
        let opinions = self.data.policy().explain(&ctx.actor, action, entity);
        let grounds: Vec<Ground> = opinions.into_iter().map(|opinion| ground(opinion, row)).collect();
        let decision = self.data.policy().decide(&ctx.actor, action, entity);
        let (reason, allowed) = verdict(&decision, &grounds, asked, row.is_some());
        let scope = match decision {
            Decision::Allow(scope) => Some(scope),
            Decision::Deny(_) => None,
        };
        Judgement { allowed, reason, scope, grounds }
    }

    /// What holds for whoever comes by this operation: where it is open, the gate does not look for the entity's
    /// permission, and the policy finds it granted.
    fn by_way(&self, ctx: &Ctx, way: &Opening, judge: &dyn Fn(&Ctx) -> Judgement) -> Judgement {
        if way.to == OpenTo::Holders {
            return judge(ctx);
        }
        if let Err(denial) = way.admits(self.data.policy(), &ctx.actor) {
            return Judgement { allowed: false, reason: denial.reason, scope: None, grounds: Vec::new() };
        }
        let own = way.entity.permission(way.action.verb());
        let mut judgement = judge(&ctx.granted(&own));
        for ground in &mut judgement.grounds {
            let reason = &mut ground.opinion.reason;
            if reason.permissions.contains(&own) && !ctx.actor.grants.permissions.contains(&own) {
                *reason = way.reason();
            }
        }
        judgement
    }

    fn resolve(&self, question: &Question) -> Result<(&'static EntityMeta, Option<Filter>)> {
        let wrong = |name, issue| Error::InvalidQuery(vec![ParameterError::new(name, issue)]);
        let found = self.data.entities().iter().find(|meta| meta.collection == question.resource);
        let entity = *found.ok_or_else(|| {
            let names: Vec<_> = self.data.entities().iter().map(|meta| meta.collection).collect();
            wrong("resource", Issue::new("unknown", format!("must be one of: {}", names.join(", "))))
        })?;
        let Some(text) = &question.key else { return Ok((entity, None)) };
        if question.action == Action::Create {
            return Err(wrong("id", Issue::new("unknown", "is not for create: the row is not there yet")));
        }
        Ok((entity, Some(entity.key_filter(text).map_err(|issue| wrong("id", issue))?)))
    }

    /// The user's active roles that grant some of these permissions.
    async fn roles(&self, user_id: i64, permissions: &BTreeSet<String>) -> Result<BTreeMap<String, Vec<String>>> {
        let ctx = self.data.system(Via::Job("explain"));
        let mut single = self.data.single();
        let held = single.repository::<UserRole>().list(&ctx, &UserRole::USER_ID.eq(user_id), &[], MANY).await?;
        let held = Role::ID.one_of(held.iter().map(|link| link.role_id)) & Role::IS_ACTIVE.eq(true);
        let roles = single.repository::<Role>().list(&ctx, &held, &[], MANY).await?;
        let named = Permission::NAME.one_of(permissions.iter().map(String::as_str));
        let permissions = single.repository::<Permission>().list(&ctx, &named, &[], MANY).await?;
        let links = RolePermission::ROLE_ID.one_of(roles.iter().map(|role| role.id))
            & RolePermission::PERMISSION_ID.one_of(permissions.iter().map(|permission| permission.id));
        let links = single.repository::<RolePermission>().list(&ctx, &links, &[], MANY).await?;
        let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for link in links {
            let role = roles.iter().find(|role| role.id == link.role_id);
            let permission = permissions.iter().find(|permission| permission.id == link.permission_id);
            if let (Some(role), Some(permission)) = (role, permission) {
                out.entry(role.name.clone()).or_default().push(permission.name.clone());
            }
        }
        Ok(out)
    }
}

fn denied(entity: &'static EntityMeta, reason: &'static str) -> Explanation {
    let (roles, grounds, operations) = (BTreeMap::new(), Vec::new(), Vec::new());
    Explanation { entity, allowed: false, reason: Cow::Borrowed(reason), roles, scope: None, grounds, operations }
}

fn ground(opinion: Opinion, row: Option<&AnyRow>) -> Ground {
    let row_matches = match (&opinion.decision, row) {
        (Decision::Allow(scope), Some(row)) => Some(scope.rows.matches(row)),
        _ => None,
    };
    Ground { opinion, row_matches }
}

fn verdict(decision: &Decision, grounds: &[Ground], asked: bool, found: bool) -> (Cow<'static, str>, bool) {
    if let Decision::Deny(denial) = decision {
        return (denial.reason.clone(), false);
    }
    if asked && !found {
        return (Cow::Borrowed("there is no such row"), false);
    }
    if let Some(ground) = grounds.iter().find(|ground| ground.row_matches == Some(false)) {
        let Opinion { policy, reason: Reason { text, .. }, .. } = &ground.opinion;
        let colon = if text.is_empty() { "" } else { ": " };
        return (Cow::Owned(format!("the row lies outside of what {policy} leaves{colon}{text}")), false);
    }
    let text = match decision {
        Decision::Allow(Scope { rows: Filter::Nothing, .. }) => "allowed, but no row is within reach",
        Decision::Allow(Scope { rows, .. }) if *rows != Filter::All && !asked => {
            "allowed, for the rows that satisfy the condition"
        }
        _ => "allowed",
    };
    (Cow::Borrowed(text), true)
}
