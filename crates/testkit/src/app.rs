//! An app under test.

use crate::{
    Client,
    database::{BoxError, Engine, TestDatabase},
};
use kwik::{
    App, Service, Settings,
    credentials::argon2::HashSettings,
    domain::{Ctx, Secret, Via},
    identity::NewUser,
};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

/// The address of the administrator whom every test has.
pub const ADMIN_EMAIL: &str = "admin@example.com";
/// That administrator's password.
pub const ADMIN_PASSWORD: &str = "administrator-of-the-test";
/// The password of every other user.
const USER_PASSWORD: &str = "user-of-the-test";

/// An app over a database of its own. Methods panic, and so fail the test, where a program would get
/// an error.
pub struct TestApp {
    /// Always there, but in the middle of a restart.
    service: Option<Service>,
    settings: Settings,
    users: AtomicU32,
    // Dropped last: the app's connections are closed by then.
    database: TestDatabase,
}

/// A user whom a test has made.
#[derive(Clone, Debug)]
pub struct TestUser {
    /// Key.
    pub id: i64,
    /// Address.
    pub email: String,
    /// Password.
    pub password: String,
}

impl TestApp {
    /// Starts an app on a new database. `app` is called once for the template, too.
    ///
    /// # Panics
    ///
    /// When there is no database to be had, or the app cannot start.
    pub async fn start(engine: Engine, app: impl Fn() -> App) -> Self {
        Self::start_with(engine, app, |_| {}).await
    }

    /// [`TestApp::start`] with other settings.
    ///
    /// # Panics
    ///
    /// When there is no database to be had, or the app cannot start.
    pub async fn start_with(engine: Engine, app: impl Fn() -> App, adjust: impl Fn(&mut Settings)) -> Self {
        let fingerprint = app().fingerprint().unwrap_or_else(|e| fail("the app", &e));
        let template = async |url: String| -> Result<(), BoxError> {
            let service = app().build(&settings(&url, &adjust)).await?;
            service.close().await;
            Ok(())
        };
        let database = TestDatabase::from_template(engine, &fingerprint, template)
            .await
            .unwrap_or_else(|e| fail("a database", &e));
        let settings = settings(database.url(), &adjust);
        let service = app().build(&settings).await.unwrap_or_else(|e| fail("the app", &e));
        Self { service: Some(service), settings, users: AtomicU32::new(0), database }
    }

    /// Starts an app on an empty database, which nobody has started an app on before.
    ///
    /// # Errors
    ///
    /// Why the app does not start.
    ///
    /// # Panics
    ///
    /// When there is no database to be had.
    pub async fn first_start(engine: Engine, app: App, adjust: impl Fn(&mut Settings)) -> kwik::Result<Self> {
        let empty = async |_| Ok::<(), BoxError>(());
        let database =
            TestDatabase::from_template(engine, "nothing", empty).await.unwrap_or_else(|e| fail("a database", &e));
        let settings = settings(database.url(), &adjust);
        let service = app.build(&settings).await?;
        Ok(Self { service: Some(service), settings, users: AtomicU32::new(0), database })
    }

    /// Starts an app on a database that is there: one that was filled by hand, or taken over.
    ///
    /// # Errors
    ///
    /// Why the app does not start.
    pub async fn start_on(database: TestDatabase, app: App, adjust: impl Fn(&mut Settings)) -> kwik::Result<Self> {
        let settings = settings(database.url(), &adjust);
        let service = app.build(&settings).await?;
        Ok(Self { service: Some(service), settings, users: AtomicU32::new(0), database })
    }

    /// Stops the app and starts another one on the same database. Clients of the first must be gone:
    /// an SQLite file has one owner.
    ///
    /// # Errors
    ///
    /// Why the other app does not start.
    pub async fn restart(&mut self, app: impl Fn() -> App) -> kwik::Result<()> {
        if let Some(service) = self.service.take() {
            service.close().await;
        }
        self.service = Some(app().build(&self.settings).await?);
        Ok(())
    }

    /// The app.
    ///
    /// # Panics
    ///
    /// After a restart that has failed.
    #[track_caller]
    pub fn service(&self) -> &Service {
        #[expect(clippy::expect_used, reason = "a test that goes on without its app fails")]
        self.service.as_ref().expect("an app that has started")
    }

