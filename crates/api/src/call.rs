//! A request of one of the framework's own operations, and how such operations are declared.

use crate::{
    Access, Operation,
    gate::context,
    http::{JSON, body, parameters},
    problem::Problem,
};
use kwik_domain::{Ctx, EntityMeta, Error, FieldType, Input, ParameterError, Result, entity::parse_json};
use kwik_query::{Parameters, no_query};
use poem::{Endpoint, EndpointExt, Request, Response, http::Method};
use serde_json::{Value, json};
use std::sync::Arc;

/// A request that the gate has let through. Its parts are read in the order in which they are checked:
/// path, query, body.
pub struct Call {
    request: Request,
}

impl Call {
    /// Who asks, within which request, when.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] on a route that is not behind the gate.
    pub fn ctx(&self) -> Result<&Ctx> {
        context(&self.request)
    }

    /// The request as it came.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The part of the path at this position among its parameters, called `name` in errors.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidPath`] when it is no such value.
    pub fn path<T: FieldType>(&self, position: usize, name: &'static str) -> Result<T> {
        let text = self.request.raw_path_param(&format!("param{position}")).unwrap_or_default();
        T::from_text(text).map_err(|issue| Error::InvalidPath(ParameterError::new(name, issue)))
    }

    /// The query's parameters.
    pub fn query(&self) -> Parameters {
        Parameters::new(self.parameters())
    }

    /// The query's parameters as they came, percent-decoded.
    pub fn parameters(&self) -> Vec<(String, String)> {
        parameters(&self.request)
    }

    /// Refuses every parameter.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidQuery`] when there is one.
    pub fn no_query(&self) -> Result<()> {
        no_query(self.parameters())
    }

    /// The bytes of a body of this media type.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`] when it says that it is something else, or cannot be read.
    pub async fn body(&mut self, expected: &'static str) -> Result<Vec<u8>> {
        body(&mut self.request, expected).await
    }

    /// The request itself, for bodies of other forms than JSON.
    pub fn into_request(self) -> Request {
        self.request
    }

    /// A body of JSON, read by metadata: every error at once, unknown names refused.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`] and [`Error::Invalid`].
    pub async fn input<I: Input>(&mut self, meta: &'static EntityMeta) -> Result<I> {
        let body = self.body(JSON).await?;
        parse_json(meta, &body)
    }
}

/// What answers a call.
struct Handler<F>(F);

impl<F, A> Endpoint for Handler<F>
where
    F: Fn(Call) -> A + Send + Sync,
    A: Future<Output = Result<Response>> + Send,
{
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        (self.0)(Call { request }).await.map_err(|error| Problem::from(error).into())
    }
}

impl Operation {
    /// An operation that `service` answers by way of `handler`. What the document says of it is chained on.
    pub fn new<S, F, A>((method, path, id): (Method, &str, &str), access: Access, service: &Arc<S>, handler: F) -> Self
    where
        S: Send + Sync + 'static,
        F: Fn(Arc<S>, Call) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Response>> + Send + 'static,
    {
        let service = service.clone();
        let endpoint = Handler(move |call| handler(service.clone(), call)).boxed();
        let tag = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        let document = json!({ "tags": [tag], "operationId": id, "responses": {} });
        let mut operation = Self { method, path: path.to_owned(), access, document, endpoint };
        operation.describe_path();
        operation
    }

    /// The path's parameters: the keys of rows, unless said otherwise.
    fn describe_path(&mut self) {
        let names = self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let parameter = |name: &str| {
            let what = name.strip_suffix("_id").unwrap_or("row").replace('_', " ");
            let (schema, example) = if name == "session_id" {
                (json!({ "type": "string", "format": "uuid" }), json!("01890a5d-ac96-774b-bcce-b302099a8057"))
            } else {
                (json!({ "type": "integer", "format": "int64" }), json!(1))
            };
            json!({
                "name": name, "in": "path", "required": true, "description": format!("Key of the {what}."),
                "schema": schema, "example": example,
            })
        };
        let parameters: Vec<_> = names.map(parameter).collect();
        if !parameters.is_empty() {
            self.document["parameters"] = parameters.into();
        }
    }

    /// What it does, in a line.
    #[must_use]
    pub fn summary(mut self, text: &str) -> Self {
        self.document["summary"] = json!(text);
        self
    }

    /// What else there is to know.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        self.document["description"] = json!(text);
        self
    }

    /// A parameter of the query or a header, as the document describes it.
    #[must_use]
    pub fn parameter(mut self, parameter: Value) -> Self {
        match self.document["parameters"].as_array_mut() {
            Some(parameters) => parameters.push(parameter),
            None => self.document["parameters"] = json!([parameter]),
        }
        self
    }

    /// A body of JSON.
    #[must_use]
    pub fn body(self, schema: &Value) -> Self {
        self.body_as("application/json", schema)
    }

    /// A body of that media type; several may be named one after the other.
    #[must_use]
    pub fn body_as(mut self, media_type: &str, schema: &Value) -> Self {
        self.document["requestBody"]["required"] = json!(true);
        self.document["requestBody"]["content"][media_type] = json!({ "schema": schema });
        self
    }

    /// The answer, as JSON.
    #[must_use]
    pub fn answers(mut self, status: u16, text: &str, schema: &Value) -> Self {
        self.document["responses"][status.to_string()] =
            json!({ "description": text, "content": { "application/json": { "schema": schema } } });
        self
    }

    /// A header of the answer.
    #[must_use]
    pub fn answer_header(mut self, status: u16, name: &str, header: Value) -> Self {
        self.document["responses"][status.to_string()]["headers"][name] = header;
        self
    }
}
