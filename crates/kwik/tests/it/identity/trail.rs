//! What the audit trail says about access.

use kwik::{
    domain::access::{ACCESS, AuditEntry},
    prelude::*,
};
use kwik_testkit::TestApp;
use serde_json::Value;

/// The events of that kind, the first one first.
pub async fn events(app: &TestApp, action: &str) -> Vec<Stored<AuditEntry>> {
    let filter = AuditEntry::ENTITY.eq(ACCESS) & AuditEntry::ACTION.eq(action);
    let mut single = app.service().services.data.single();
    let page = Page { skip: 0, limit: 1000 };
    single.repository::<AuditEntry>().list(&app.system(), &filter, &[], page).await.unwrap()
}

/// One detail of an event.
pub fn detail(event: &AuditEntry, name: &str) -> Option<String> {
    let details: Value = serde_json::from_str(event.after.as_deref().unwrap()).unwrap();
    details[name].as_str().map(str::to_owned)
}
