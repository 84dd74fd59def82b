//! Middleware, and state that everything reaches.

use super::shop::{Product, ProductCreate, app as shop};
use kwik::prelude::*;
use kwik_testkit::{TestApp, on_each_engine};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, get, handler, web};
use poem_openapi::payload::PlainText;
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// How many requests there were.
#[derive(Clone, Default)]
pub struct Requests(Arc<AtomicU32>);

/// Counts requests.
pub struct Count;

impl<E: Endpoint> Middleware<E> for Count {
    type Output = Counted<E>;

    fn transform(&self, inner: E) -> Counted<E> {
        Counted(inner)
    }
}

pub struct Counted<E>(E);

impl<E: Endpoint> Endpoint for Counted<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if let Some(Requests(count)) = request.extensions().get() {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let answer = self.0.call(request).await?;
        Ok(answer.with_header("x-counted", "yes").into_response())
    }
}

/// How many there were, from a route.
#[handler]
fn counted(web::Data(Requests(count)): web::Data<&Requests>) -> String {
    count.load(Ordering::Relaxed).to_string()
}

/// How many there were, from an operation.
pub struct Statistics {
    requests: Requests,
}

#[OpenApi]
impl Statistics {
    /// Count requests.
    #[oai(path = "/statistics", method = "get", operation_id = "countRequests")]
    async fn count(&self, _everybody: Public) -> PlainText<String> {
        PlainText(self.requests.0.load(Ordering::Relaxed).to_string())
    }
}

/// How many there were, from a rule.
pub struct NamedByNumber;

#[async_trait]
impl Rule<Product> for NamedByNumber {
    async fn before_create(&self, _: &Ctx, work: &mut Work, product: &mut ProductCreate) -> Result<()> {
        let Requests(count) = work.state().ok_or_else(|| Error::Internal("nobody counts".to_owned()))?;
        product.name = format!("{} {}", product.name, count.load(Ordering::Relaxed));
        Ok(())
    }
}

fn app() -> App {
    shop()
        .state(Requests::default())
        .with(Count)
        .route("/counted", Access::Public, get(counted))
        .api(|services| Statistics { requests: services.state().cloned().unwrap_or_default() })
        .rule::<Product>(NamedByNumber)
}

on_each_engine! {
    async fn everything_reaches_the_same_state(engine) {
        let app = TestApp::start(engine, app).await;
        let nobody = app.anonymous();
        let first = nobody.get("//counted").await;
        assert_eq!((&*first.body, first.header("x-counted")), (&b"1"[..], Some("yes")));
        assert_eq!(nobody.get("/statistics").await.body, b"2");
        // Around the framework's own routes, too; two more to sign in and to create.
        nobody.get("//livez").await;
        let made = app.with_permissions(&["shop_manage"]).await;
        let made = made.post("/products/", &json!({ "name": "Tea", "price": "1" })).await.ok();
        assert_eq!(made["name"], "Tea 5");
        assert_eq!(nobody.get("//counted").await.body, b"6");
    }

    async fn two_of_one_type_are_refused(engine) {
        let app = App::new().state(1_u8).state(2_u8);
        let error = TestApp::first_start(engine, app, |_| {}).await.err().expect("it must not start").to_string();
        assert!(error.contains("there are two states of the type u8; wrap one of them"), "{error}");
    }
}
