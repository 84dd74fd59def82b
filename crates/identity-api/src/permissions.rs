//! `/permissions/`: what may be done, by name.

use crate::{
    managed::{Managed, ManagedResource, Removal, Shown, one},
    part,
};
use async_trait::async_trait;
use kwik_api::{
    Access, Operation, Registrar,
    resource::{self, Mount, OperationKind, Resource},
};
use kwik_domain::{
    Ctx, Entity, FieldSet, Repository, Result, Stored,
    access::{Permission, Role},
    entity::parse_json,
    json,
};
use kwik_identity::Identity;
use poem::http::Method;
use std::sync::Arc;

/// Adds the operations of permissions.
pub(crate) fn register_permissions(registrar: &mut Registrar, identity: &Identity, mount: &Mount) {
    let resource: Arc<dyn Resource> = Arc::new(ManagedResource::<Permission>::new(identity));
    resource::register(registrar, &resource, &OperationKind::ALL, mount);
    let identity = &Arc::new(identity.clone());
    for operation in [roles(identity), available_roles(identity), revoke_from_all(identity)] {
        registrar.operation(operation);
    }
}

#[async_trait]
impl Managed for Permission {
    fn removed() -> &'static [(&'static str, &'static str)] {
        &[("roles", "How many roles granted it.")]
    }

    fn note(kind: OperationKind) -> &'static str {
        match kind {
            OperationKind::Update | OperationKind::Patch => {
                "Whoever holds it holds it under its new name. What the program declares keeps its name."
            }
            OperationKind::Delete => "No role grants it any more. What the program declares is not removed.",
            _ => "",
        }
    }

    async fn show(_: &Identity, rows: &[Stored<Self>]) -> Result<Vec<Shown>> {
        Ok(rows.iter().map(|row| Shown { body: body(row), count: None }).collect())
    }

    async fn create(identity: &Identity, ctx: &Ctx, body: &[u8]) -> Result<Stored<Self>> {
        let create = parse_json(Self::META, body)?;
        identity.ports.data.single().repository::<Self>().create(ctx, &create).await
    }

    async fn update(
        identity: &Identity,
        ctx: &Ctx,
        id: i64,
        expected: Option<i64>,
        body: &[u8],
    ) -> Result<Stored<Self>> {
        identity.permissions.update(ctx, id, expected, parse_json(Self::META, body)?).await
    }

    async fn remove(identity: &Identity, ctx: &Ctx, id: i64, expected: Option<i64>) -> Result<Removal<Self>> {
        let (row, roles) = identity.permissions.remove(ctx, id, expected).await?;
        Ok(Removal { row, removed: serde_json::json!({ "roles": roles }) })
    }
}

/// The name comes first, as Kwik has it.
fn body(row: &Stored<Permission>) -> Vec<u8> {
    let mut body = vec![b'{'];
    let fields = [Permission::NAME.index(), Permission::ID.index()].into_iter().chain(2..Permission::META.fields.len());
    for index in fields {
        let mut member = Vec::new();
        let only: FieldSet = std::iter::once(index).collect();
        json::write_entity(&mut member, Permission::META, row, row.visible.intersection(only));
        if member.len() > 2 {
            if body.len() > 1 {
                body.push(b',');
            }
            body.extend_from_slice(&member[1..member.len() - 1]);
        }
    }
    body.push(b'}');
    body
}

fn roles(identity: &Arc<Identity>) -> Operation {
    let id = (Method::GET, "/permissions/{permission_id}/roles", "listPermissionRoles");
    let access = Access::Permissions(vec!["permission_read", "role_read"]);
    let operation = Operation::new(id, access, identity, async |identity, call| {
        let (id, page) = (call.path(0, "permission_id")?, part::page(&call)?);
        let part = identity.permissions.roles(call.ctx()?, id, page).await?;
        part::answer(&identity, &call, page, &part).await
    });
    part::answers_part::<Role>(operation, "The roles.").summary("List which roles grant a permission")
}

fn available_roles(identity: &Arc<Identity>) -> Operation {
    let id = (Method::GET, "/permissions/{permission_id}/available-roles", "listAvailablePermissionRoles");
    let access = Access::Permissions(vec!["permission_read", "role_read"]);
    let operation = Operation::new(id, access, identity, async |identity, call| {
        let (id, page) = (call.path(0, "permission_id")?, part::page(&call)?);
        let part = identity.permissions.available_roles(call.ctx()?, id, page).await?;
        part::answer(&identity, &call, page, &part).await
    });
    part::answers_part::<Role>(operation, "The roles.").summary("List which roles do not grant a permission")
}

fn revoke_from_all(identity: &Arc<Identity>) -> Operation {
    let id = (Method::DELETE, "/permissions/{permission_id}/roles", "revokePermissionFromRoles");
    let access = Access::Permissions(vec!["permission_delete"]);
    let operation = Operation::new(id, access, identity, async |identity, call| {
        let id = call.path(0, "permission_id")?;
        call.no_query()?;
        let permission = identity.permissions.revoke_from_all(call.ctx()?, id).await?;
        Ok(part::one_response::<Permission>(one(&identity, permission).await?))
    });
    part::answers_one::<Permission>(operation, "The permission.")
        .summary("Let no role grant a permission any more")
        .description("The administrators' role keeps what the program declares: then nothing changes.")
}
