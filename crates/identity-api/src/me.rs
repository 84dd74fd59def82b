//! `/users/me`: who one is.

use crate::user_answer::{answers_user, user_answer};
use kwik_api::{
    Access, Operation, Registrar,
    http::json_response,
    resource::{entity_tag, if_match, if_match_parameter, schema},
};
use kwik_domain::{
    Action, Ctx, Decision, Entity, EntityMeta, Error, FieldError, FieldSet, Issue, Opinion, PermissionPolicy, Result,
    Secret, Stored, ValueRef,
    access::{User, UserUpdate},
    json,
};
use kwik_identity::{Identity, OwnAccount, Ports, Profiles};
use poem::{
    Response,
    http::{Method, header},
};
use serde_json::{Value, json as document};
use std::sync::Arc;

/// What users change of themselves.
#[derive(Clone, Debug, Entity)]
pub(crate) struct Me {
    #[entity(key)]
    id: i64,
    /// Given name.
    #[entity(length(1..=200), example = "Ada", validate = kwik_domain::access::single_line)]
    name: String,
    /// Family name.
    #[entity(length(1..=200), example = "Byron", validate = kwik_domain::access::single_line)]
    surname: String,
    /// Address, with which one signs in, whatever the case of its letters.
    #[entity(email, length(..=254), example = "ada@example.com")]
    email: String,
    /// Whether one may sign in. Who ends that is signed out everywhere.
    #[entity(default = true)]
    is_active: bool,
    /// One's password, which another email asks for.
    #[entity(write_only, example = "correct horse battery staple")]
    current_password: String,
    // Sent back as they were read.
    #[entity(read_only)]
    profile: Option<String>,
    #[entity(read_only)]
    impersonator: Option<String>,
}

struct Account {
    own: OwnAccount,
    ports: Ports,
    profiles: Option<Profiles>,
}

/// Adds the operations of one's own account.
pub(crate) fn register_me(registrar: &mut Registrar, identity: &Identity, profiles: Option<&Profiles>) {
    let ports = identity.ports.clone();
    let service = &Arc::new(Account { own: OwnAccount::new(ports.clone()), ports, profiles: profiles.cloned() });
    registrar.operation(get(service));
    registrar.operation(update(service, (Method::PUT, "/users/me", "updateMe")));
    registrar.operation(update(service, (Method::PATCH, "/users/me", "patchMe")));
}

fn get(service: &Arc<Account>) -> Operation {
    let id = (Method::GET, "/users/me", "getMe");
    let operation = Operation::new(id, Access::Account, service, async |service, call| {
        call.no_query()?;
        service.answer(call.ctx()?).await
    });
    let schema = description(service.ports.data.policy(), service.profiles.as_ref().map(Profiles::meta));
    operation.summary("Who one is").answers(200, "The user whose token it is.", &schema)
}

fn update(service: &Arc<Account>, id: (Method, &str, &str)) -> Operation {
    let operation = Operation::new(id, Access::SignedIn, service, async |service, mut call| {
        call.no_query()?;
        let expected = if_match(User::META, call.request())?;
        let (update, password) = taken(call.input(Me::META).await?)?;
        Ok(user_answer(&service.own.update(call.ctx()?, expected, update, password).await?))
    });
    let operation = operation
        .parameter(if_match_parameter())
        .summary("Change oneself")
        .description(
            "Another email asks for `current_password`. Not by a key; in another user's place neither the email nor \
             `is_active` can be changed.",
        )
        .body(&body_schema());
    answers_user(operation, "The user.")
}

fn body_schema() -> Value {
    let mut schema = schema::update(Me::META);
    schema["description"] = document!("What changes of oneself; what is left out stays as it is.");
    schema::named("CurrentUserUpdate", schema)
}

