//! Every kind of slowness ends, by the server's doing.

use std::time::Duration;

use crate::server::{LONG, SHORT, TestServer, http_config, server_config};

use kwik_server::{HttpConfig, ServerConfig};

async fn with_server(change: impl FnOnce(&mut ServerConfig)) -> TestServer {
    TestServer::start(HttpConfig::default(), server_config(change)).await
}

#[tokio::test]
async fn a_connection_without_a_request_is_closed() {
    let server = with_server(|config| config.header_timeout = SHORT).await;
    assert_eq!(server.client().await.closed().await, 0);
}

#[tokio::test]
async fn an_unfinished_header_block_is_closed() {
    let server = with_server(|config| config.header_timeout = SHORT).await;
    let mut client = server.client().await;
    client.send("GET /text/1 HTTP/1.1\r\nHost: te").await;
    assert_eq!(client.closed().await, 0);
}

#[tokio::test]
async fn dripped_headers_win_no_time() {
    let server = with_server(|config| config.header_timeout = SHORT).await;
    let mut client = server.client().await;
    // The socket's own pace is what counts: it drips until the server has closed.
    while client.try_send(b"G").await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_unfinished_second_header_block_is_closed() {
    let server = with_server(|config| {
        config.header_timeout = SHORT;
        config.keep_alive = LONG;
    })
    .await;
    let mut client = server.client().await;
    assert_eq!(client.get("/text/1").await.status, 200);
    client.send("GET /text/1 HTTP/1.1\r\nHost: te").await;
    assert_eq!(client.closed().await, 0);
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_keep_alive() {
    let server = with_server(|config| {
        config.header_timeout = LONG;
        config.keep_alive = SHORT;
    })
    .await;
    let mut client = server.client().await;
    assert_eq!(client.get("/text/1").await.status, 200);
    assert_eq!(client.get("/text/1").await.status, 200);
    assert_eq!(client.closed().await, 0);
}

#[tokio::test]
async fn a_slow_body_is_answered_408_and_closed() {
    let http = http_config(|config| config.body_timeout = SHORT);
    let server = TestServer::start(http, ServerConfig::default()).await;
    let mut client = server.client().await;
    client.send("POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n123").await;
    let answer = client.answer().await;
    assert_eq!(answer.status, 408);
    assert_eq!(answer.code(), "request_timeout");
    assert_eq!(client.closed().await, 0);
}

#[tokio::test]
async fn a_slow_body_is_408_whatever_the_extractor_makes_of_it() {
    let http = http_config(|config| config.body_timeout = SHORT);
    let server = TestServer::start(http, ServerConfig::default()).await;
    let mut client = server.client().await;
    client
        .send("POST /json HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n[\r\n")
        .await;
    assert_eq!(client.answer().await.code(), "request_timeout");
}

#[tokio::test]
async fn a_stalled_reader_is_cut() {
    let mut server = with_server(|config| config.write_timeout = SHORT).await;
    let mut client = server.client().await;
    client.send("GET /stream HTTP/1.1\r\nHost: test\r\n\r\n").await;
    // Nothing is read until the server has given up.
    server.expect("stream dropped").await;
    client.closed().await;
}

#[tokio::test]
async fn a_busy_reader_is_not_idle() {
    let server = with_server(|config| config.keep_alive = Duration::from_millis(1)).await;
    let mut client = server.client().await;
    // Far more than the buffers hold, in one piece: writing it goes on long after the answer was handed over.
    let answer = client.get("/text/30000000").await;
    assert_eq!(answer.body.len(), 30_000_000);
    assert_eq!(client.closed().await, 0);
}
