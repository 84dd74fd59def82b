//! `/users/`: the people who sign in.

use crate::{
    managed::{Managed, ManagedResource, Removal, Shown, one, removed_schema, with_removed},
    part,
    user_form::UserForm,
};
use async_trait::async_trait;
use kwik_api::{
    Access, Operation, Registrar,
    resource::{self, Mount, OperationKind, Resource, if_match, if_match_parameter},
};
use kwik_domain::{
    Ctx, Entity, Result, Secret, Stored,
    access::{Permission, Role, User},
    entity::parse_json,
    json,
};
use kwik_identity::{Identity, NewUser, RemovedUser};
use poem::http::Method;
use serde_json::Value;
use std::sync::Arc;

/// Adds the operations of users.
pub(crate) fn register_users(registrar: &mut Registrar, identity: &Identity, mount: &Mount) {
    let resource: Arc<dyn Resource> = Arc::new(ManagedResource::<User>::new(identity));
    resource::register(registrar, &resource, &OperationKind::ALL, mount);
    let identity = &Arc::new(identity.clone());
    for operation in [anonymize(identity), own_permissions(identity), own_roles(identity)] {
        registrar.operation(operation);
    }
    for operation in [permissions(identity), roles(identity)] {
        registrar.operation(operation);
    }
}

#[async_trait]
impl Managed for User {
    fn create_schema(identity: &Identity) -> Value {
        crate::user_form::schema(&identity.ports.settings.passwords)
    }

    fn removed() -> &'static [(&'static str, &'static str)] {
        &[
            ("roles", "How many roles the user held."),
            ("sessions", "How many sessions had not ended."),
            ("api_keys", "How many keys had not been revoked."),
        ]
    }

    fn note(kind: OperationKind) -> &'static str {
        match kind {
            OperationKind::Update | OperationKind::Patch => {
                "Another email, activating and deactivating need all the rights that the user has. Whoever is \
                 deactivated is signed out everywhere. One's own email is changed at `/users/me`."
            }
            OperationKind::Delete => {
                "With the user go roles, sessions and keys. It needs all the rights that the user has. Oneself and \
                 the last administrator stay."
            }
            _ => "",
        }
    }

    async fn show(_: &Identity, rows: &[Stored<Self>]) -> Result<Vec<Shown>> {
        let shown = |row: &Stored<Self>| {
            let mut body = Vec::with_capacity(256);
            json::write_entity(&mut body, Self::META, row, row.visible);
            Shown { body, count: None }
        };
        Ok(rows.iter().map(shown).collect())
    }

    async fn create(identity: &Identity, ctx: &Ctx, body: &[u8]) -> Result<Stored<Self>> {
        let form: <UserForm as Entity>::Create = parse_json(UserForm::META, body)?;
        let new = NewUser {
            email: form.email,
            name: form.name,
            surname: form.surname,
            password: Secret::new(form.password),
            roles: Vec::new(),
        };
        identity.users.enrol(ctx, new, form.is_active).await
    }

    async fn update(
        identity: &Identity,
        ctx: &Ctx,
        id: i64,
        expected: Option<i64>,
        body: &[u8],
    ) -> Result<Stored<Self>> {
        identity.users.update(ctx, id, expected, parse_json(Self::META, body)?).await
    }

    async fn remove(identity: &Identity, ctx: &Ctx, id: i64, expected: Option<i64>) -> Result<Removal<Self>> {
        let (row, removed) = identity.users.remove(ctx, id, expected).await?;
        Ok(Removal { row, removed: numbers(removed) })
    }
}

fn numbers(removed: RemovedUser) -> Value {
    let RemovedUser { roles, sessions, api_keys } = removed;
    serde_json::json!({ "roles": roles, "sessions": sessions, "api_keys": api_keys })
}

fn anonymize(identity: &Arc<Identity>) -> Operation {
    let id = (Method::POST, "/users/{user_id}/anonymize", "anonymizeUser");
    let access = Access::Permissions(vec!["user_delete"]);
    let operation = Operation::new(id, access, identity, async |identity, call| {
        let id = call.path(0, "user_id")?;
        call.no_query()?;
        let expected = if_match(User::META, call.request())?;
        let (user, removed) = identity.users.anonymize(call.ctx()?, id, expected).await?;
        let reply = with_removed(one(&identity, user).await?, &numbers(removed));
        Ok(part::one_response::<User>(reply))
    });
    let etag = serde_json::json!({ "description": "The version.", "schema": { "type": "string" }, "example": "\"1\"" });
    operation
        .summary("Make a user nobody in particular")
        .description(
            "Name, surname, email and password go, with roles, sessions and keys; the row stays, inactive, for what \
             refers to it. The audit trail keeps what was before. It needs all the rights that the user has. Oneself \
             and the last administrator stay who they are.",
        )
        .parameter(if_match_parameter())
        .answers(200, "The user as it is now, and what went.", &removed_schema::<User>())
        .answer_header(200, "ETag", etag)
}

fn own_permissions(identity: &Arc<Identity>) -> Operation {
    let id = (Method::GET, "/users/me/permissions", "listMyPermissions");
    let operation = Operation::new(id, Access::SignedIn, identity, async |identity, call| {
        let page = part::page(&call)?;
        let part = identity.users.own_permissions(call.ctx()?, page).await?;
        part::answer(&identity, &call, page, &part).await
    });
    part::answers_part::<Permission>(operation, "The permissions that one acts with.").summary("List one's permissions")
}

fn own_roles(identity: &Arc<Identity>) -> Operation {
    let id = (Method::GET, "/users/me/roles", "listMyRoles");
    let operation = Operation::new(id, Access::SignedIn, identity, async |identity, call| {
        let page = part::page(&call)?;
        let part = identity.users.own_roles(call.ctx()?, page).await?;
        part::answer(&identity, &call, page, &part).await
    });
    part::answers_part::<Role>(operation, "The roles that one holds.").summary("List one's roles")
}

fn permissions(identity: &Arc<Identity>) -> Operation {
    let id = (Method::GET, "/users/{user_id}/permissions", "listUserPermissions");
    let access = Access::Permissions(vec!["user_read", "permission_read"]);
    let operation = Operation::new(id, access, identity, async |identity, call| {
        let id = call.path(0, "user_id")?;
        let page = part::page(&call)?;
        let part = identity.users.permissions(call.ctx()?, id, page).await?;
        part::answer(&identity, &call, page, &part).await
    });
    part::answers_part::<Permission>(operation, "The permissions, each once.")
        .summary("List a user's permissions")
        .description("Those that active roles grant.")
}

fn roles(identity: &Arc<Identity>) -> Operation {
    let id = (Method::GET, "/users/{user_id}/roles", "listUserRoles");
    let access = Access::Permissions(vec!["user_read", "role_read"]);
    let operation = Operation::new(id, access, identity, async |identity, call| {
        let id = call.path(0, "user_id")?;
        let page = part::page(&call)?;
        let part = identity.users.roles(call.ctx()?, id, page).await?;
        part::answer(&identity, &call, page, &part).await
    });
    part::answers_part::<Role>(operation, "The roles.").summary("List a user's roles")
}
