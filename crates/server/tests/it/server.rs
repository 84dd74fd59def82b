//! A server of the tests' own with an endpoint for every behaviour.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::stream;
use kwik_server::{ClientAddress, Drain, HttpConfig, Readiness, ServerConfig, harden, health_routes, serve};
use poem::{
    Body, EndpointExt, Request, Response, get, handler, post,
    web::{Data, Json, Path},
};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, mpsc, oneshot},
    task::JoinHandle,
};

use crate::client::{Client, in_time};

/// Short, for what is to time out.
pub(crate) const SHORT: Duration = Duration::from_millis(150);
/// For what is not.
pub(crate) const LONG: Duration = Duration::from_mins(1);

/// What handlers tell and wait for.
#[derive(Clone)]
struct Events {
    told: mpsc::UnboundedSender<&'static str>,
    gate: Arc<Semaphore>,
}

/// Tells that it was dropped.
struct Told(Events, &'static str);

impl Drop for Told {
    fn drop(&mut self) {
        let _ = self.0.told.send(self.1);
    }
}

pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    events: mpsc::UnboundedReceiver<&'static str>,
    gate: Arc<Semaphore>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
}

impl TestServer {
    pub(crate) async fn start(http: HttpConfig, config: ServerConfig) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (told, events) = mpsc::unbounded_channel();
        let gate = Arc::new(Semaphore::new(0));
        let (stop, stopped) = oneshot::channel();
        let endpoint = harden(routes(Events { told, gate: Arc::clone(&gate) }, config.drain.clone()), &http);
        let task = tokio::spawn(serve(listener, endpoint, config, async {
            let _ = stopped.await;
        }));
        Self { address, events, gate, stop: Some(stop), task }
    }

    pub(crate) async fn with_defaults() -> Self {
        Self::start(HttpConfig::default(), ServerConfig::default()).await
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.address).await
    }

    /// Waits until a handler tells this.
    pub(crate) async fn expect(&mut self, event: &str) {
        let told = in_time(self.events.recv()).await;
        assert_eq!(told, Some(event));
    }

    /// Lets one handler at the gate through.
    pub(crate) fn open_gate(&self) {
        self.gate.add_permits(1);
    }

    pub(crate) fn begin_shutdown(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.task.is_finished()
    }

    /// How long the server still takes to end.
    pub(crate) async fn ended(self) -> Duration {
        let start = Instant::now();
        in_time(self.task).await.unwrap().unwrap();
        start.elapsed()
    }
}

struct AlwaysReady;

#[async_trait::async_trait]
impl Readiness for AlwaysReady {
    async fn ready(&self) -> Result<(), String> {
        Ok(())
    }
}

fn routes(events: Events, drain: Drain) -> impl poem::Endpoint {
    health_routes(Arc::new(AlwaysReady), drain)
        .at("/text/:size", get(text))
        .at("/image", get(image))
        .at("/html", get(html))
        .at("/number/:n", get(number))
        .at("/length", post(length))
        .at("/ignore", post(ignore))
        .at("/json", post(json))
        .at("/panic", get(panicking))
        .at("/gate", get(gated))
        .at("/stream", get(streaming))
        .at("/address", get(client_address))
        .data(events)
}

#[handler]
fn text(Path(size): Path<usize>) -> Response {
    Response::builder().content_type("application/json").body("1".repeat(size))
}

#[handler]
fn image() -> Response {
    Response::builder().content_type("image/png").body("1".repeat(5000))
}

#[handler]
fn html() -> Response {
    Response::builder()
        .content_type("text/html")
        .header("content-security-policy", "default-src 'self'")
        .header("cache-control", "max-age=60")
        .body("<p>")
}

#[handler]
fn number(Path(n): Path<u32>) -> String {
    n.to_string()
}

#[handler]
async fn length(body: Body) -> poem::Result<String> {
    Ok(body.into_bytes().await?.len().to_string())
}

#[handler]
fn ignore() -> &'static str {
    "ignored"
}

#[handler]
fn json(Json(value): Json<Vec<u32>>) -> Json<Vec<u32>> {
    Json(value)
}

#[handler]
#[expect(clippy::panic, reason = "this is what is tested")]
fn panicking() -> String {
    panic!("on purpose")
}

/// Tells when it began, waits at the gate, tells when its work is done.
#[handler]
async fn gated(Data(events): Data<&Events>) -> &'static str {
    events.told.send("began").unwrap();
    events.gate.acquire().await.unwrap().forget();
    events.told.send("done").unwrap();
    "through"
}

static CHUNK: [u8; 64 * 1024] = [b'1'; 64 * 1024];

/// Endless; tells when it is given up.
#[handler]
fn streaming(Data(events): Data<&Events>) -> Response {
    let told = Told(events.clone(), "stream dropped");
    let chunks = stream::unfold(told, |told| async {
        let chunk = Bytes::from_static(&CHUNK);
        Some((Ok::<_, std::io::Error>(chunk), told))
    });
    Response::builder().content_type("application/octet-stream").body(Body::from_bytes_stream(Box::pin(chunks)))
}

#[handler]
fn client_address(request: &Request) -> String {
    ClientAddress::of(request).unwrap().0.to_string()
}

/// The configuration with one change.
pub(crate) fn server_config(change: impl FnOnce(&mut ServerConfig)) -> ServerConfig {
    let mut config = ServerConfig::default();
    change(&mut config);
    config
}

/// The configuration with one change.
pub(crate) fn http_config(change: impl FnOnce(&mut HttpConfig)) -> HttpConfig {
    let mut config = HttpConfig::default();
    change(&mut config);
    config
}
