//! The policy of the whole: roles, and whatever the program adds.

use kwik_domain::{PermissionPolicy, RolePolicy};
use std::sync::Arc;

/// All of them must allow.
pub(crate) fn combined(own: Vec<Arc<dyn PermissionPolicy>>) -> Arc<dyn PermissionPolicy> {
    if own.is_empty() {
        return Arc::new(RolePolicy);
    }
    let mut all: Vec<Arc<dyn PermissionPolicy>> = vec![Arc::new(RolePolicy)];
    all.extend(own);
    Arc::new(all)
}
