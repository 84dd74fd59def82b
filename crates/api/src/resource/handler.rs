//! From a request to an operation, and back.

use super::{
    OperationKind, Reply, Resource,
    list_query::{list_query, no_query, page_query},
};
use crate::{
    gate::context,
    problem::{Problem, etag},
};
use kwik_domain::{EntityMeta, Error, Issue, Malformed, ParameterError, Result};
use poem::{
    Endpoint, Request, Response,
    http::{HeaderValue, StatusCode, header},
};
use std::sync::Arc;

/// One operation of one entity.
pub(super) struct Handler {
    pub(super) resource: Arc<dyn Resource>,
    pub(super) kind: OperationKind,
    /// What paths begin with, for `Location`.
    pub(super) prefix: Arc<str>,
}

impl Endpoint for Handler {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        self.answer(request).await.map_err(|error| Problem::from(error).into())
    }
}

impl Handler {
    /// The gate has authenticated and authorized; what is left is path, query, body.
    async fn answer(&self, mut request: Request) -> Result<Response> {
        let meta = self.resource.meta();
        let key = if self.kind.has_key() {
            request.raw_path_param("param0").unwrap_or_default().to_owned()
        } else {
            String::new()
        };
        if self.kind.has_key() {
            self.resource.check_key(&key)?;
        }
        let resource = &*self.resource;
        let reply = match self.kind {
            OperationKind::List => {
                let query = list_query(meta, &request)?;
                resource.list(context(&request)?, query).await?
            }
            OperationKind::History => {
                let page = page_query(meta.max_limit, &request)?;
                resource.history(context(&request)?, &key, page).await?
            }
            OperationKind::Get => {
                no_query(&request)?;
                resource.get(context(&request)?, &key).await?
            }
            OperationKind::Delete => {
                no_query(&request)?;
                let expected = precondition(meta, &request)?;
                resource.delete(context(&request)?, &key, expected).await?
            }
            OperationKind::Create => {
                no_query(&request)?;
                let body = body(&mut request).await?;
                resource.create(context(&request)?, &body).await?
            }
            OperationKind::Update | OperationKind::Patch => {
                no_query(&request)?;
                let expected = precondition(meta, &request)?;
                let body = body(&mut request).await?;
                resource.update(context(&request)?, &key, expected, &body).await?
            }
        };
        Ok(self.response(reply))
    }

    fn response(&self, reply: Reply) -> Response {
        let created = self.kind == OperationKind::Create;
        let status = if created { StatusCode::CREATED } else { StatusCode::OK };
        let mut response = Response::builder().status(status).body(reply.body);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(version) = reply.version {
            headers.insert(header::ETAG, etag(version));
        }
        if let (true, Some(key)) = (created, reply.key) {
            let location = format!("{}/{}/{key}", self.prefix, self.resource.meta().collection);
            // Collections and keys are plain letters, digits and hyphens.
            if let Ok(location) = HeaderValue::try_from(location) {
                headers.insert(header::LOCATION, location);
            }
        }
        response
    }
}

/// The version that `If-Match` asks for (RFC 9110, section 13.1.1); none for `*`. A tag that is not
/// one of ours is the tag of no version.
fn precondition(meta: &'static EntityMeta, request: &Request) -> Result<Option<i64>> {
    let mut given = request.headers().get_all(header::IF_MATCH).iter();
    let Some(value) = given.next() else { return Ok(None) };
    let wrong =
        |message| Err(Error::InvalidQuery(vec![ParameterError::new("If-Match", Issue::new("format", message))]));
    if !meta.versioned {
        return wrong("is not known here: this entity has no versions");
    }
    let text = value.to_str().unwrap_or_default().trim();
    let several = given.next().is_some();
    if text == "*" && !several {
        return Ok(None);
    }
    let opaque = text.strip_prefix("W/").unwrap_or(text);
    let opaque = opaque.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
    if several || !opaque.is_some_and(|t| t.bytes().all(|b| b.is_ascii_graphic() && b != b'"')) {
        return wrong("must be one entity tag, such as \"3\"");
    }
    // A weak tag matches nothing.
    let tag = opaque.filter(|_| !text.starts_with("W/")).unwrap_or_default();
    // Tags are compared as text: another way to write the same number is another tag.
    let version = tag.parse().ok().filter(|version: &i64| version.to_string() == tag);
    Ok(Some(version.unwrap_or(-1)))
}

/// The body, which must say that it is JSON.
async fn body(request: &mut Request) -> Result<Vec<u8>> {
    if !request.content_type().is_some_and(is_json) {
        return Err(Malformed::ContentType { expected: "application/json" }.into());
    }
    if request.header(header::CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return Err(Malformed::ContentType { expected: "application/json, and not compressed" }.into());
    }
    // Too large and too slow have answers of their own, which the server gives in place of this.
    request.take_body().into_vec().await.map_err(|_| Malformed::Incomplete.into())
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json") || essence.eq_ignore_ascii_case("application/merge-patch+json")
}
