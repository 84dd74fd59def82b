//! The server that the tests of this process use.

use super::{TestServer, environment};
use crate::database::error::ProvisionError;
use crate::database::run::Run;
use std::sync::{OnceLock, mpsc};

/// The address of the server and the run that it belongs to.
#[derive(Clone, Debug)]
pub(in crate::database) struct Shared {
    pub(in crate::database) url: String,
    pub(in crate::database) run: Run,
}

/// The server of the surrounding `kwik-test-server`, or one for this process, provided on first use.
///
/// Blocks while the server is provided, once a process.
pub(in crate::database) fn shared() -> Result<&'static Shared, ProvisionError> {
    static SHARED: OnceLock<Result<Shared, String>> = OnceLock::new();
    SHARED.get_or_init(find).as_ref().map_err(|error| ProvisionError::Way(error.clone()))
}

fn find() -> Result<Shared, String> {
    let run = environment::run().as_deref().and_then(Run::from_id);
    match (run, environment::database_url()) {
        (Some(run), Some(url)) => Ok(Shared { url, run }),
        (Some(_), None) => {
            Err("this run of tests has SQLite only; leave out the tests on PostgreSQL, or --sqlite".to_owned())
        }
        (None, _) => provide(),
    }
}

/// Provides a server on a thread that holds it until the process ends. A thread of its own, since each
/// test has its own runtime, and what is held must outlive it.
fn provide() -> Result<Shared, String> {
    let (sender, receiver) = mpsc::sync_channel(1);
    std::thread::Builder::new()
        .name("kwik-test-server".to_owned())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            let provided = runtime.block_on(TestServer::provide_for_process());
            let server = match provided {
                Ok(server) => server,
                Err(error) => return drop(sender.send(Err(error.to_string()))),
            };
            let url = server.url().unwrap_or_default().to_owned();
            let run = server.run().clone();
            let _ = sender.send(Ok(Shared { url, run }));
            // Held until the process ends; the guard and the end of the lease do the rest.
            runtime.block_on(std::future::pending::<()>());
        })
        .map_err(|error| format!("no thread for the server of the tests: {error}"))?;
    receiver.recv().unwrap_or_else(|_| Err("the server of the tests could not be provided".to_owned()))
}
