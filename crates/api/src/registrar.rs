//! Collects operations of every origin, checks them, and makes the router and the document.

use crate::{
    Access, Gate, Info,
    document::Document,
    extract::{HEADER_TITLE, PERMISSION, PUBLIC, SIGNED_IN},
    gate::Guarded,
    problem::Problem,
};
use kwik_domain::EntityMeta;
use poem::{
    EndpointExt, IntoEndpoint, Request, Response,
    endpoint::{BoxEndpoint, make_sync},
    http::{HeaderValue, Method, StatusCode, header},
};
use poem_openapi::{
    OpenApi, OpenApiService,
    registry::{MetaApi, MetaOperation, MetaOperationParam, MetaSchemaRef, Registry},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// Endpoints by path, in the router's form (`/customers/:id`), and method.
type Routes = HashMap<String, HashMap<Method, BoxEndpoint<'static>>>;

/// One operation of the framework's own.
pub struct Operation {
    /// The method.
    pub method: Method,
    /// The path below the prefix, in the document's form: `/customers/{id}`.
    pub path: String,
    /// Who may call it.
    pub access: Access,
    /// Its description in the document, without security and problems.
    pub document: Value,
    /// What answers, behind the gate.
    pub endpoint: BoxEndpoint<'static>,
}

/// What was declared of an operation.
struct Declared {
    access: Access,
    /// Its method and its path in the document's form.
    name: String,
}

/// Collects operations.
#[derive(Default)]
pub struct Registrar {
    routes: Routes,
    declared: BTreeMap<(String, String), Declared>,
    document: Document,
    problems: Vec<String>,
}

/// The whole interface: the router, and the document that describes it.
pub struct Api {
    /// Answers paths below the prefix.
    pub endpoint: BoxEndpoint<'static>,
    /// The `OpenAPI` document, as JSON.
    pub document: String,
    /// The permissions that operations need.
    pub permissions: BTreeSet<String>,
}

impl Registrar {
    /// Adds an operation of the framework's own.
    pub fn operation(&mut self, operation: Operation) {
        let Operation { method, path, access, document, endpoint } = operation;
        self.document.operation(&path, &method, &access, document);
        self.declare(&path, &method, access);
        self.route(&path, &method, endpoint);
    }

    /// Adds a route in the one form that all have, so that no two differ in names and slashes alone.
    fn route(&mut self, path: &str, method: &Method, endpoint: BoxEndpoint<'static>) {
        if self.routes.entry(route(path)).or_default().insert(method.clone(), endpoint).is_some() {
            self.twice(path, method);
        }
    }

    fn twice(&mut self, path: &str, method: &Method) {
        let remedy = "name one of the two otherwise, or leave out the generated one: resource_with(|r| r.except(…))";
        self.problems.push(format!("{method} {} is there twice; {remedy}", shape(path)));
    }

    /// Adds an entity with its schemas to the document.
    pub fn schemas(&mut self, meta: &'static EntityMeta, schemas: Vec<(String, Value)>) {
        self.document.entity(meta, schemas);
    }

    /// Adds schemas of entities that others refer to; each gives way to the entity's own, if there is one.
    pub fn related_schemas(&mut self, schemas: Vec<(String, Value)>) {
        self.document.related(schemas);
    }

    /// Adds a user's `#[OpenApi]` implementation. Each of its operations declares who may call it by
    /// an extractor: `Allow<…>`, `SignedIn` or `Public`.
    pub fn api<T: OpenApi>(&mut self, api: T) {
        let mut apis = T::meta();
        let mut registry = Registry::new();
        T::register(&mut registry);
        self.document.registry(&registry);
        for path in apis.iter_mut().flat_map(|api: &mut MetaApi| &mut api.paths) {
            for operation in &mut path.operations {
                match declared(operation) {
                    Ok(access) => {
                        operation.security.clear();
                        operation.params.iter_mut().for_each(name_header);
                        let document_path = document_path(&path.path);
                        self.declare(&path.path, &operation.method, access.clone());
                        let mut described = serde_json::to_value(&*operation).unwrap_or_default();
                        if operation.tags.is_empty() {
                            described["tags"] = serde_json::json!([first_part(&document_path)]);
                        }
                        self.document.operation(&document_path, &operation.method, &access, described);
                    }
                    Err(problem) => self.problems.push(format!("{} {} {problem}", operation.method, path.path)),
                }
            }
        }
        let mut routes = Routes::new();
        api.add_routes(&mut routes);
        for (path, methods) in routes {
            for (method, endpoint) in methods {
                self.route(&path, &method, endpoint);
            }
        }
    }

    fn declare(&mut self, path: &str, method: &Method, access: Access) {
        let declared = Declared { access, name: format!("{method} {}", document_path(path)) };
        if self.declared.insert((shape(path), method.to_string()), declared).is_some() {
            self.twice(path, method);
        }
    }

    /// Checks that every route declares who may call it, puts each behind the gate, and makes the
    /// router and the document.
    ///
    /// # Errors
    ///
    /// A line for each route that is wrong. The program must not start with it.
    pub fn finish(mut self, info: &Info, gate: &Arc<Gate>) -> Result<Api, Vec<String>> {
        let mut guarded = Routes::new();
        for (path, methods) in std::mem::take(&mut self.routes) {
            let allowed = allow(&methods);
            let mut behind = HashMap::new();
            for (method, inner) in methods {
                // Routes, not documents: hidden operations are routed, too.
                match self.declared.get(&(shape(&path), method.to_string())) {
                    Some(Declared { access, name }) => {
                        let (access, operation) = (access.clone(), name.clone());
                        let guard = Guarded { gate: gate.clone(), access, operation, inner };
                        behind.insert(method, Arc::new(guard));
                    }
                    None => self.problems.push(format!(
                        "{method} {path} does not declare who may call it; give it an extractor Allow<…>, SignedIn or Public, and do not hide it"
                    )),
                }
            }
            for variant in variants(&path) {
                guarded.insert(variant, routed(&behind, &allowed));
            }
        }
        self.problems.extend(self.document.problems());
        if !self.problems.is_empty() {
            self.problems.sort();
            self.problems.dedup();
            return Err(self.problems);
        }
        let permissions = self.declared.values().flat_map(|declared| declared.access.scopes()).collect();
        let document = self.document.finish(info);
        // The service prepares requests for the endpoints of users.
        let service = OpenApiService::new(Collected(guarded), &*info.title, &*info.version);
        let endpoint = service.into_endpoint().before(|request| async { Ok(with_routed_method(request)) });
        Ok(Api { endpoint: endpoint.map_to_response().boxed(), document, permissions })
    }
}

/// What the operation's extractors declare.
fn declared(operation: &MetaOperation) -> Result<Access, String> {
    if operation.operation_id.is_none() {
        return Err("has no operation_id; give it one, such as confirmOrder".to_owned());
    }
    let names: Vec<&'static str> = operation.security.iter().flat_map(|s| s.keys().copied()).collect();
    let permissions: Vec<_> = names.iter().filter_map(|name| name.strip_prefix(PERMISSION)).collect();
    match names.as_slice() {
        [PUBLIC] => Ok(Access::Public),
        [SIGNED_IN] => Ok(Access::SignedIn),
        [] => Err("does not declare who may call it; give it an extractor Allow<…>, SignedIn or Public".to_owned()),
        all if all.len() == permissions.len() => Ok(Access::Permissions(permissions)),
        _ => Err("declares who may call it in more than one way".to_owned()),
    }
}

/// Gives a parameter the name of the header that its extractor always takes.
fn name_header(parameter: &mut MetaOperationParam) {
    if let MetaSchemaRef::Inline(schema) = &mut parameter.schema
        && let Some(name) = schema.title.take_if(|title| title.starts_with(HEADER_TITLE))
    {
        name[HEADER_TITLE.len()..].clone_into(&mut parameter.name);
        parameter.description = schema.description.take().map(str::to_owned);
    }
}

/// The methods that the router tells apart.
const METHODS: [Method; 8] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
    Method::TRACE,
];

