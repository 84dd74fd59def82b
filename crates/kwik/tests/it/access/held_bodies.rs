//! Rights are those of the moment at which the whole request is there.

use super::rights::app;
use http::{Method, StatusCode, header};
use kwik_testkit::{TestApp, on_each_engine};
use poem::{Body, Endpoint, Request};
use serde_json::json;
use tokio::io::AsyncWriteExt;

on_each_engine! {
    async fn what_is_taken_away_while_a_body_comes_is_not_used(engine) {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        ada.post("/notes/", &json!({ "text": "first" })).await.ok();
        let user = app.new_user(&["notes_update"]).await;
        let token = app.as_user(&user).await.token().unwrap().to_owned();
        // So narrow that the first half has gone through only when somebody reads: behind the gate.
        let (mut client, server) = tokio::io::duplex(1);
        let request = Request::builder()
            .method(Method::PUT)
            .uri("/api/v1/notes/1".parse().unwrap())
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from_async_read(server));
        let endpoint = app.service().endpoint.clone();
        let answer = tokio::spawn(async move { endpoint.get_response(request).await });
        client.write_all(b"{\"text\": ").await.unwrap();
        app.service().services.users.set_active(&app.system(), &user.email, false).await.unwrap();
        client.write_all(b"\"second\"}").await.unwrap();
        drop(client);
        assert_eq!(answer.await.unwrap().status(), StatusCode::UNAUTHORIZED);
        assert_eq!(ada.get("/notes/1").await.ok()["text"], "first");
    }
}
