//! `serve`: the interface on a socket.

use crate::{App, Error, Result, Settings, SettingsError, terminal::say};
use clap::ArgMatches;
use kwik_api::server;
use kwik_identity::Welcome;
use std::borrow::Cow;
use tokio::net::TcpListener;

/// Serves until it is told to stop (Ctrl-C, or the system's SIGTERM), and then as long as requests
/// are in flight.
pub(crate) async fn run(app: App, mut settings: Settings, matches: &ArgMatches) -> Result<()> {
    overrides(&mut settings, matches)?;
    // Before the database: a port that is taken must leave no trace there.
    let listener = listen(&settings).await?;
    let address = listener.local_addr().map_err(|e| cannot_listen(&settings, &e))?;
    say("preparing the database …");
    let service = app.build(&settings).await?;
    if let Some(welcome) = &service.welcome {
        greet(welcome);
    }
    // Before the address is known to anybody: who reads it may stop the program at once.
    let stop = stop();
    say(&format!("serving on   http://{address}"));
    say(&format!("documents at http://{address}/docs"));
    say("stop with Ctrl-C");
    let served = server::serve(listener, service.endpoint.clone(), settings.server.clone(), stop).await;
    service.close().await;
    served.map_err(|e| cannot_listen(&settings, &e))?;
    say("stopped");
    Ok(())
}

fn overrides(settings: &mut Settings, matches: &ArgMatches) -> Result<()> {
    let given = |name: &str| matches.try_get_one::<String>(name).ok().flatten();
    let wrong = |name: &'static str, expected: &str| {
        Error::from(SettingsError::Invalid { name: Cow::Borrowed(name), expected: expected.to_owned() })
    };
    if let Some(host) = given("host") {
        settings.host = host.parse().map_err(|_| wrong("--host", "an IP address, such as 127.0.0.1"))?;
    }
    if let Some(port) = given("port") {
        settings.port = port.parse().map_err(|_| wrong("--port", "a port from 0 to 65535"))?;
    }
    Ok(())
}

async fn listen(settings: &Settings) -> Result<TcpListener> {
    TcpListener::bind((settings.host, settings.port)).await.map_err(|e| cannot_listen(settings, &e))
}

fn cannot_listen(settings: &Settings, reason: &std::io::Error) -> Error {
    Error::Listen { address: format!("{}:{}", settings.host, settings.port), reason: reason.to_string() }
}

pub(crate) fn greet(welcome: &Welcome) {
    say("the first administrator:");
    say(&format!("  email:    {}", welcome.email));
    match &welcome.generated {
        Some(password) => say(&format!("  password: {}  (generated; shown only now)", password.expose())),
        None => say("  password: the one in KWIK_FIRST_SUPERUSER_PASSWORD"),
    }
}

/// Ends when the process is told to stop, from the moment of the call on. Until then a signal ends the
/// process where it is, which every database outlives.
fn stop() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let told = {
        use tokio::signal::unix::{SignalKind, signal};
        let next = |kind| {
            let signals = signal(kind);
            async move {
                match signals {
                    Ok(mut signals) => drop(signals.recv().await),
                    Err(_) => std::future::pending().await,
                }
            }
        };
        let (interrupt, terminate) = (next(SignalKind::interrupt()), next(SignalKind::terminate()));
        async move {
            tokio::select! {
                () = interrupt => {}
                () = terminate => {}
            }
        }
    };
    #[cfg(not(unix))]
    let told = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    async move {
        told.await;
        say("stopping …");
    }
}
