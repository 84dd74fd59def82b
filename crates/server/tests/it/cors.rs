//! Which scripts may ask.

use kwik_server::ServerConfig;

use crate::server::{TestServer, http_config};

const ORIGIN: &str = "https://app.example.com";

async fn with_origin() -> TestServer {
    let http = http_config(|config| config.cors_origins = vec![ORIGIN.to_owned()]);
    TestServer::start(http, ServerConfig::default()).await
}

#[tokio::test]
async fn off_by_default() {
    let server = TestServer::with_defaults().await;
    let head = format!("GET /text/1 HTTP/1.1\r\nOrigin: {ORIGIN}");
    let answer = server.client().await.request(&head).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), None);
    assert_eq!(answer.header("vary"), None);
}

#[tokio::test]
async fn an_allowed_origin_may_read_answers_and_errors() {
    let server = with_origin().await;
    let mut client = server.client().await;
    for path in ["/text/1", "/none", "/panic"] {
        let head = format!("GET {path} HTTP/1.1\r\nOrigin: {ORIGIN}");
        let answer = client.request(&head).await;
        assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
        assert_eq!(
            answer.header("access-control-expose-headers"),
            Some("ETag, Location, Link, Retry-After, X-Request-Id")
        );
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        assert_eq!(answer.header("vary"), Some("origin"));
    }
}

#[tokio::test]
async fn preflights_reach_no_endpoint() {
    let server = with_origin().await;
    let head = format!(
        "OPTIONS /text/1 HTTP/1.1\r\nOrigin: {ORIGIN}\r\nAccess-Control-Request-Method: PUT\r\n\
         Access-Control-Request-Headers: if-match"
    );
    let answer = server.client().await.request(&head).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    let methods = answer.header("access-control-allow-methods").unwrap();
    assert!(methods.contains("PUT") && methods.contains("PATCH"));
    let headers = answer.header("access-control-allow-headers").unwrap();
    for name in ["Authorization", "If-Match", "Idempotency-Key", "X-API-Key"] {
        assert!(headers.contains(name), "{name}");
    }
}

#[tokio::test]
async fn other_origins_get_ordinary_answers() {
    let server = with_origin().await;
    let mut client = server.client().await;
    for origin in ["https://evil.example.com", "null", "https://app.example.com.evil.com", "ü"] {
        let head = format!("GET /text/1 HTTP/1.1\r\nOrigin: {origin}");
        let answer = client.request(&head).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("access-control-allow-origin"), None);
        assert_eq!(answer.header("vary"), Some("origin"));
        let head = format!("OPTIONS /text/1 HTTP/1.1\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: PUT");
        assert_eq!(client.request(&head).await.status, 405);
    }
}
