//! A program, put together.

use crate::{
    App, Environment, Error, Result, Services, Settings, SettingsError,
    app::{PREFIX, connect},
    log_mailer::LogMailer,
    own_routes,
    seeds::Seed,
    settings::SmtpSettings,
    surroundings::Surroundings,
    terminal::say,
};
use async_trait::async_trait;
use kwik_adapters::{
    Database,
    system::{SystemClock, SystemRandom},
};
use kwik_api::{
    Gate, Info, PageTokens, Registrar,
    resource::Mount,
    server::{Drain, Readiness, docs_routes, harden, livez, readyz},
};
use kwik_app::Data;
use kwik_credentials::{argon2::Argon2Hasher, jwt::JwtSigner};
use kwik_domain::{Clock, Mailer, PasswordHasher, Random, Secret, Store, access::PERMISSIONS};
use kwik_events::{Dispatcher, Outbox};
use kwik_identity::{Authenticator, Bootstrap, Explain, Identity, Ports, Profiles, Welcome};
use kwik_relations::Relations;
use kwik_schema as schema;
use poem::{EndpointExt, Response, Route, endpoint::BoxEndpoint, get};
use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

/// A program, put together: an endpoint that answers, over a database that is ready.
pub struct Service {
    /// Answers requests.
    pub endpoint: Arc<BoxEndpoint<'static, Response>>,
    /// What endpoints of one's own hold, for programs that reach in: tests, jobs.
    pub services: Services,
    /// The `OpenAPI` document, as JSON.
    pub document: String,
    /// The first administrator, if it was made just now.
    pub welcome: Option<Welcome>,
    /// Told that the program is about to stop, it is no longer ready.
    pub drain: Drain,
    pub(crate) seeds: Vec<Box<dyn Seed>>,
    dispatcher: Dispatcher,
    database: Database,
}

impl Service {
    pub(crate) async fn build(mut app: App, settings: &Settings) -> Result<Self> {
        let wanted = app.schema()?;
        // Before anything is connected: a wrong setting is to be told at once.
        app.read_state(settings)?;
        let seeds = std::mem::take(&mut app.seeds);
        let database = connect(settings).await?;
        let migrations = app.migrations;
        let parts = Parts::new(&app, settings, &settings.kept_key()?, &database)?;
        // Before the tables are touched: a program that is declared wrongly must leave no trace.
        let assembled = parts.assemble(app)?;
        match settings.environment {
            Environment::Production => schema::check(&database, migrations, &wanted).await?,
            Environment::Development => {
                for statement in schema::develop(&database, &wanted, false).await? {
                    say(&statement);
                }
            }
        }
        let bootstrap = Bootstrap::new(parts.services.identity.ports.clone());
        let welcome = bootstrap.run(&assembled.permissions, &settings.first_administrator).await?;
        let drain = settings.server.drain.clone();
        let readiness = Arc::new(StoreReadiness(database.store()));
        let routes = assembled
            .routes
            .at("/livez", get(livez()))
            .at("/readyz", get(readyz(readiness, drain.clone())))
            .nest(PREFIX, assembled.endpoint);
        let document_path = format!("{PREFIX}/openapi.json");
        let endpoint = docs_routes(routes, &assembled.title, &document_path, assembled.document.clone());
        let endpoint = assembled.surroundings.around(endpoint);
        let endpoint = Arc::new(harden(endpoint, &settings.http).boxed());
        let document = assembled.document;
        // A handler may use a connection; requests need some, too.
        let at_once = settings.pool.max_connections as usize / 2;
        let dispatcher = Dispatcher::new(parts.outbox, parts.services.data.clone(), Some(at_once));
        dispatcher.start();
        Ok(Self { endpoint, services: parts.services, document, welcome, drain, seeds, dispatcher, database })
    }

