//! `/roles/`: bundles of permissions, and who holds them.

use crate::{
    managed::{Managed, ManagedResource, Removal, Shown, one},
    part,
    role_forms::{RoleForm, RolePermission, RoleUser, schema},
};
use async_trait::async_trait;
use kwik_api::{
    Access, Call, Operation, Registrar,
    resource::{self, Mount, OperationKind, Resource},
};
use kwik_domain::{
    Ctx, Entity, FieldSet, Repository, Result, Stored,
    access::{Permission, Role, RoleCreate, RoleUpdate, User},
    entity::parse_json,
    json,
};
use kwik_identity::{Identity, Part, RemovedRole};
use poem::{Response, http::Method};
use serde_json::Value;
use std::sync::Arc;

/// Adds the operations of roles.
pub(crate) fn register_roles(registrar: &mut Registrar, identity: &Identity, mount: &Mount) {
    let resource: Arc<dyn Resource> = Arc::new(ManagedResource::<Role>::new(identity));
    resource::register(registrar, &resource, &OperationKind::ALL, mount);
    let identity = &Arc::new(identity.clone());
    for operation in lists(identity) {
        registrar.operation(operation);
    }
    for operation in [grant(identity), revoke(identity), revoke_all(identity)] {
        registrar.operation(operation);
    }
    for operation in [give(identity), take(identity), take_from_all(identity)] {
        registrar.operation(operation);
    }
}

#[async_trait]
impl Managed for Role {
    fn read_schema(guarded: FieldSet) -> Value {
        let mut schema = resource::schema::read(Self::META, guarded);
        let count = serde_json::json!({
            "type": "integer", "format": "int64", "minimum": 0, "title": "user_count",
            "description": "How many users hold it now.",
        });
        if let Some(properties) = schema["properties"].as_object_mut() {
            properties.insert("user_count".to_owned(), count);
        }
        if let Some(required) = schema["required"].as_array_mut() {
            required.push("user_count".into());
        }
        schema["example"]["user_count"] = 1.into();
        schema
    }

    fn removed() -> &'static [(&'static str, &'static str)] {
        &[("users", "How many users held it."), ("permissions", "How many permissions it granted.")]
    }

    fn note(kind: OperationKind) -> &'static str {
        match kind {
            OperationKind::Update | OperationKind::Patch => {
                "Activating or renaming a role needs all the permissions that it grants. The administrators' role is \
                 neither renamed nor deactivated."
            }
            OperationKind::Delete => "Whoever held it holds it no more. The administrators' role is not removed.",
            _ => "",
        }
    }

    async fn show(identity: &Identity, rows: &[Stored<Self>]) -> Result<Vec<Shown>> {
        let keys: Vec<_> = rows.iter().map(|role| role.id).collect();
        let counts = identity.roles.count_holders(&keys).await?;
        let count = |role: &Stored<Self>| counts.get(&role.id).copied().unwrap_or_default();
        Ok(rows.iter().map(|role| shown(role, count(role))).collect())
    }

    async fn create(identity: &Identity, ctx: &Ctx, body: &[u8]) -> Result<Stored<Self>> {
        let form: <RoleForm as Entity>::Create = parse_json(RoleForm::META, body)?;
        let create = RoleCreate { name: form.name, is_active: form.is_active };
        identity.ports.data.single().repository::<Self>().create(ctx, &create).await
    }

    async fn update(
        identity: &Identity,
        ctx: &Ctx,
        id: i64,
        expected: Option<i64>,
        body: &[u8],
    ) -> Result<Stored<Self>> {
        let form: <RoleForm as Entity>::Update = parse_json(RoleForm::META, body)?;
        let update = RoleUpdate { name: form.name, is_active: form.is_active };
        identity.roles.update(ctx, id, expected, update).await
    }

    async fn remove(identity: &Identity, ctx: &Ctx, id: i64, expected: Option<i64>) -> Result<Removal<Self>> {
        let (row, RemovedRole { users, permissions }) = identity.roles.remove(ctx, id, expected).await?;
        Ok(Removal { row, removed: serde_json::json!({ "users": users, "permissions": permissions }) })
    }
}

