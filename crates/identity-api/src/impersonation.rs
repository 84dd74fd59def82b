//! `/login/`: acting in another user's place.

use crate::token_answer::{client, token_answer, token_schema};
use kwik_api::{Access, Call, Operation, Registrar, http::json_response};
use kwik_domain::{Error, FieldType, ParameterError, Result, access::IMPERSONATE};
use kwik_identity::{Identity, Impersonation};
use poem::http::Method;
use serde_json::json;
use std::sync::Arc;

/// Adds the operations of acting in another user's place.
pub(crate) fn register_impersonation(registrar: &mut Registrar, identity: &Identity) {
    let service = &Arc::new(identity.impersonation.clone());
    for operation in [start(service), is_impersonating(service), stop(service)] {
        registrar.operation(operation);
    }
}

fn start(service: &Arc<Impersonation>) -> Operation {
    let id = (Method::POST, "/login/impersonate", "impersonate");
    let access = Access::Permissions(vec![IMPERSONATE]);
    let operation = Operation::new(id, access, service, async |service, call| {
        let user_id = user_id(&call)?;
        Ok(token_answer(&service.start(call.ctx()?, user_id, client(&call)).await?))
    });
    operation
        .summary("Act in another user's place")
        .description(
            "For a short while, and no longer than one's own session. Not of oneself, of somebody inactive, or of \
             somebody who may do what one may not. In that user's place no password and no email is changed and no \
             key is made, and both users stand in the audit trail.",
        )
        .parameter(json!({
            "name": "user_id", "in": "query", "required": true, "description": "Key of the user.",
            "schema": { "type": "integer", "format": "int64" }, "example": 2,
        }))
        .answers(200, "A token of that user. There is none to refresh it.", &token_schema())
}

fn user_id(call: &Call) -> Result<i64> {
    let mut query = call.query();
    let text = query.required("user_id");
    let parsed = text.and_then(|text| query.checked("user_id", i64::from_text(&text)));
    query.finish(&["user_id"])?;
    // Nothing was wrong, and so there is one.
    parsed.ok_or_else(|| {
        let issue = kwik_domain::Issue::new("required", "is required");
        Error::InvalidQuery(vec![ParameterError::new("user_id", issue)])
    })
}

fn is_impersonating(service: &Arc<Impersonation>) -> Operation {
    let id = (Method::POST, "/login/is_impersonating", "isImpersonating");
    let operation = Operation::new(id, Access::Account, service, async |_, call| {
        call.no_query()?;
        Ok(json_response(json!(call.ctx()?.actor.impersonator.is_some()).to_string()))
    });
    operation.summary("Whether one acts in another user's place").answers(
        200,
        "Whether one does.",
        &json!({ "type": "boolean", "example": false }),
    )
}

fn stop(service: &Arc<Impersonation>) -> Operation {
    let id = (Method::POST, "/login/stop_impersonating", "stopImpersonating");
    let operation = Operation::new(id, Access::Account, service, async |service, call| {
        call.no_query()?;
        Ok(token_answer(&service.stop(call.ctx()?).await?))
    });
    operation
        .summary("Stop acting in another user's place")
        .description("Ends that session. The refresh token of one's own is the one that one had before.")
        .answers(200, "An access token of one's own session.", &token_schema())
}