    /// The settings that it runs with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The database's address.
    pub fn database_url(&self) -> &str {
        self.database.url()
    }

    /// The context of the program itself, for calling services.
    pub fn system(&self) -> Ctx {
        self.service().services.data.system(Via::Job("test"))
    }

    /// Hands over all events and audit records that are due now, and what comes of them, until nothing is left
    /// that is due.
    ///
    /// # Panics
    ///
    /// When the database cannot be reached.
    pub async fn deliver_all(&self) {
        self.service().deliver_all().await.unwrap_or_else(|e| fail("the deliveries", &e));
    }

    /// Nobody.
    pub fn anonymous(&self) -> Client {
        Client::new(self.service().endpoint.clone(), None)
    }

    /// The administrator, signed in.
    ///
    /// # Panics
    ///
    /// When signing in fails.
    pub async fn admin(&self) -> Client {
        self.sign_in(ADMIN_EMAIL, ADMIN_PASSWORD).await
    }

    /// A user, signed in.
    ///
    /// # Panics
    ///
    /// When signing in fails.
    pub async fn as_user(&self, user: &TestUser) -> Client {
        self.sign_in(&user.email, &user.password).await
    }

    /// A new user who holds exactly these permissions, signed in.
    ///
    /// # Panics
    ///
    /// When the user cannot be made.
    pub async fn with_permissions(&self, permissions: &[&str]) -> Client {
        let user = self.new_user(permissions).await;
        self.as_user(&user).await
    }

    /// A new user who holds exactly these permissions.
    ///
    /// # Panics
    ///
    /// When the user cannot be made.
    pub async fn new_user(&self, permissions: &[&str]) -> TestUser {
        let n = self.users.fetch_add(1, Ordering::Relaxed);
        let (ctx, users) = (self.system(), &self.service().services.users);
        let mut roles = Vec::new();
        if !permissions.is_empty() {
            let role = format!("role of test user {n}");
            users.create_role(&ctx, &role, permissions).await.unwrap_or_else(|e| fail("a role", &e));
            roles.push(role);
        }
        let email = format!("user{n}@test.example");
        let new = NewUser {
            email: email.clone(),
            name: "User".to_owned(),
            surname: format!("No. {n}"),
            password: Secret::new(USER_PASSWORD),
            roles,
        };
        let user = users.create(&ctx, new).await.unwrap_or_else(|e| fail("a user", &e));
        TestUser { id: user.id, email, password: USER_PASSWORD.to_owned() }
    }

    async fn sign_in(&self, email: &str, password: &str) -> Client {
        let form = [("username", email), ("password", password)];
        let answer = self.anonymous().form("/login/access-token", &form).await.ok();
        let token = answer["access_token"].as_str().map(str::to_owned);
        Client::new(self.service().endpoint.clone(), token)
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(service) = &self.service {
            service.stop();
        }
    }
}

fn settings(url: &str, adjust: &impl Fn(&mut Settings)) -> Settings {
    let variables = BTreeMap::from(
        [
            ("KWIK_DATABASE_URL", url),
            ("KWIK_SECRET_KEY", "a key for tests, which nobody else has"),
            ("KWIK_FIRST_SUPERUSER", ADMIN_EMAIL),
            ("KWIK_FIRST_SUPERUSER_PASSWORD", ADMIN_PASSWORD),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let mut settings = Settings::from_variables(variables).unwrap_or_else(|e| fail("the settings", &e));
    // As fast as Argon2 can be: what is tested is not the hash.
    settings.hash = HashSettings { memory_kib: 64, passes: 1, ..settings.hash };
    settings.pool.max_connections = 5;
    // A machine that is busy with tests gives signs of life late; what counts queries must not see that.
    settings.pool.lease = Duration::from_secs(10);
    adjust(&mut settings);
    settings
}

#[expect(clippy::panic, reason = "a test that cannot be set up fails")]
fn fail(what: &str, error: &dyn std::fmt::Display) -> ! {
    panic!("{what}: {error}")
}
