//! What is around all routes of a program: its state, and middleware of its own.

use crate::{App, Section, settings::DeclaredSection};
use poem::{Endpoint, EndpointExt, Middleware, Request, Response, endpoint::BoxEndpoint};
use std::{any::type_name, sync::Arc};

type Wrap = Box<dyn FnOnce(BoxEndpoint<'static, Response>) -> BoxEndpoint<'static, Response> + Send>;
type Put = Arc<dyn Fn(&mut Request) + Send + Sync>;

/// What is around all routes.
#[derive(Default)]
pub(crate) struct Surroundings {
    middleware: Vec<Wrap>,
    /// Put what endpoints look for into requests.
    state: Vec<Put>,
}

impl App {
    /// Wraps everything below hardening into a middleware: all routes, before anybody has been authenticated. The one
    /// that was added last is the outermost.
    #[must_use]
    pub fn with<M>(mut self, middleware: M) -> Self
    where
        M: Middleware<BoxEndpoint<'static, Response>> + Send + 'static,
        M::Output: 'static,
    {
        let wrap = |endpoint: BoxEndpoint<'static, Response>| endpoint.with(middleware).map_to_response().boxed();
        self.surroundings.middleware.push(Box::new(wrap));
        self
    }

    /// Puts something of one's own in reach, one of each type: of endpoints by poem's `Data<&T>`, of what
    /// [`App::api`] makes by [`Services::state`](crate::Services::state), of rules and commands by
    /// [`Work::state`](crate::services::Work::state). Requests get clones of it.
    #[must_use]
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        if self.state.get::<T>().is_some() {
            self.problems.push(format!("there are two states of the type {}; wrap one of them", type_name::<T>()));
        }
        let in_requests = value.clone();
        self.surroundings.state.push(Arc::new(move |request| {
            request.extensions_mut().insert(in_requests.clone());
        }));
        self.state.insert(value);
        self
    }

    /// Reads a [`Section`] of settings of one's own; it is in reach as a [state](crate::Services::state).
    #[must_use]
    pub fn settings<S: Section>(mut self) -> Self {
        let section = DeclaredSection::of::<S>();
        self.problems.extend(section.problem(&self.sections));
        self.sections.push(section);
        self
    }
}

impl Surroundings {
    /// The endpoint within them.
    pub(crate) fn around(self, endpoint: impl Endpoint + 'static) -> BoxEndpoint<'static, Response> {
        let endpoint = endpoint.map_to_response().boxed();
        let endpoint = self.middleware.into_iter().fold(endpoint, |endpoint, wrap| wrap(endpoint));
        if self.state.is_empty() {
            return endpoint;
        }
        let state: Arc<[Put]> = self.state.into();
        let put = move |mut request: Request| {
            state.iter().for_each(|put| put(&mut request));
            async move { Ok(request) }
        };
        endpoint.before(put).map_to_response().boxed()
    }
}
