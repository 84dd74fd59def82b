//! The audit trail as a list.

use kwik_api::{
    Registrar,
    resource::{Mount, OperationKind, Resource, Typed, register},
};
use kwik_app::{CrudService, Data};
use kwik_domain::access::AuditEntry;
use std::sync::Arc;

/// Adds `GET /audit/`, the latest record first unless it is sorted otherwise, and `GET /audit/{id}`.
pub(crate) fn register_audit(registrar: &mut Registrar, data: Data, mount: &Mount) {
    let service = CrudService::<AuditEntry>::new(data).sorted_by(&[AuditEntry::ID.desc()]);
    let resource: Arc<dyn Resource> = Arc::new(Typed::new(service));
    register(registrar, &resource, &[OperationKind::List, OperationKind::Get], mount);
}