/// A role with the number of its holders behind the struct's own fields.
fn shown(role: &Stored<Role>, count: u64) -> Shown {
    let own: FieldSet = (0..Role::META.own).collect();
    let (mut body, mut system) = (Vec::with_capacity(256), Vec::with_capacity(256));
    json::write_entity(&mut body, Role::META, role, role.visible.intersection(own));
    json::write_entity(&mut system, Role::META, role, role.visible.difference(own));
    body.pop();
    body.extend_from_slice(format!("{}\"user_count\":{count}", if body.len() > 1 { "," } else { "" }).as_bytes());
    if system.len() > 2 {
        body.push(b',');
    }
    body.extend_from_slice(&system[1..]);
    Shown { body, count: Some(count) }
}

fn lists(identity: &Arc<Identity>) -> [Operation; 4] {
    let operation = |tail: &str, id: &str, access: &[&'static str]| {
        (Method::GET, format!("/roles/{{role_id}}/{tail}"), id.to_owned(), Access::Permissions(access.to_vec()))
    };
    let of_permissions = ["role_read", "permission_read"];
    let of_users = ["user_read", "role_read"];
    let (method, path, id, access) = operation("permissions", "listRolePermissions", &of_permissions);
    let granted = Operation::new((method, &path, &id), access, identity, async |identity, call| {
        let (id, page) = (call.path(0, "role_id")?, part::page(&call)?);
        let part = identity.roles.permissions(call.ctx()?, id, page).await?;
        part::answer(&identity, &call, page, &part).await
    });
    let (method, path, id, access) =
        operation("available-permissions", "listAvailableRolePermissions", &of_permissions);
    let available = Operation::new((method, &path, &id), access, identity, async |identity, call| {
        let (id, page) = (call.path(0, "role_id")?, part::page(&call)?);
        let part = identity.roles.available_permissions(call.ctx()?, id, page).await?;
        part::answer(&identity, &call, page, &part).await
    });
    let (method, path, id, access) = operation("users", "listRoleUsers", &of_users);
    let holders = Operation::new((method, &path, &id), access, identity, async |identity, call| {
        let (id, page) = (call.path(0, "role_id")?, part::page(&call)?);
        let part = identity.roles.users(call.ctx()?, id, page).await?;
        part::answer(&identity, &call, page, &part).await
    });
    let (method, path, id, access) = operation("available-users", "listAvailableRoleUsers", &of_users);
    let others = Operation::new((method, &path, &id), access, identity, async |identity, call| {
        let (id, page) = (call.path(0, "role_id")?, part::page(&call)?);
        let part: Part<User> = identity.roles.available_users(call.ctx()?, id, page).await?;
        part::answer(&identity, &call, page, &part).await
    });
    [
        part::answers_part::<Permission>(granted, "The permissions.").summary("List what a role grants"),
        part::answers_part::<Permission>(available, "The permissions.").summary("List what a role does not grant"),
        part::answers_part::<User>(holders, "The users.").summary("List who holds a role"),
        part::answers_part::<User>(others, "The users.").summary("List who does not hold a role"),
    ]
}

/// The role as it is now.
async fn role(identity: &Identity, role: Stored<Role>) -> Result<Response> {
    Ok(part::one_response::<Role>(one(identity, role).await?))
}

/// The keys of a role and of what is linked with it, from the path.
fn two_keys(call: &Call, other: &'static str) -> Result<(i64, i64)> {
    let keys = (call.path(0, "role_id")?, call.path(1, other)?);
    call.no_query()?;
    Ok(keys)
}

