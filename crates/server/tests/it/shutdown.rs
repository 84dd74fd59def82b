//! The end: nothing in flight is lost, nothing stalled delays it.

use std::{net::SocketAddr, time::Duration};

use kwik_server::{HttpConfig, ServerConfig};
use tokio::net::TcpStream;

use crate::{
    client::{Client, in_time},
    limits::until_served,
    server::{LONG, TestServer, server_config},
};

/// Nothing here takes long; machines may be busy.
const AT_ONCE: Duration = Duration::from_secs(2);

async fn with_server(change: impl FnOnce(&mut ServerConfig)) -> TestServer {
    TestServer::start(HttpConfig::default(), server_config(change)).await
}

#[tokio::test]
async fn idle_connections_are_closed_at_once() {
    let mut server = with_server(|config| {
        config.keep_alive = LONG;
        config.grace = LONG;
    })
    .await;
    let mut client = server.client().await;
    assert_eq!(client.get("/text/1").await.status, 200);
    server.begin_shutdown();
    assert_eq!(client.closed().await, 0);
    assert!(server.ended().await < AT_ONCE);
}

#[tokio::test]
async fn a_fresh_connection_may_still_send_its_request() {
    let mut server = with_server(|config| {
        config.header_timeout = LONG;
        config.grace = LONG;
    })
    .await;
    let mut asking = server.client().await;
    let mut silent = server.client().await;
    assert_eq!(server.client().await.get("/text/1").await.status, 200);
    server.begin_shutdown();
    let answer = asking.get("/readyz").await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "unavailable"));
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(asking.closed().await, 0);
    assert_eq!(silent.closed().await, 0);
    assert!(server.ended().await < AT_ONCE);
}

// One thread, so that the server does not get to run before the shutdown.
#[tokio::test(flavor = "current_thread")]
async fn connections_that_wait_in_the_queue_are_served() {
    let mut server = with_server(|_| {}).await;
    assert_eq!(server.client().await.get("/text/1").await.status, 200);
    let waiting = std::net::TcpStream::connect(server.address).unwrap();
    waiting.set_nonblocking(true).unwrap();
    server.begin_shutdown();
    let mut client = Client::from(TcpStream::from_std(waiting).unwrap());
    let answer = client.get("/text/1").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(server.ended().await < AT_ONCE);
}

#[tokio::test]
async fn requests_in_flight_finish_in_spite_of_100_stalled_sockets() {
    const GRACE: Duration = Duration::from_millis(500);
    let mut server = with_server(|config| {
        config.header_timeout = LONG;
        config.write_timeout = LONG;
        config.grace = GRACE;
    })
    .await;
    let mut stalled = Vec::new();
    for kind in 0..100 {
        let mut client = server.client().await;
        client.send(STALLS[kind % STALLS.len()]).await;
        stalled.push(client);
    }
    let mut client = server.client().await;
    client.send("GET /gate HTTP/1.1\r\nHost: test\r\n\r\n").await;
    server.expect("began").await;
    server.begin_shutdown();
    in_time(until_refused(server.address)).await;
    server.open_gate();
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"through".as_slice()));
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(server.ended().await < GRACE + Duration::from_secs(1));
    for client in &mut stalled {
        client.closed().await;
    }
}

const STALLS: [&str; 3] = [
    "GET /text/1 HTTP/1.1\r\nHost: te",
    "POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n123",
    "GET /stream HTTP/1.1\r\nHost: test\r\n\r\n",
];

/// The server stops listening: sooner or later connecting fails.
async fn until_refused(address: SocketAddr) {
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn work_without_a_client_is_waited_for() {
    let mut server = with_server(|config| {
        config.max_connections = 1;
        config.grace = LONG;
    })
    .await;
    let mut client = server.client().await;
    client.send("GET /gate HTTP/1.1\r\nHost: test\r\n\r\n").await;
    server.expect("began").await;
    client.reset();
    // With room for one connection, being served means that the server dropped the other.
    let mut other = in_time(until_served(&server)).await;
    server.begin_shutdown();
    in_time(until_refused(server.address)).await;
    other.closed().await;
    assert!(!server.has_ended());
    server.open_gate();
    server.expect("done").await;
    assert!(server.ended().await < AT_ONCE);
}
