//! Audit records as JSON: who changed what from what to what.

use kwik_domain::{AuditRecord, EntityMeta, Error, FieldSet, Result, ValueRef, json};
use serde_json::value::RawValue;
use std::collections::HashMap;

type Image = HashMap<String, Box<RawValue>>;

/// Appends a page of records.
///
/// # Errors
///
/// [`Error::Internal`] when an image in the trail is no JSON object.
pub(super) fn write_history(
    out: &mut Vec<u8>,
    meta: &'static EntityMeta,
    records: &[AuditRecord],
    visible: FieldSet,
) -> Result<()> {
    out.extend_from_slice(b"{\"total\":null,\"data\":[");
    for (n, record) in records.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        write_record(out, meta, record, visible)?;
    }
    out.extend_from_slice(b"]}");
    Ok(())
}

fn write_record(out: &mut Vec<u8>, meta: &'static EntityMeta, record: &AuditRecord, visible: FieldSet) -> Result<()> {
    let int = |value: Option<i64>| value.map_or(ValueRef::Null, ValueRef::Int);
    out.push(b'{');
    for (name, value) in [
        ("action", ValueRef::Text(record.action.name())),
        ("version", ValueRef::Int(record.version)),
        ("at", ValueRef::Timestamp(record.at)),
        ("user_id", int(record.user_id)),
        ("user_email", text(record.user_email.as_deref())),
        ("impersonator_user_id", int(record.impersonator_id)),
        ("via", ValueRef::Text(&record.via)),
        ("request_id", ValueRef::Text(&record.request_id)),
        ("address", text(record.address.as_deref())),
    ] {
        json::write_value(out, ValueRef::Text(name));
        out.push(b':');
        json::write_value(out, value);
        out.push(b',');
    }
    out.extend_from_slice(b"\"changes\":[");
    write_changes(out, meta, record, visible)?;
    out.extend_from_slice(b"]}");
    Ok(())
}

/// The fields whose value changed, in the entity's order. Of masked ones only that they were set.
fn write_changes(out: &mut Vec<u8>, meta: &'static EntityMeta, record: &AuditRecord, visible: FieldSet) -> Result<()> {
    let (before, after) = (image(record.before.as_deref())?, image(record.after.as_deref())?);
    let mut first = true;
    for (index, field) in meta.own_fields() {
        let from = before.get(field.name).map_or("null", |v| v.get());
        let to = after.get(field.name).map_or("null", |v| v.get());
        let changed = from != to || (field.is_masked() && after.contains_key(field.name));
        if field.hidden || !visible.contains(index) || !changed {
            continue;
        }
        if !first {
            out.push(b',');
        }
        first = false;
        out.extend_from_slice(b"{\"field\":");
        json::write_value(out, ValueRef::Text(field.name));
        out.extend_from_slice(b",\"from\":");
        out.extend_from_slice(from.as_bytes());
        out.extend_from_slice(b",\"to\":");
        out.extend_from_slice(to.as_bytes());
        out.push(b'}');
    }
    Ok(())
}

fn image(text: Option<&str>) -> Result<Image> {
    let parsed = text.map(serde_json::from_str).transpose();
    Ok(parsed.map_err(|e| Error::Internal(format!("an image in the audit trail: {e}")))?.unwrap_or_default())
}

fn text(value: Option<&str>) -> ValueRef<'_> {
    value.map_or(ValueRef::Null, ValueRef::Text)
}
