//! Bounds of size and number.

use kwik_server::{HttpConfig, ServerConfig};

use crate::{
    client::{Client, in_time},
    server::{TestServer, http_config, server_config},
};

const SMALL: u64 = 1000;

async fn with_small_bodies() -> TestServer {
    let http = http_config(|config| config.max_body_bytes = SMALL);
    TestServer::start(http, ServerConfig::default()).await
}

fn head(path: &str, headers: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: test\r\n{headers}\r\n\r\n")
}

#[tokio::test]
async fn a_body_at_the_bound_is_read() {
    let server = with_small_bodies().await;
    let mut client = server.client().await;
    client.send(head("/length", "Content-Length: 1000")).await;
    client.send("x".repeat(1000)).await;
    assert_eq!(client.answer().await.body, b"1000");
    client.send(head("/length", "Transfer-Encoding: chunked")).await;
    client.send("3e8\r\n").await;
    client.send("x".repeat(1000)).await;
    client.send("\r\n0\r\n\r\n").await;
    assert_eq!(client.answer().await.body, b"1000");
    assert_eq!(client.request("POST /length HTTP/1.1").await.body, b"0");
}

#[tokio::test]
async fn a_body_in_many_pieces_is_read_whole() {
    let server = TestServer::with_defaults().await;
    let mut client = server.client().await;
    client.send(head("/length", "Transfer-Encoding: chunked")).await;
    for _ in 0..50 {
        client.send("1\r\nx\r\n").await;
        client.send(format!("1000\r\n{}\r\n", "x".repeat(4096))).await;
    }
    client.send("0\r\nTrailer: x\r\n\r\n").await;
    assert_eq!(client.answer().await.body, b"204850");
    client.send(head("/length", "Content-Length: 3")).await;
    for _ in 0..3 {
        client.send("x").await;
    }
    assert_eq!(client.answer().await.body, b"3");
}

#[tokio::test]
async fn an_announced_large_body_is_refused_unread() {
    let server = with_small_bodies().await;
    let mut client = server.client().await;
    client.send(head("/length", "Content-Length: 1001")).await;
    let answer = client.answer().await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.code(), "body_too_large");
    assert_eq!(answer.header("connection"), Some("close"));
}

#[tokio::test]
async fn a_client_that_sends_a_large_body_first_still_sees_the_answer() {
    let server = with_small_bodies().await;
    let mut client = server.client().await;
    client.send(head("/length", "Content-Length: 30000000")).await;
    client.send("x".repeat(30_000_000)).await;
    assert_eq!(client.answer().await.status, 413);
}

#[tokio::test]
async fn a_large_chunked_body_is_refused() {
    let server = with_small_bodies().await;
    for path in ["/length", "/json"] {
        let mut client = server.client().await;
        let headers = "Content-Type: application/json\r\nTransfer-Encoding: chunked";
        client.send(head(path, headers)).await;
        client.send("3e9\r\n").await;
        client.send("1".repeat(1001)).await;
        client.send("\r\n0\r\n\r\n").await;
        let answer = client.answer().await;
        assert_eq!((answer.status, answer.code().as_str()), (413, "body_too_large"));
        assert_eq!(client.closed().await, 0);
    }
}

#[tokio::test]
async fn an_unread_body_costs_nobody_an_answer() {
    let http = http_config(|config| config.max_body_bytes = u64::MAX);
    let server = TestServer::start(http, ServerConfig::default()).await;
    let mut client = server.client().await;
    client.send(head("/ignore", "Content-Length: 20000000")).await;
    client.send("x".repeat(20_000_000)).await;
    assert_eq!(client.answer().await.body, b"ignored");
}

#[tokio::test]
async fn a_get_needs_no_length() {
    let server = with_small_bodies().await;
    assert_eq!(server.client().await.get("/text/1").await.status, 200);
}

#[tokio::test]
async fn large_headers_are_refused() {
    let server = TestServer::with_defaults().await;
    let mut client = server.client().await;
    let header = "x".repeat(17 * 1024);
    let answer = client.request(&format!("GET /text/1 HTTP/1.1\r\nX-Large: {header}")).await;
    assert_eq!(answer.status, 431);
}

#[tokio::test]
async fn connections_beyond_the_cap_are_refused_until_one_is_free() {
    let config = server_config(|config| config.max_connections = 2);
    let server = TestServer::start(HttpConfig::default(), config).await;
    let mut first = server.client().await;
    let mut second = server.client().await;
    assert_eq!(first.get("/text/1").await.status, 200);
    assert_eq!(second.get("/text/1").await.status, 200);
    let mut third = server.client().await;
    let answer = third.get("/text/1").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.code(), "too_many_connections");
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(answer.json()["request_id"].as_str(), answer.header("x-request-id"));
    assert_eq!(third.closed().await, 0);
    drop(first);
    in_time(until_served(&server)).await;
    assert_eq!(second.get("/text/1").await.status, 200);
}

/// Tries until the server has noticed that there is room.
pub(crate) async fn until_served(server: &TestServer) -> Client {
    loop {
        let mut client = server.client().await;
        client.send("GET /text/1 HTTP/1.1\r\nHost: test\r\n\r\n").await;
        if client.try_answer().await.is_some_and(|answer| answer.status == 200) {
            return client;
        }
    }
}
