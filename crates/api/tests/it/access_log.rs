//! One line a request, and nothing secret in it.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use crate::server::TestServer;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    fn access(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = text.lines().filter(|line| line.contains("kwik::access"));
        lines.map(str::to_owned).collect()
    }
}

// One thread, so that the subscriber of the test hears the tasks of the server.
#[tokio::test(flavor = "current_thread")]
async fn method_path_status_size_and_id_but_no_query() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let server = TestServer::with_defaults().await;
    let mut client = server.client().await;
    let head =
        "GET /text/7?token=secret HTTP/1.1\r\nX-Request-Id: my-id\r\nAuthorization: Bearer secret";
    client.request(head).await;
    client
        .request("GET /text/5000 HTTP/1.1\r\nAccept-Encoding: gzip")
        .await;
    client.get("/panic").await;
    let access = lines.access();
    assert_eq!(access.len(), 3);
    for part in [
        "GET",
        "/text/7",
        "status=200",
        "bytes=7",
        "my-id",
        "duration_us=",
        "127.0.0.1",
    ] {
        assert!(access[0].contains(part), "{part} in {}", access[0]);
    }
    assert!(!access[0].contains("secret"));
    assert!(access[1].contains("/text/5000") && !access[1].contains("bytes=5000"));
    assert!(access[2].contains("status=500"));
}