    /// The `OpenAPI` document of a program, without a database.
    ///
    /// # Errors
    ///
    /// [`Error::Declaration`] when the program is declared wrongly.
    pub(crate) async fn document(app: App, settings: &Settings) -> Result<String> {
        app.schema()?;
        // Nothing is asked of it: a document needs no rows. The folder is new and this process's alone.
        let scratch = std::env::temp_dir().join(format!("kwik-{}", uuid::Uuid::new_v4().simple()));
        let url = Secret::new(format!("sqlite://{}/document.db", scratch.display()));
        let database = Database::connect(&url, settings.pool).await?;
        let document = Parts::new(&app, settings, &settings.secret_key, &database)?
            .assemble(app)
            .map(|assembled| assembled.document);
        database.close().await;
        let _ = std::fs::remove_dir_all(scratch);
        document
    }

    /// The services of a program on a database, for commands.
    pub(crate) fn services(app: &App, settings: &Settings, database: &Database) -> Result<Services> {
        Ok(Parts::new(app, settings, &settings.secret_key, database)?.services)
    }

    /// Stops what goes on in the background, without waiting for anything.
    pub fn stop(&self) {
        self.dispatcher.stop();
        self.database.stop();
    }

    /// Hands over all events and audit records that are due now, and what comes of them, until nothing is left
    /// that is due: for tests, which need not wait. What has failed is due later, by the program's clock.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Store`] when the database cannot be reached.
    pub async fn deliver_all(&self) -> kwik_domain::Result<()> {
        self.dispatcher.deliver_all().await
    }

    /// Ends what goes on in the background, with up to ten seconds for handlers of events that are in hand,
    /// and closes the database's connections.
    pub async fn close(&self) {
        self.dispatcher.close().await;
        self.database.close().await;
    }
}

/// The adapters and services that everything else is made of.
struct Parts {
    services: Services,
    outbox: Outbox,
    gate: Arc<Gate>,
    authenticator: Arc<Authenticator>,
    profiles: Option<Profiles>,
}

struct Assembled {
    endpoint: BoxEndpoint<'static>,
    routes: Route,
    surroundings: Surroundings,
    title: String,
    document: String,
    permissions: Vec<String>,
}

impl Parts {
    fn new(app: &App, settings: &Settings, key: &Secret, database: &Database) -> Result<Self> {
        let clock: Arc<dyn Clock> = app.clock.clone().unwrap_or_else(|| Arc::new(SystemClock));
        let random: Arc<dyn Random> = app.random.clone().unwrap_or_else(|| Arc::new(SystemRandom));
        let hasher: Arc<dyn PasswordHasher> = match &app.hasher {
            Some(hasher) => hasher.clone(),
            None => Arc::new(Argon2Hasher::new(settings.hash, random.clone())?),
        };
        let signer = Arc::new(JwtSigner::new(key, &settings.former_keys)?);
        let policy = app.policy_of_all();
        let directory = database.access();
        let outbox = Outbox::new(app.events.clone());
        let store = outbox.recorded(database.store(), random.clone());
        let mut state = app.read_state(settings)?;
        let mailer = mailer(app, settings)?;
        if let Some(mailer) = &mailer {
            state.insert(mailer.clone());
        }
        state.insert(outbox.clone());
        let data = Data::new(store, policy.clone(), random.clone(), clock, &app.entities)
            .with_lists_at_once(settings.pool.max_connections as usize / 2)
            .with_rules(Arc::new(app.rules.clone()))
            .with_state(Arc::new(state));
        let profiles = Profiles::among(&data, &app.entities);
        let authenticator = Authenticator::new(data.clone(), directory.clone(), signer.clone(), database.notifier());
        let authenticator = Arc::new(authenticator.with_profiles(profiles.clone()));
        let identity = Identity::new(Ports {
            data: data.clone(),
            directory,
            hasher,
            signer,
            random,
            throttle: database.throttle(),
            mailer,
            settings: Arc::new(settings.identity.clone()),
            declared: Arc::new(OnceLock::new()),
        });
        let mount = Mount { prefix: PREFIX.into(), tokens: PageTokens::new(key) };
        let expand = Arc::new(Relations::new(data.clone(), &app.links));
        Ok(Self {
            services: Services { users: identity.users.clone(), identity, data: data.clone(), mount, expand },
            outbox,
            gate: Arc::new(Gate::new(authenticator.clone(), data)),
            authenticator,
            profiles,
        })
    }

