//! What happens in a request stays in it, and goes on without its client.

use kwik_server::{HttpConfig, ServerConfig};

use crate::{
    client::in_time,
    limits::until_served,
    server::{SHORT, TestServer, http_config, server_config},
};

#[tokio::test]
async fn a_panic_is_a_500_and_the_connection_lives_on() {
    let server = TestServer::with_defaults().await;
    let mut client = server.client().await;
    let answer = client.get("/panic").await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.code(), "internal");
    assert!(!answer.json().to_string().contains("on purpose"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(client.get("/text/1").await.status, 200);
}

#[tokio::test]
async fn work_goes_on_when_its_client_is_gone() {
    let config = server_config(|config| config.max_connections = 1);
    let mut server = TestServer::start(HttpConfig::default(), config).await;
    for reset in [false, true] {
        let mut client = in_time(until_served(&server)).await;
        client.send("GET /gate HTTP/1.1\r\nHost: test\r\n\r\n").await;
        server.expect("began").await;
        if reset {
            client.reset();
        } else {
            drop(client);
        }
        // With room for one connection, being served means that the server dropped the other.
        let other = in_time(until_served(&server)).await;
        server.open_gate();
        server.expect("done").await;
        drop(other);
    }
}

#[tokio::test]
async fn work_goes_on_after_the_time_limit() {
    let http = http_config(|config| config.handler_timeout = SHORT);
    let mut server = TestServer::start(http, ServerConfig::default()).await;
    let mut client = server.client().await;
    let answer = client.get("/gate").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.code(), "timeout");
    server.expect("began").await;
    server.open_gate();
    server.expect("done").await;
    assert_eq!(client.get("/text/1").await.status, 200);
}