/// What is to change, and the password.
fn taken(form: MeUpdate) -> Result<(UserUpdate, Option<Secret>)> {
    let MeUpdate { name, surname, email, is_active, current_password, .. } = form;
    if name.is_none() && surname.is_none() && email.is_none() && is_active.is_none() {
        let issue = Issue::new("empty", "must have at least one field that can be changed");
        return Err(Error::Invalid(vec![FieldError::new("", issue)]));
    }
    Ok((UserUpdate { name, surname, email, is_active, ..UserUpdate::default() }, current_password.map(Secret::new)))
}

impl Account {
    async fn answer(&self, ctx: &Ctx) -> Result<Response> {
        let user = self.own.get(ctx).await?;
        let impersonator = self.own.impersonator(ctx).await?;
        let mut body = Vec::with_capacity(512);
        json::write_entity(&mut body, User::META, &user, FieldSet::ALL);
        // The object is opened again for more members.
        body.pop();
        if let Some(profiles) = &self.profiles {
            body.extend_from_slice(b",\"profile\":");
            match profiles.find(user.id).await? {
                Some(row) => json::write_entity(&mut body, profiles.meta(), &row, self.visible(ctx, profiles.meta())),
                None => body.extend_from_slice(b"null"),
            }
        }
        if let Some(impersonator) = &impersonator {
            body.extend_from_slice(b",\"impersonator\":");
            write_impersonator(&mut body, impersonator);
        }
        body.push(b'}');
        let mut response = json_response(body);
        if self.profiles.is_none() && impersonator.is_none() {
            let tag = entity_tag(User::META, user.version(), FieldSet::ALL);
            response.headers_mut().insert(header::ETAG, tag);
        }
        Ok(response)
    }

    /// The fields of one's own profile: what the policy keeps from somebody is seen by who may read it.
    fn visible(&self, ctx: &Ctx, meta: &'static EntityMeta) -> FieldSet {
        let policy = self.ports.data.policy();
        if let Decision::Allow(scope) = policy.decide(&ctx.actor, Action::Read, meta) {
            return scope.read;
        }
        // Not allowed to read profiles, one sees of one's own what every policy that allows leaves.
        let seen = |seen: FieldSet, opinion: Opinion| match opinion.decision {
            Decision::Allow(scope) => seen.intersection(scope.read),
            Decision::Deny(_) => seen,
        };
        let opinions = policy.explain(&ctx.actor, Action::Read, meta);
        opinions.into_iter().fold(FieldSet::ALL, seen).difference(policy.guarded(meta))
    }
}

/// What the one whose place is taken learns of the one who takes it.
fn write_impersonator(out: &mut Vec<u8>, user: &Stored<User>) {
    out.extend_from_slice(b"{\"id\":");
    json::write_value(out, ValueRef::Int(user.id));
    for (name, value) in [("name", &user.name), ("surname", &user.surname), ("email", &user.email)] {
        out.push(b',');
        json::write_value(out, ValueRef::Text(name));
        out.push(b':');
        json::write_value(out, ValueRef::Text(value));
    }
    out.push(b'}');
}

fn description(policy: &dyn PermissionPolicy, profile: Option<&'static EntityMeta>) -> Value {
    let mut user = schema::read(User::META, FieldSet::NONE);
    if let Some(meta) = profile {
        let mut of_profile = schema::read(meta, policy.guarded(meta));
        of_profile["nullable"] = document!(true);
        user["example"]["profile"] = of_profile["example"].clone();
        user["properties"]["profile"] = of_profile;
        if let Some(required) = user["required"].as_array_mut() {
            required.push(document!("profile"));
        }
    }
    let impersonator = document!({
        "type": "object",
        "description": "Who acts in this user's place; left out where nobody does.",
        "required": ["id", "name", "surname", "email"],
        "properties": {
            "id": { "type": "integer", "format": "int64" },
            "name": { "type": "string" },
            "surname": { "type": "string" },
            "email": { "type": "string", "format": "email" },
        },
        "example": { "id": 2, "name": "Grace", "surname": "Murray", "email": "grace@example.com" },
    });
    user["properties"]["impersonator"] = schema::named("Impersonator", impersonator);
    schema::named("CurrentUser", user)
}
