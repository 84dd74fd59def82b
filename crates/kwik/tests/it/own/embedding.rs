//! An app within a server of one's own.

use super::shop::app;
use kwik::{App, Settings};
use kwik_testkit::{database::TestDatabase, on_each_engine};
use poem::{Route, Server, endpoint::make_sync, listener::TcpAcceptor};
use std::{collections::BTreeMap, error::Error, future::Future};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

/// Serves the app beside a route of the server's own until it is told to stop.
async fn serve(
    app: App,
    settings: Settings,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let service = app.build(&settings).await?;
    let routes = Route::new().at("/hello", make_sync(|_| "hello")).nest("/", service.endpoint.clone());
    let acceptor = TcpAcceptor::from_tokio(listener)?;
    let served = Server::new_with_acceptor(acceptor).run_with_graceful_shutdown(routes, stop, None).await;
    // What goes on in the background ends with it.
    service.close().await;
    Ok(served?)
}

async fn get(address: std::net::SocketAddr, path: &str) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

on_each_engine! {
    async fn an_app_is_an_endpoint_among_others(engine) {
        let database = TestDatabase::from_template(engine, "nothing", async |_| Ok(())).await.unwrap();
        let variables = [
            ("KWIK_DATABASE_URL", database.url()),
            ("KWIK_SECRET_KEY", "a key for tests, which nobody else has"),
            ("KWIK_HASH_MEMORY", "64"),
        ];
        let variables: BTreeMap<_, _> = variables.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let settings = Settings::from_variables(variables).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(serve(app(), settings.clone(), listener, async { drop(stopped.await) }));
        assert!(get(address, "/hello").await.ends_with("\r\n\r\nhello"));
        let page = get(address, "/api/v1/products/").await;
        assert!(page.starts_with("HTTP/1.1 200") && page.ends_with("{\"total\":0,\"data\":[]}"), "{page}");
        assert!(page.contains("x-request-id"), "hardened: {page}");
        let problem = get(address, "/api/v1/products/7").await;
        assert!(problem.starts_with("HTTP/1.1 404") && problem.contains("\"code\":\"not_found\""), "{problem}");
        assert!(get(address, "/docs").await.starts_with("HTTP/1.1 200"));
        assert!(get(address, "/readyz").await.starts_with("HTTP/1.1 200"));
        stop.send(()).unwrap();
        server.await.unwrap().unwrap();
        // Nothing is held any more: another takes the same database.
        app().build(&settings).await.unwrap().close().await;
    }
}