fn grant(identity: &Arc<Identity>) -> Operation {
    let id = (Method::POST, "/roles/{role_id}/permissions", "grantRolePermission");
    let access = Access::Permissions(vec!["role_update", "permission_update"]);
    let operation = Operation::new(id, access, identity, async |identity, mut call| {
        let id = call.path(0, "role_id")?;
        call.no_query()?;
        let form: <RolePermission as Entity>::Create = call.input(RolePermission::META).await?;
        let granted = identity.roles.grant_permission(call.ctx()?, id, form.permission_id).await?;
        role(&identity, granted).await
    });
    part::answers_one::<Role>(operation, "The role.")
        .summary("Let a role grant a permission")
        .description("Nobody grants what they do not hold, but administrators. Doing it again changes nothing.")
        .body(&schema::<RolePermission>())
}

fn revoke(identity: &Arc<Identity>) -> Operation {
    let id = (Method::DELETE, "/roles/{role_id}/permissions/{permission_id}", "revokeRolePermission");
    let access = Access::Permissions(vec!["role_update", "permission_update"]);
    let operation = Operation::new(id, access, identity, async |identity, call| {
        let (id, permission_id) = two_keys(&call, "permission_id")?;
        let revoked = identity.roles.revoke_permission(call.ctx()?, id, permission_id).await?;
        role(&identity, revoked).await
    });
    part::answers_one::<Role>(operation, "The role.")
        .summary("Let a role grant a permission no more")
        .description("Doing it again changes nothing. The administrators' role keeps what the program declares.")
}

fn revoke_all(identity: &Arc<Identity>) -> Operation {
    let id = (Method::DELETE, "/roles/{role_id}/permissions", "revokeRolePermissions");
    let access = Access::Permissions(vec!["role_delete", "permission_delete"]);
    let operation = Operation::new(id, access, identity, async |identity, call| {
        let id = call.path(0, "role_id")?;
        call.no_query()?;
        let revoked = identity.roles.revoke_permissions(call.ctx()?, id).await?;
        role(&identity, revoked).await
    });
    part::answers_one::<Role>(operation, "The role.").summary("Let a role grant nothing any more")
}

fn give(identity: &Arc<Identity>) -> Operation {
    let id = (Method::POST, "/roles/{role_id}/users", "giveUserRole");
    let access = Access::Permissions(vec!["role_update", "user_update"]);
    let operation = Operation::new(id, access, identity, async |identity, mut call| {
        let id = call.path(0, "role_id")?;
        call.no_query()?;
        let form: <RoleUser as Entity>::Create = call.input(RoleUser::META).await?;
        let given = identity.roles.give(call.ctx()?, id, form.user_id).await?;
        role(&identity, given).await
    });
    part::answers_one::<Role>(operation, "The role.")
        .summary("Give a user a role")
        .description(
            "Nobody gives a role that grants more than they hold, and only administrators make administrators. Doing \
             it again changes nothing.",
        )
        .body(&schema::<RoleUser>())
}

fn take(identity: &Arc<Identity>) -> Operation {
    let id = (Method::DELETE, "/roles/{role_id}/users/{user_id}", "takeUserRole");
    let access = Access::Permissions(vec!["role_update", "user_update"]);
    let operation = Operation::new(id, access, identity, async |identity, call| {
        let (id, user_id) = two_keys(&call, "user_id")?;
        let taken = identity.roles.take(call.ctx()?, id, user_id).await?;
        role(&identity, taken).await
    });
    part::answers_one::<Role>(operation, "The role.")
        .summary("Take a role from a user")
        .description("Doing it again changes nothing. The last administrator stays one.")
}

fn take_from_all(identity: &Arc<Identity>) -> Operation {
    let id = (Method::DELETE, "/roles/{role_id}/users", "takeRoleFromUsers");
    let access = Access::Permissions(vec!["role_delete", "user_delete"]);
    let operation = Operation::new(id, access, identity, async |identity, call| {
        let id = call.path(0, "role_id")?;
        call.no_query()?;
        let taken = identity.roles.take_from_all(call.ctx()?, id).await?;
        role(&identity, taken).await
    });
    part::answers_one::<Role>(operation, "The role.")
        .summary("Take a role from all users")
        .description("From all whom the caller may remove. The last administrator stays one.")
}
