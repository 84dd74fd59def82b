//! `GET /users/me`: who one is.

use crate::{
    Access, Operation, Registrar,
    gate::context,
    http::{json_response, parameters},
    problem::Problem,
    resource::{entity_tag, schema},
};
use kwik_app::{Data, Profiles};
use kwik_domain::{
    Action, AuthenticationError, Ctx, Decision, Entity, EntityMeta, FieldSet, Opinion, PermissionPolicy, Repository,
    Result, Via, access::User, json,
};
use poem::{
    Endpoint, EndpointExt, Request, Response,
    http::{Method, header},
};
use serde_json::{Value, json as document};

/// Under what the document lists it.
pub(crate) const TAG: &str = "users";
/// What that is.
pub(crate) const TAG_DESCRIPTION: &str = "The people who sign in.";

/// Adds `GET /users/me`.
pub fn register_me(registrar: &mut Registrar, data: Data, profiles: Option<Profiles>) {
    let meta = profiles.as_ref().map(Profiles::meta);
    registrar.operation(Operation {
        method: Method::GET,
        path: "/users/me".to_owned(),
        access: Access::SignedIn,
        document: description(data.policy(), meta),
        endpoint: Me { data, profiles }.boxed(),
    });
}

struct Me {
    data: Data,
    profiles: Option<Profiles>,
}

impl Endpoint for Me {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        self.answer(&request).await.map_err(|error| Problem::from(error).into())
    }
}

impl Me {
    async fn answer(&self, request: &Request) -> Result<Response> {
        let ctx = context(request)?;
        kwik_query::no_query(parameters(request))?;
        let user_id = ctx.actor.user_id().ok_or(AuthenticationError::InvalidToken)?;
        // Users see themselves, whatever else they may see.
        let system = self.data.system(Via::Job("me"));
        let user = self.data.single().repository::<User>().get(&system, user_id).await?;
        let mut body = Vec::with_capacity(512);
        json::write_entity(&mut body, User::META, &user, FieldSet::ALL);
        if let Some(profiles) = &self.profiles {
            // The object is opened again for one member more.
            body.pop();
            body.extend_from_slice(b",\"profile\":");
            match profiles.find(user_id).await? {
                Some(row) => json::write_entity(&mut body, profiles.meta(), &row, self.visible(ctx, profiles.meta())),
                None => body.extend_from_slice(b"null"),
            }
            body.push(b'}');
        }
        let mut response = json_response(body);
        if self.profiles.is_none() {
            let tag = entity_tag(User::META, user.version(), FieldSet::ALL);
            response.headers_mut().insert(header::ETAG, tag);
        }
        Ok(response)
    }

    /// The fields of one's own profile: what the policy keeps from somebody is seen by who may read it.
    fn visible(&self, ctx: &Ctx, meta: &'static EntityMeta) -> FieldSet {
        let policy = self.data.policy();
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
    document!({
        "tags": [TAG],
        "summary": "Who one is",
        "operationId": "getMe",
        "responses": { "200": {
            "description": "The user whose token it is.",
            "content": { "application/json": { "schema": user } },
        } },
    })
}
