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
    /// The lines of one request: other tests may write as well.
    fn of(&self, request_id: &str) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = text.lines().filter(|line| line.contains("kwik::access") && line.contains(request_id));
        lines.map(str::to_owned).collect()
    }
}

#[tokio::test]
async fn method_path_status_size_and_id_but_no_query() {
    let lines = Lines::default();
    let writer = lines.clone();
    // For the whole process: what a callsite has found out about subscribers is shared by all threads.
    tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).init();
    let server = TestServer::with_defaults().await;
    let mut client = server.client().await;
    for (path, headers, id) in [
        ("/text/7?token=secret", "Authorization: Bearer secret", "log-1"),
        ("/text/5000", "Accept-Encoding: gzip", "log-2"),
        ("/panic", "Accept: */*", "log-3"),
    ] {
        let head = format!("GET {path} HTTP/1.1\r\nX-Request-Id: {id}\r\n{headers}");
        client.request(&head).await;
    }
    // The line of a stream is written when its body is dropped, which the next answer proves.
    client.get("/text/1").await;
    let [plain, compressed, panicked] = ["log-1", "log-2", "log-3"].map(|id| lines.of(id));
    assert_eq!((plain.len(), compressed.len(), panicked.len()), (1, 1, 1));
    for part in ["GET", "/text/7", "status=200", "bytes=7", "duration_us=", "127.0.0.1"] {
        assert!(plain[0].contains(part), "{part} in {}", plain[0]);
    }
    assert!(!plain[0].contains("secret"));
    assert!(compressed[0].contains("/text/5000") && !compressed[0].contains("bytes=5000"));
    assert!(panicked[0].contains("status=500"));
}
