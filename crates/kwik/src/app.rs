//! A program, as it is declared.

use crate::{Migration, Result, Service, Settings, command_line, policies, rule_book::RuleBook};
use kwik_adapters::Database;
pub use kwik_api::resource::OperationKind as Operations;
use kwik_api::{Registrar, resource};
use kwik_app::{CrudService, Data, Rule};
use kwik_domain::{Clock, Entity, EntityMeta, Mailer, PermissionPolicy};
use kwik_identity::{Identity, Users};
use poem_openapi::OpenApi;
use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

/// What a user's endpoints may hold.
#[derive(Clone)]
#[non_exhaustive]
pub struct Services {
    /// The database behind the policy.
    pub data: Data,
    /// Users and their roles.
    pub users: Users,
    /// Sign-in, sessions, passwords, keys.
    pub identity: Identity,
    pub(crate) mount: resource::Mount,
}

type Part = Box<dyn FnOnce(&Services, &RuleBook, &mut Registrar) + Send>;

/// A program, as it is declared: entities, rules, policies, endpoints. See the crate's first page.
pub struct App {
    pub(crate) title: Option<Cow<'static, str>>,
    pub(crate) version: Cow<'static, str>,
    pub(crate) entities: Vec<&'static EntityMeta>,
    pub(crate) migrations: &'static [Migration],
    pub(crate) migrations_folder: &'static str,
    pub(crate) clock: Option<Arc<dyn Clock>>,
    pub(crate) mailer: Option<Arc<dyn Mailer>>,
    pub(crate) policies: Vec<Arc<dyn PermissionPolicy>>,
    pub(crate) rules: RuleBook,
    pub(crate) parts: Vec<Part>,
}

/// Collections that no entity of a program may have: what is below them in the trail or in paths means
/// something else.
const RESERVED: [&str; 4] = ["access", "audit", "login", "api_keys"];

/// What paths begin with.
pub(crate) const PREFIX: &str = "/api/v1";

impl Default for App {
    fn default() -> Self {
        Self {
            title: None,
            version: Cow::Borrowed("0.1.0"),
            entities: Vec::new(),
            migrations: &[],
            migrations_folder: "migrations",
            clock: None,
            mailer: None,
            policies: Vec::new(),
            rules: RuleBook::default(),
            parts: Vec::new(),
        }
    }
}

impl App {
    /// A program without entities.
    pub fn new() -> Self {
        Self::default()
    }

    /// Name of the interface, on its page; by default the program's name.
    #[must_use]
    pub fn title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Version of the interface; by default 0.1.0.
    #[must_use]
    pub fn version(mut self, version: impl Into<Cow<'static, str>>) -> Self {
        self.version = version.into();
        self
    }

    /// Adds an entity with its table and all of its operations.
    #[must_use]
    pub fn resource<E: Entity>(self) -> Self {
        self.resource_with::<E>(&Operations::ALL)
    }

    /// Adds an entity with its table and some operations.
    #[must_use]
    pub fn resource_with<E: Entity>(mut self, operations: &'static [Operations]) -> Self {
        self.entities.push(E::META);
        self.parts.push(Box::new(move |services, rules, registrar| {
            let service = CrudService::<E>::new(services.data.clone(), rules.of::<E>());
            let typed: Arc<dyn resource::Resource> = Arc::new(resource::Typed(service));
            resource::register(registrar, &typed, operations, &services.mount);
        }));
        self
    }

    /// Adds an entity with its table alone: its rows are reached by code.
    #[must_use]
    pub fn entity<E: Entity>(mut self) -> Self {
        self.entities.push(E::META);
        self
    }

    /// Adds a rule to the operations of an entity.
    #[must_use]
    pub fn rule<E: Entity>(mut self, rule: impl Rule<E> + 'static) -> Self {
        self.rules.add::<E>(Arc::new(rule));
        self
    }

    /// Adds a policy: [`Rows`](crate::prelude::Rows) by declaration, or one of one's own. It is combined
    /// with roles and permissions: all must allow, conditions on rows all hold, and only fields that all
    /// of them open are seen and written.
    #[must_use]
    pub fn policy(mut self, policy: impl PermissionPolicy + 'static) -> Self {
        self.policies.push(Arc::new(policy));
        self
    }

    /// Tells the time in place of the machine's clock: for tests.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Sends letters in place of a server by SMTP.
    #[must_use]
    pub fn mailer(mut self, mailer: impl Mailer + 'static) -> Self {
        self.mailer = Some(Arc::new(mailer));
        self
    }