    fn assemble(&self, app: App) -> Result<Assembled> {
        let title = app.title.clone().unwrap_or_else(|| program_name().into());
        let info = Info { title: title.clone(), version: app.version.clone(), prefix: PREFIX.into() };
        let mut registrar = Registrar::default();
        let Services { data, identity, mount, .. } = &self.services;
        kwik_identity_api::register(&mut registrar, identity, mount, self.profiles.as_ref());
        let explain = Explain::new(data.clone(), self.authenticator.clone()).with_openings(app.openings.clone());
        kwik_identity_api::register_access_explain(&mut registrar, explain);
        let mut permissions: Vec<String> = PERMISSIONS.iter().map(|p| (*p).to_owned()).collect();
        permissions.extend(app.permissions());
        for part in app.parts {
            part(&self.services, &mut registrar);
        }
        let api = registrar.finish(&info, &self.gate).map_err(Error::Declaration)?;
        let keeps_answers = app.entities.iter().any(|meta| std::ptr::eq(*meta, kwik_idempotency::ENTITIES[0]));
        if !keeps_answers && api.document.contains(&format!("\"{}\"", kwik_idempotency::HEADER)) {
            let missing = "an endpoint takes Once; add App::idempotent_commands()".to_owned();
            return Err(Error::Declaration(vec![missing]));
        }
        let routes = own_routes::add(Route::new(), app.routes, &self.gate, &self.services);
        let routes = routes.map_err(Error::Declaration)?;
        permissions.extend(api.permissions);
        permissions.sort();
        permissions.dedup();
        let declared: BTreeSet<_> = permissions.iter().cloned().collect();
        // Each program is put together once.
        let _ = self.services.identity.ports.declared.set(declared);
        Ok(Assembled {
            endpoint: api.endpoint,
            routes,
            surroundings: app.surroundings,
            title: title.into_owned(),
            document: api.document,
            permissions,
        })
    }
}

/// What sends letters: the program's own, else a server, else in development the log.
fn mailer(app: &App, settings: &Settings) -> Result<Option<Arc<dyn Mailer>>> {
    if let Some(mailer) = &app.mailer {
        return Ok(Some(mailer.clone()));
    }
    if let Some(smtp) = &settings.smtp {
        return mailer_by_smtp(smtp).map(Some);
    }
    let development = settings.environment == Environment::Development;
    Ok(development.then(|| Arc::new(LogMailer) as Arc<dyn Mailer>))
}

#[cfg(feature = "smtp")]
fn mailer_by_smtp(smtp: &SmtpSettings) -> Result<Arc<dyn Mailer>> {
    let mailer = kwik_smtp::SmtpMailer::new(&smtp.url, &smtp.from);
    Ok(Arc::new(
        mailer
            .map_err(|reason| SettingsError::Invalid { name: "KWIK_SMTP_URL".into(), expected: reason.to_string() })?,
    ))
}

#[cfg(not(feature = "smtp"))]
fn mailer_by_smtp(_: &SmtpSettings) -> Result<Arc<dyn Mailer>> {
    let expected = "left out: the program was built without the feature `smtp` of kwik-rs".to_owned();
    Err(SettingsError::Invalid { name: "KWIK_SMTP_URL".into(), expected }.into())
}

/// The program's own name, with a capital.
fn program_name() -> String {
    let path = std::env::args_os().next().map(std::path::PathBuf::from).unwrap_or_default();
    let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("api").to_owned();
    let mut letters = name.chars();
    letters.next().map_or(name.clone(), |first| first.to_uppercase().chain(letters).collect())
}

struct StoreReadiness(Arc<dyn Store>);

#[async_trait]
impl Readiness for StoreReadiness {
    async fn ready(&self) -> std::result::Result<(), String> {
        self.0.ping().await.map_err(|error| error.to_string())
    }
}
