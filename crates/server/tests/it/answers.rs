//! What every answer carries.

use std::time::Duration;

use kwik_server::{HttpConfig, ServerConfig};

use crate::server::{TestServer, http_config};

async fn with_http(change: impl FnOnce(&mut HttpConfig)) -> TestServer {
    TestServer::start(http_config(change), ServerConfig::default()).await
}

#[tokio::test]
async fn a_well_formed_request_id_is_kept_and_others_are_replaced() {
    let server = TestServer::with_defaults().await;
    let mut client = server.client().await;
    let answer = client.request("GET /none HTTP/1.1\r\nX-Request-Id: My-id_1.2").await;
    assert_eq!(answer.header("x-request-id"), Some("My-id_1.2"));
    assert_eq!(answer.json()["request_id"], "My-id_1.2");
    for bad in ["a b", "ü", "<script>", &"x".repeat(65)] {
        let head = format!("GET /none HTTP/1.1\r\nX-Request-Id: {bad}");
        let answer = client.request(&head).await;
        let id = answer.header("x-request-id").unwrap();
        assert_eq!(id.len(), 32, "{bad}");
        assert_eq!(answer.json()["request_id"], id);
    }
    let first = client.get("/text/1").await;
    let second = client.get("/text/1").await;
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
}

#[tokio::test]
async fn security_headers_are_on_every_answer() {
    let server = TestServer::with_defaults().await;
    let mut client = server.client().await;
    for path in ["/text/1", "/none", "/panic", "/livez"] {
        let answer = client.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'"));
        assert_eq!(answer.header("strict-transport-security"), None);
    }
}

#[tokio::test]
async fn policy_and_caching_of_the_endpoint_win() {
    let server = with_http(|config| config.hsts = Some(Duration::from_hours(1))).await;
    let answer = server.client().await.get("/html").await;
    assert_eq!(answer.header("content-security-policy"), Some("default-src 'self'"));
    assert_eq!(answer.header("cache-control"), Some("max-age=60"));
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=3600; includeSubDomains"));
}

#[tokio::test]
async fn errors_of_poem_are_problems_without_an_echo() {
    let server = TestServer::with_defaults().await;
    let mut client = server.client().await;
    let json = "Content-Type: application/json\r\nContent-Length: 8";
    for (head, body, status, code) in [
        ("GET /secret HTTP/1.1", "", 404, "not_found"),
        ("DELETE /text/1 HTTP/1.1", "", 405, "method_not_allowed"),
        ("GET /number/secret HTTP/1.1", "", 400, "bad_request"),
        ("POST /json HTTP/1.1", "", 415, "unsupported_media_type"),
        (&format!("POST /json HTTP/1.1\r\n{json}"), "\"secret\"", 400, "bad_request"),
    ] {
        client.send(format!("{head}\r\nHost: test\r\n\r\n{body}")).await;
        let answer = client.answer().await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{head}");
        assert!(!answer.json().to_string().contains("secret"));
        assert_eq!(answer.json()["type"], "about:blank");
    }
}

#[tokio::test]
async fn answers_are_compressed_from_500_bytes_on() {
    let server = TestServer::with_defaults().await;
    let mut client = server.client().await;
    for (path, encoding, vary) in
        [("/text/499", None, None), ("/text/500", Some("gzip"), Some("accept-encoding")), ("/image", None, None)]
    {
        let answer = client.request(&format!("GET {path} HTTP/1.1\r\nAccept-Encoding: br, gzip")).await;
        assert_eq!(answer.header("content-encoding"), encoding, "{path}");
        assert_eq!(answer.header("vary"), vary, "{path}");
        assert_eq!(answer.body.starts_with(&[0x1f, 0x8b]), encoding.is_some());
    }
}

#[tokio::test]
async fn compression_needs_consent() {
    let server = TestServer::with_defaults().await;
    let mut client = server.client().await;
    for head in [
        "GET /text/500 HTTP/1.1",
        "GET /text/500 HTTP/1.1\r\nAccept-Encoding: gzip;q=0",
        "GET /text/500 HTTP/1.1\r\nAccept-Encoding: br",
    ] {
        let answer = client.request(head).await;
        assert_eq!(answer.header("content-encoding"), None);
        assert_eq!(answer.header("vary"), Some("accept-encoding"));
        assert_eq!(answer.body.len(), 500);
    }
    let server = with_http(|config| config.compression = false).await;
    let head = "GET /text/500 HTTP/1.1\r\nAccept-Encoding: gzip";
    let answer = server.client().await.request(head).await;
    assert_eq!(answer.header("content-encoding"), None);
}

#[tokio::test]
async fn only_trusted_proxies_are_believed() {
    let head = "GET /address HTTP/1.1\r\nX-Forwarded-For: 6.6.6.6, 1.2.3.4";
    let server = TestServer::with_defaults().await;
    assert_eq!(server.client().await.request(head).await.body, b"127.0.0.1");
    let server = with_http(|config| {
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    assert_eq!(server.client().await.request(head).await.body, b"1.2.3.4");
}

#[tokio::test]
async fn a_healthy_service_says_so() {
    let server = TestServer::with_defaults().await;
    let mut client = server.client().await;
    for path in ["/livez", "/readyz"] {
        let answer = client.get(path).await;
        assert_eq!((answer.status, answer.body.as_slice()), (200, br#"{"status":"ok"}"#.as_slice()));
    }
}
