//! `/api-keys/`: keys with which programs act on their owner's account.

use crate::{
    api_key_form::{ApiKeyForm, ApiKeyFormUpdate, ApiKeyInput, object},
    api_key_schema::{create_schema, made_schema, page_schema, read_schema, update_schema},
};
use kwik_api::{
    Access, Call, Operation, Registrar,
    http::json_response,
    resource::{entity_tag, if_match, if_match_parameter, page_parameters},
};
use kwik_domain::{Action, Entity, Error, Result, access::ApiKey};
use kwik_identity::{ApiKeyText, ApiKeys, UsedApiKey};
use kwik_query::page_query;
use poem::{
    Response,
    http::{HeaderValue, Method, StatusCode, header},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Adds the operations of one's own keys, and those of administrators on the keys of others.
pub(crate) fn register_api_keys(registrar: &mut Registrar, keys: &ApiKeys) {
    let keys = &Arc::new(keys.clone());
    for operation in [list(keys), create(keys), get(keys), update(keys), rotate(keys), revoke(keys)] {
        registrar.operation(operation);
    }
    for operation in [list_of(keys), revoke_of(keys)] {
        registrar.operation(operation);
    }
}

fn list(keys: &Arc<ApiKeys>) -> Operation {
    let operation =
        Operation::new((Method::GET, "/api-keys/", "listApiKeys"), Access::SignedIn, keys, async |keys, call| {
            in_person(&call)?;
            let page = page_query(ApiKey::META.max_limit, call.parameters())?;
            Ok(page_of(&keys.list_own(call.ctx()?, page).await?))
        });
    paged(operation).summary("List one's own API keys").description("The newest first, those that work no longer too.")
}

fn create(keys: &Arc<ApiKeys>) -> Operation {
    let id = (Method::POST, "/api-keys/", "createApiKey");
    let operation = Operation::new(id, Access::SignedIn, keys, async |keys, mut call| {
        in_person(&call)?;
        call.no_query()?;
        let ApiKeyInput(new) = call.input(ApiKeyForm::META).await?;
        let (key, text) = keys.create(call.ctx()?, new).await?;
        let mut response = made(&key, &text);
        response.set_status(StatusCode::CREATED);
        let path = call.request().original_uri().path();
        // A path that was routed and digits are a header value.
        if let Ok(location) = HeaderValue::try_from(format!("{}/{}", path.trim_end_matches('/'), key.key.id)) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        Ok(response)
    });
    let location = json!({ "description": "Where it is.", "schema": { "type": "string", "format": "uri-reference" } });
    operation
        .summary("Create an API key")
        .description(
            "In person alone: neither by a key nor in another user's place. The answer holds the key, which is shown \
             this once: send it as `X-API-Key`, or as a bearer token. A key never has more rights than its owner.",
        )
        .body(&create_schema())
        .answers(201, "The key. It is shown this once.", &made_schema())
        .answer_header(201, "ETag", etag())
        .answer_header(201, "Location", location)
}

fn get(keys: &Arc<ApiKeys>) -> Operation {
    let id = (Method::GET, "/api-keys/{api_key_id}", "getApiKey");
    let operation = Operation::new(id, Access::SignedIn, keys, async |keys, call| {
        in_person(&call)?;
        let id = call.path(0, "api_key_id")?;
        call.no_query()?;
        Ok(one(&keys.get(call.ctx()?, id).await?))
    });
    shown(operation).summary("Get one of one's own API keys")
}

fn update(keys: &Arc<ApiKeys>) -> Operation {
    let id = (Method::PUT, "/api-keys/{api_key_id}", "updateApiKey");
    let operation = Operation::new(id, Access::SignedIn, keys, async |keys, mut call| {
        let (id, expected) = addressed(&call)?;
        let form: ApiKeyFormUpdate = call.input(ApiKeyForm::META).await?;
        Ok(one(&keys.update(call.ctx()?, id, expected, form.into()).await?))
    });
    shown(operation.parameter(if_match_parameter()))
        .summary("Change one of one's own API keys")
        .description("An end that has passed ends it at once; a key that was revoked cannot be changed.")
        .body(&update_schema())
}

fn rotate(keys: &Arc<ApiKeys>) -> Operation {
    let id = (Method::POST, "/api-keys/{api_key_id}/rotate", "rotateApiKey");
    let operation = Operation::new(id, Access::SignedIn, keys, async |keys, call| {
        let (id, expected) = addressed(&call)?;
        let (key, text) = keys.rotate(call.ctx()?, id, expected).await?;
        Ok(made(&key, &text))
    });
    operation
        .parameter(if_match_parameter())
        .summary("Put another key in the place of one of one's own")
        .description("The old one stops working at once. What else there is to it stays as it is.")
        .answers(200, "The new key. It is shown this once.", &made_schema())
        .answer_header(200, "ETag", etag())
}

fn revoke(keys: &Arc<ApiKeys>) -> Operation {
    let id = (Method::DELETE, "/api-keys/{api_key_id}", "revokeApiKey");
    let operation = Operation::new(id, Access::SignedIn, keys, async |keys, call| {
        let (id, expected) = addressed(&call)?;
        Ok(one(&keys.revoke(call.ctx()?, id, expected).await?))
    });
    shown(operation.parameter(if_match_parameter()))
        .summary("Revoke one of one's own API keys")
        .description("It stops working at once and for good. Done again, it changes nothing.")
}

fn list_of(keys: &Arc<ApiKeys>) -> Operation {
    let id = (Method::GET, "/users/{user_id}/api-keys", "listUserApiKeys");
    let operation = Operation::new(id, Access::Entity(Action::Read, ApiKey::META), keys, async |keys, call| {
        let user_id = call.path(0, "user_id")?;
        let page = page_query(ApiKey::META.max_limit, call.parameters())?;
        Ok(page_of(&keys.list_of(call.ctx()?, user_id, page).await?))
    });
    paged(operation).summary("List a user's API keys").description("The newest first, those that work no longer too.")
}

fn revoke_of(keys: &Arc<ApiKeys>) -> Operation {
    let id = (Method::DELETE, "/users/{user_id}/api-keys/{api_key_id}", "revokeUserApiKey");
    let operation = Operation::new(id, Access::Entity(Action::Delete, ApiKey::META), keys, async |keys, call| {
        let (user_id, id) = (call.path(0, "user_id")?, call.path(1, "api_key_id")?);
        call.no_query()?;
        let expected = if_match(ApiKey::META, call.request())?;
        Ok(one(&keys.revoke_of(call.ctx()?, user_id, id, expected).await?))
    });
    shown(operation.parameter(if_match_parameter()))
        .summary("Revoke a user's API key")
        .description("It stops working at once and for good. Done again, it changes nothing.")
}

/// The use cases ask the same; here it comes before path, query and body.
fn in_person(call: &Call) -> Result<()> {
    call.ctx()?.actor.in_person().map(drop).map_err(Error::Denied)
}

/// The key of one's own that the path names, and the version that it must have.
fn addressed(call: &Call) -> Result<(i64, Option<i64>)> {
    in_person(call)?;
    let id = call.path(0, "api_key_id")?;
    call.no_query()?;
    Ok((id, if_match(ApiKey::META, call.request())?))
}

fn one(used: &UsedApiKey) -> Response {
    tagged(used, &object(used))
}

/// With the key itself, for the only time.
fn made(used: &UsedApiKey, text: &ApiKeyText) -> Response {
    let mut object = object(used);
    object["key"] = json!(text.expose());
    tagged(used, &object)
}

fn tagged(used: &UsedApiKey, object: &Value) -> Response {
    let mut response = json_response(object.to_string());
    let tag = entity_tag(ApiKey::META, used.key.version(), used.key.visible);
    response.headers_mut().insert(header::ETAG, tag);
    response
}

fn page_of((keys, total): &(Vec<UsedApiKey>, u64)) -> Response {
    let data: Vec<_> = keys.iter().map(object).collect();
    json_response(json!({ "total": total, "data": data }).to_string())
}

fn shown(operation: Operation) -> Operation {
    operation.answers(200, "The API key.", &read_schema()).answer_header(200, "ETag", etag())
}

fn paged(operation: Operation) -> Operation {
    let operation = page_parameters(ApiKey::META).into_iter().fold(operation, Operation::parameter);
    operation.answers(200, "A page of API keys.", &page_schema())
}

fn etag() -> Value {
    json!({ "description": "The version.", "schema": { "type": "string" }, "example": "\"1\"" })
}
