//! The operations of an entity: their routes and their descriptions.

use super::{OperationKind, Resource, handler::Handler};
use crate::{Access, Operation, Registrar};
use kwik_openapi::{describe, expand_parameter};
use kwik_query::PageTokens;
use poem::EndpointExt;
use serde_json::json;
use std::sync::Arc;

/// What all entities' operations share.
#[derive(Clone)]
pub struct Mount {
    /// What paths begin with: `/api/v1`.
    pub prefix: Arc<str>,
    /// Signs where the next page of a list begins.
    pub tokens: PageTokens,
}

/// Adds an entity's operations of these kinds, and its schemas, to the registrar.
pub fn register(registrar: &mut Registrar, resource: &Arc<dyn Resource>, kinds: &[OperationKind], mount: &Mount) {
    let kinds: Vec<_> = kinds.iter().map(|kind| (*kind, None)).collect();
    register_with(registrar, resource, &kinds, mount);
}

/// The same; an operation with an access of its own is for whoever has this, in place of the entity's
/// permission. What else policies say of rows and fields bounds it as ever.
pub fn register_with(
    registrar: &mut Registrar,
    resource: &Arc<dyn Resource>,
    kinds: &[(OperationKind, Option<Access>)],
    mount: &Mount,
) {
    let meta = resource.meta();
    let has = |kind| kinds.iter().any(|(other, _)| *other == kind);
    let used = |name: &str| match name.strip_prefix(meta.name) {
        Some("Create") => has(OperationKind::Create),
        Some("Update") => has(OperationKind::Update) || has(OperationKind::Patch),
        Some("Page") => has(OperationKind::List),
        _ => true,
    };
    registrar.schemas(meta, resource.schemas().into_iter().filter(|(name, _)| used(name)).collect());
    registrar.related_schemas(resource.related_schemas());
    for (kind, access) in kinds {
        if *kind == OperationKind::History && !meta.audited {
            continue;
        }
        let Mount { prefix, tokens } = mount.clone();
        let mut document = describe(meta, *kind);
        let relations = resource.relations();
        if matches!(kind, OperationKind::List | OperationKind::Get) && !relations.is_empty() {
            match document["parameters"].as_array_mut() {
                Some(parameters) => parameters.push(expand_parameter(&relations)),
                None => document["parameters"] = json!([expand_parameter(&relations)]),
            }
        }
        resource.describe(*kind, &mut document);
        let granted = access.as_ref().map(|_| meta.permission(kind.action().verb()));
        let handler = Handler { resource: resource.clone(), kind: *kind, prefix, tokens, granted };
        registrar.operation(Operation {
            method: kind.method(),
            path: kind.path(meta.collection),
            access: access.clone().unwrap_or(Access::Entity(kind.action(), meta)),
            document,
            endpoint: handler.boxed(),
        });
    }
}
