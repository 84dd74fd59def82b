//! What every handler needs, and how a yardstick starts and serves.

use std::{
    error::Error,
    io::{Write, stdout},
    time::Duration,
};

use poem::{EndpointExt, IntoEndpoint, Server, listener::TcpListener, middleware::AddData};
use sqlx::{PgPool, postgres::PgPoolOptions};

use crate::{problem, schema, settings::Settings, token::Tokens};

/// The database and the keys; cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The connections.
    pub pool: PgPool,
    /// Signs and verifies tokens.
    pub tokens: Tokens,
}

impl App {
    /// Connects and makes what is missing in the database.
    ///
    /// # Errors
    /// That the database cannot be reached or used.
    pub async fn start(settings: &Settings) -> Result<Self, Box<dyn Error>> {
        // Without the test a statement takes one round trip, not two; a broken connection costs one failed request.
        let pool = PgPoolOptions::new()
            .max_connections(settings.pool_size.into())
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(5))
            .connect(&settings.database_url)
            .await?;
        schema::install(&pool, &settings.admin_email, &settings.admin_password).await?;
        Ok(Self { pool, tokens: Tokens::new(&settings.secret_key) })
    }

    /// Serves the routes until Ctrl-C or a termination signal.
    ///
    /// # Errors
    /// That the address cannot be listened on.
    pub async fn serve<E>(self, settings: &Settings, routes: E) -> Result<(), Box<dyn Error>>
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        let address = format!("{}:{}", settings.host, settings.port);
        let listener = poem::listener::Listener::into_acceptor(TcpListener::bind(&address)).await?;
        writeln!(stdout(), "listening on http://{address}")?;
        let endpoint = routes.into_endpoint().with(AddData::new(self)).catch_all_error(problem::from_poem);
        Server::new_with_acceptor(listener)
            .run_with_graceful_shutdown(endpoint, terminated(), Some(Duration::from_secs(5)))
            .await?;
        Ok(())
    }
}

async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut term) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
