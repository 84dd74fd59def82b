//! Routes of a program's own, beside the interface.

use crate::{App, Services, app::PREFIX};
use kwik_api::{Access, Gate};
use poem::{Endpoint, EndpointExt, IntoEndpoint, Request, Response, Result, Route, endpoint::BoxEndpoint};
use std::sync::Arc;

/// A route that a program has declared.
pub(crate) struct OwnRoute {
    path: String,
    access: Access,
    endpoint: BoxEndpoint<'static>,
}

/// What first parts of paths mean to the framework.
const TAKEN: [&str; 4] = ["docs", "redoc", "livez", "readyz"];

impl App {
    /// Adds anything that poem can serve, at a path outside of `/api/v1`: a webhook, a page, metrics. A path that ends
    /// in `/*` stands for what is before that and for all below it; the endpoint sees the rest. Operations belong into
    /// [`App::api`], where they are documented.
    ///
    /// Only those whom the access names get there. The endpoint finds its [`Ctx`](kwik_domain::Ctx), the [`Services`]
    /// and what was given to [`App::state`] by poem's `Data` extractor.
    #[must_use]
    pub fn route<E>(mut self, path: &str, access: Access, endpoint: E) -> Self
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        let endpoint = endpoint.into_endpoint().map_to_response().boxed();
        self.routes.push(OwnRoute { path: path.to_owned(), access, endpoint });
        self
    }
}

/// What is wrong with the paths, a line each.
pub(crate) fn problems(routes: &[OwnRoute]) -> Vec<String> {
    let wrong = routes.iter().enumerate().filter_map(|(index, OwnRoute { path, .. })| {
        let parts: Vec<_> = path.split('/').skip(1).collect();
        let first = parts.first().copied().unwrap_or_default();
        let reason = if !path.starts_with('/') || path.contains("//") || (path.len() > 1 && path.ends_with('/')) {
            "must begin with a slash, and neither end with one nor have two in a row"
        } else if format!("{path}/").starts_with(&format!("{PREFIX}/")) {
            "is where operations are; give it to App::api"
        } else if TAKEN.contains(&first) {
            "is the framework's own; choose another"
        } else if first.starts_with([':', '<']) || (first.starts_with('*') && path != "/*") {
            "must begin with a name, so that it takes nothing from others"
        } else if routes[..index]
            .iter()
            .any(|other| claims(&other.path).iter().any(|claim| claims(path).contains(claim)))
        {
            "is there twice; one endpoint answers several methods: get(…).post(…)"
        } else {
            return None;
        };
        Some(format!("the route {path} {reason}"))
    });
    wrong.collect()
}

/// The paths that a route answers, without the names of parameters: what is above `/*` is among them.
fn claims(path: &str) -> Vec<String> {
    let parts = path.split('/').map(|part| if part.starts_with([':', '*']) { &part[..1] } else { part });
    let shape = parts.collect::<Vec<_>>().join("/");
    let above = shape.strip_suffix("/*").map(|above| if above.is_empty() { "/" } else { above }.to_owned());
    above.into_iter().chain([shape]).collect()
}

/// Adds the routes behind the gate.
///
/// # Errors
///
/// Of each path that the router does not take, a line.
pub(crate) fn add(
    routes: Route,
    own: Vec<OwnRoute>,
    gate: &Arc<Gate>,
    services: &Services,
) -> std::result::Result<Route, Vec<String>> {
    own.into_iter().try_fold(routes, |routes, OwnRoute { path, access, endpoint }| {
        let endpoint = WithServices { services: services.clone(), endpoint };
        let guarded = gate.guard(access, path.clone(), endpoint.boxed());
        let added = match path.strip_suffix("/*") {
            Some(above) => routes.try_nest(if above.is_empty() { "/" } else { above }, guarded),
            None => routes.try_at(&path, guarded),
        };
        added.map_err(|error| vec![format!("the route {path} cannot be: {error}")])
    })
}

impl OwnRoute {
    /// The permissions that it needs.
    pub(crate) fn permissions(&self) -> Vec<String> {
        self.access.scopes()
    }
}

/// An endpoint with what the program is made of in its reach.
struct WithServices {
    services: Services,
    endpoint: BoxEndpoint<'static>,
}

impl Endpoint for WithServices {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        request.extensions_mut().insert(self.services.clone());
        self.endpoint.call(request).await
    }
}
