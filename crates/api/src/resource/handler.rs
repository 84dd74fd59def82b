//! From a request to an operation, and back.

use super::{
    OperationKind, Reply, Resource,
    entity_tag::{counted_entity_tag, if_match, is_known},
};
use crate::{
    gate::context,
    http::{JSON, body, json_response, parameters},
    problem::Problem,
};
use kwik_domain::{AuthenticationError, Cursor, Error, Result, Subject};
use kwik_query::{ListRequest, PageTokens, Visible, encode_segment, no_query, page_query, take_expand};
use poem::{
    Endpoint, Request, Response,
    http::{HeaderValue, StatusCode, header},
};
use std::sync::Arc;

/// One operation of one entity.
pub(super) struct Handler {
    pub(super) resource: Arc<dyn Resource>,
    pub(super) kind: OperationKind,
    /// What paths begin with, for `Location` and `Link`.
    pub(super) prefix: Arc<str>,
    /// Signs where the next page of a list begins.
    pub(super) tokens: PageTokens,
    /// The entity's own permission, which the policy looks for, where the gate looks for something else.
    pub(super) granted: Option<String>,
}

impl Endpoint for Handler {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        if let Some(permission) = &self.granted {
            let ctx = context(&request).map_err(Problem::from)?.granted(permission);
            request.extensions_mut().insert(ctx);
        }
        let is_nobody = context(&request).is_ok_and(|ctx| ctx.actor.subject == Subject::Anonymous);
        self.answer(request).await.map_err(|error| match error {
            // Signing in might help.
            Error::Denied(_) if is_nobody => Problem::from(Error::from(AuthenticationError::Missing)).into(),
            error => Problem::from(error).into(),
        })
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
            OperationKind::List => return self.list(&request).await,
            OperationKind::History => {
                let page = page_query(meta.max_limit, parameters(&request))?;
                resource.history(context(&request)?, &key, page).await?
            }
            OperationKind::Get => {
                let mut parameters = parameters(&request);
                let expand = take_expand(&resource.relations(), &mut parameters)?;
                no_query(parameters)?;
                let reply = resource.get(context(&request)?, &key, &expand).await?;
                if let Some(tag) = self.tag(&reply)
                    && is_known(&request, &tag)?
                {
                    return Ok(Response::builder().status(StatusCode::NOT_MODIFIED).header(header::ETAG, tag).finish());
                }
                reply
            }
            OperationKind::Delete => {
                no_query(parameters(&request))?;
                let expected = if_match(meta, &request)?;
                resource.delete(context(&request)?, &key, expected).await?
            }
            OperationKind::Create => {
                no_query(parameters(&request))?;
                let body = body(&mut request, JSON).await?;
                resource.create(context(&request)?, &body).await?
            }
            OperationKind::Update | OperationKind::Patch => {
                no_query(parameters(&request))?;
                let expected = if_match(meta, &request)?;
                let body = body(&mut request, JSON).await?;
                resource.update(context(&request)?, &key, expected, &body).await?
            }
        };
        Ok(self.response(reply))
    }

    async fn list(&self, request: &Request) -> Result<Response> {
        let ctx = context(request)?;
        let (meta, visible) = (self.resource.meta(), self.resource.visible(ctx)?);
        let mut parameters = parameters(request);
        let expand = take_expand(&self.resource.relations(), &mut parameters)?;
        let asked = {
            let beyond = |entity| self.resource.beyond(ctx, entity);
            ListRequest::parse(meta, Visible::with_others(visible, &beyond), parameters, &self.tokens)?
        };
        let asked = asked.keeping("expand", &expand);
        let token = |cursor: &Cursor| asked.next_page_token(&self.tokens, cursor);
        let reply = self.resource.list(ctx, &asked.query, &token, &expand).await?;
        let path = format!("{}/{}/", self.prefix, meta.collection);
        let links = asked.links(&path, reply.next_page_token.as_deref());
        let mut response = self.response(reply);
        // Whatever clients sent is percent-encoded in it.
        if let Ok(links) = HeaderValue::try_from(links) {
            response.headers_mut().insert(header::LINK, links);
        }
        Ok(response)
    }

    fn tag(&self, reply: &Reply) -> Option<HeaderValue> {
        reply.version.map(|version| counted_entity_tag(self.resource.meta(), version, reply.visible, reply.count))
    }

    fn response(&self, reply: Reply) -> Response {
        let created = self.kind == OperationKind::Create;
        let status = if created { StatusCode::CREATED } else { StatusCode::OK };
        let tag = self.tag(&reply);
        let mut response = json_response(reply.body);
        response.set_status(status);
        let headers = response.headers_mut();
        if let Some(tag) = tag {
            headers.insert(header::ETAG, tag);
        }
        if let (true, Some(key)) = (created, reply.key) {
            let key = encode_segment(&key);
            let location = format!("{}/{}/{key}", self.prefix, self.resource.meta().collection);
            // Collections are plain letters, digits and underscores.
            if let Ok(location) = HeaderValue::try_from(location) {
                headers.insert(header::LOCATION, location);
            }
        }
        response
    }
}
