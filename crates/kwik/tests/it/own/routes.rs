//! Routes that are no operations.

use super::shop::{self, Product};
use kwik::prelude::*;
use kwik_testkit::{TestApp, on_each_engine};
use poem::{Endpoint, Request, endpoint::make_sync, get, handler, post, web::Data};
use serde_json::json;

/// The payment service tells what was paid.
#[handler]
async fn paid(Data(ctx): Data<&Ctx>, Data(services): Data<&Services>, name: String) -> Result<String, Problem> {
    // Whoever calls is nobody: what is checked here is the signature of the payment service.
    let ctx = ctx.elevated();
    let found = services.data.single().repository::<Product>().count(&ctx, &Product::NAME.eq(&*name)).await?;
    Ok(format!("{found} paid"))
}

/// Numbers for whoever watches the program.
#[handler]
fn metrics(Data(ctx): Data<&Ctx>) -> String {
    format!("seen_by {}\n", ctx.actor.user_id().unwrap_or_default())
}

/// What is below `/files` in place of files.
fn files() -> impl Endpoint {
    make_sync(|request: Request| request.uri().path().to_owned())
}

fn app() -> App {
    shop::app()
        .route("/hooks/payments", Access::Public, post(paid))
        .route("/metrics", Access::Permissions(vec!["metrics_read"]), get(metrics))
        .route("/files/*", Access::SignedIn, files())
}

on_each_engine! {
    async fn a_route_is_behind_the_same_gate(engine) {
        let app = TestApp::start(engine, app).await;
        shop::stock(&app).await;
        let nobody = app.anonymous();
        let answer = nobody.raw(http::Method::POST, "//hooks/payments", "Tea").await;
        assert_eq!(answer.body, b"1 paid");
        assert!(answer.header("x-request-id").is_some());
        nobody.get("//metrics").await.refused(401, "not_authenticated");
        let plain = app.with_permissions(&[]).await;
        let denied = plain.get("//metrics").await.problem(403);
        assert_eq!(denied["detail"], "Not enough privileges: the permission metrics_read is needed");
        let watcher = app.new_user(&["metrics_read"]).await;
        assert_eq!(app.as_user(&watcher).await.get("//metrics").await.body, format!("seen_by {}\n", watcher.id).into_bytes());
        nobody.get("//files/a/b.txt").await.refused(401, "not_authenticated");
        nobody.with_token("garbage").get("//files/a/b.txt").await.refused(401, "invalid_token");
        assert_eq!(plain.get("//files/a/b.txt").await.body, b"/a/b.txt");
        plain.get("//elsewhere").await.refused(404, "not_found");
        plain.post("//metrics", &json!({})).await.refused(403, "forbidden");
        nobody.get("//livez").await;
        let denials = app.admin().await.get("/audit/?filter=action%20%3D%20%22denied%22").await;
        assert!(String::from_utf8_lossy(&denials.body).contains("/metrics"), "{}", String::from_utf8_lossy(&denials.body));
    }

    async fn a_route_may_take_all_that_is_left(engine) {
        let app = || App::new().route("/*", Access::Public, files());
        let app = TestApp::start(engine, app).await;
        let nobody = app.anonymous();
        assert_eq!(nobody.get("//").await.body, b"/");
        assert_eq!(nobody.get("//a/b").await.body, b"/a/b");
        assert_eq!(nobody.get("//livez").await.status, 200);
        assert_eq!(nobody.get("//docs").await.header("content-type"), Some("text/html; charset=utf-8"));
        nobody.get("/users/").await.refused(401, "not_authenticated");
        nobody.get("/nothing/").await.refused(404, "not_found");
    }

    async fn a_route_that_is_taken_is_named(engine) {
        let at = |path: &str| App::new().route(path, Access::Public, files());
        for (app, line) in [
            (at("/docs"), "the route /docs is the framework's own; choose another"),
            (at("/docs/mine"), "the route /docs/mine is the framework's own"),
            (at("/livez"), "the route /livez is the framework's own"),
            (at("/readyz"), "the route /readyz is the framework's own"),
            (at("/redoc"), "the route /redoc is the framework's own"),
            (at("/api/v1/mine"), "the route /api/v1/mine is where operations are; give it to App::api"),
            (at("/api/v1"), "the route /api/v1 is where operations are"),
            (at("/api/v1/*"), "the route /api/v1/* is where operations are"),
            (at("mine"), "the route mine must begin with a slash"),
            (at("/mine/"), "the route /mine/ must begin with a slash, and neither end with one"),
            (at("/:all"), "the route /:all must begin with a name"),
            (at("/a/*").route("/a", Access::Public, files()), "the route /a is there twice"),
            (at("/").route("/*", Access::Public, files()), "the route /* is there twice"),
            (at("/a/:b").route("/a/:c", Access::Public, files()), "the route /a/:c is there twice"),
        ] {
            let error = TestApp::first_start(engine, app, |_| {}).await.err().expect("it must not start");
            assert!(matches!(error, kwik::Error::Declaration(_)), "{error}");
            assert!(error.to_string().contains(line), "{line} in: {error}");
        }
    }
}