    /// Adds endpoints of one's own, written with poem-openapi. Each declares who may call it by an
    /// extractor: [`Allow`](crate::api::Allow), [`SignedIn`](crate::api::SignedIn) or
    /// [`Public`](crate::api::Public).
    #[must_use]
    pub fn api<T: OpenApi + 'static>(mut self, make: impl FnOnce(&Services) -> T + Send + 'static) -> Self {
        self.parts.push(Box::new(move |services, _, registrar| registrar.api(make(services))));
        self
    }

    /// The migrations that production runs: `kwik::migrations!()`.
    #[must_use]
    pub fn migrations(mut self, (folder, migrations): (&'static str, &'static [Migration])) -> Self {
        self.migrations_folder = folder;
        self.migrations = migrations;
        self
    }

    /// Runs the command line: `serve` (the default), `migrate`, `openapi`, `user`, `check`. An error
    /// is printed as one line, and ends the process with a status that is not 0.
    ///
    /// # Errors
    ///
    /// None: they are printed. The type lets `main` end in this call.
    pub fn main(self) -> Result<()> {
        match command_line::run(self) {
            0 => Ok(()),
            // Everything that had to be said was said; what was held was let go of.
            status => std::process::exit(status),
        }
    }

    /// Connects, brings tables and first rows into shape, and puts everything together: the same as
    /// `serve`, without a socket.
    ///
    /// # Errors
    ///
    /// See [`crate::Error`].
    pub async fn build(self, settings: &Settings) -> Result<Service> {
        Service::build(self, settings).await
    }

    /// What the entities are, without wrong ones among them.
    pub(crate) fn check_entities(&self) -> Result<()> {
        let mut problems: Vec<_> = self.entities.iter().filter_map(|meta| meta.check().err()).flatten().collect();
        let profiles: Vec<_> = self.entities.iter().filter(|meta| meta.profile.is_some()).map(|m| m.name).collect();
        if profiles.len() > 1 {
            problems.push(format!("users have one profile at the most; these are: {}", profiles.join(", ")));
        }
        let reserved = |meta: &&&EntityMeta| RESERVED.contains(&meta.collection);
        problems.extend(self.entities.iter().filter(reserved).map(|meta| {
            format!("{}: the collection {} is the framework's own; name it otherwise", meta.name, meta.collection)
        }));
        problems.extend(shared_permissions(&self.entities));
        if problems.is_empty() { Ok(()) } else { Err(crate::Error::Declaration(problems)) }
    }

    /// The tables that the entities need.
    pub(crate) fn schema(&self) -> Result<kwik_schema::Schema> {
        self.check_entities()?;
        Ok(kwik_schema::Schema::of(&self.entities)?)
    }

    /// What a database that was made for this program has in it, as text: the same for the same
    /// entities and permissions. Tests clone a template by it.
    ///
    /// # Errors
    ///
    /// [`crate::Error::Declaration`] when an entity is declared wrongly.
    pub fn fingerprint(&self) -> Result<String> {
        let mut permissions = self.policy_of_all().permissions();
        permissions.extend(self.entities.iter().flat_map(|meta| meta.permission_names()).map(Cow::Owned));
        Ok(format!("{:?} {permissions:?}", self.schema()?))
    }

    /// The policy of the whole.
    pub(crate) fn policy_of_all(&self) -> Arc<dyn PermissionPolicy> {
        policies::combined(self.policies.clone())
    }
}

/// Names of permissions that two entities would mean different things by. Who gives two entities one
/// prefix means one thing by it.
fn shared_permissions(entities: &[&'static EntityMeta]) -> Vec<String> {
    let all = kwik_domain::access::ENTITIES.iter().chain(entities);
    let mut owners: BTreeMap<String, &'static EntityMeta> = BTreeMap::new();
    let mut problems = Vec::new();
    for meta in all {
        for name in meta.permission_names() {
            let owner = *owners.entry(name.clone()).or_insert(*meta);
            if owner.permissions != meta.permissions {
                let (one, other) = (owner.name, meta.name);
                problems.push(format!("the permission {name} would be both of {one} and of {other}; rename one"));
            }
        }
    }
    problems
}

/// Connects to the database of the settings.
pub(crate) async fn connect(settings: &Settings) -> Result<Database> {
    Ok(Database::connect(&settings.database_url, settings.pool).await?)
}