/// Stands for every other method. The router itself would answer them without `Allow`.
fn other_method() -> Method {
    // A token of letters is always a method.
    Method::from_bytes(b"OTHER").unwrap_or(Method::CONNECT)
}

fn with_routed_method(mut request: Request) -> Request {
    if !METHODS.contains(request.method()) {
        request.set_method(other_method());
    }
    request
}

/// Endpoints of all methods: the others answer 405 with `Allow` (RFC 9110, section 15.5.6).
fn routed(behind: &HashMap<Method, Arc<Guarded>>, allowed: &HeaderValue) -> HashMap<Method, BoxEndpoint<'static>> {
    let all = METHODS.into_iter().chain([other_method()]);
    let mut out: HashMap<Method, BoxEndpoint<'static>> =
        behind.iter().map(|(method, endpoint)| (method.clone(), endpoint.clone().boxed())).collect();
    for method in all {
        let allowed = allowed.clone();
        out.entry(method).or_insert_with(|| {
            make_sync(move |_| {
                let problem =
                    Problem::from_status(StatusCode::METHOD_NOT_ALLOWED).with_header(header::ALLOW, allowed.clone());
                Err::<Response, _>(poem::Error::from(problem))
            })
            .map_to_response()
            .boxed()
        });
    }
    out
}

fn allow(methods: &HashMap<Method, BoxEndpoint<'static>>) -> HeaderValue {
    let names: BTreeSet<&str> = methods.keys().map(Method::as_str).collect();
    let names: Vec<&str> = names.into_iter().collect();
    // Names of methods and commas are always a header value.
    HeaderValue::from_str(&names.join(", ")).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The path with and without its final slash.
fn variants(path: &str) -> [String; 2] {
    let bare = path.strip_suffix('/').unwrap_or(path);
    [bare.to_owned(), format!("{bare}/")]
}

/// A path without the names of its parameters, which users' macros rename, and without the slash.
fn shape(path: &str) -> String {
    let parts = path.trim_end_matches('/').split('/');
    parts.map(|part| if part.starts_with([':', '{']) { "{}" } else { part }).collect::<Vec<_>>().join("/")
}

/// A path in the router's form, with the names that users' macros give to parameters.
fn route(path: &str) -> String {
    let (mut out, mut parameters) = (String::new(), 0_usize);
    for part in path.split('/').filter(|part| !part.is_empty()) {
        out.push('/');
        if part.starts_with([':', '{']) {
            out.push_str(":param");
            out.push_str(&parameters.to_string());
            parameters += 1;
        } else {
            out.push_str(part);
        }
    }
    out
}

/// What an operation belongs to, if its author has not said it: `orders` of `/orders/{id}/confirm`.
fn first_part(path: &str) -> &str {
    path.trim_start_matches('/').split('/').next().unwrap_or_default()
}

/// `/orders/:id` in the document's form.
fn document_path(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.strip_prefix(':') {
        Some(name) => format!("{{{name}}}"),
        None => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Routes as a value: what lets an app be one plain type, whatever it is made of.
struct Collected(Routes);

impl OpenApi for Collected {
    fn meta() -> Vec<MetaApi> {
        Vec::new()
    }

    fn register(_: &mut Registry) {}

    fn add_routes(self, table: &mut Routes) {
        table.extend(self.0);
    }
}
