//! A program, as it is declared.

use crate::{
    Migration, ResourceOptions, Result, Service, Settings, command_line,
    own_routes::{self, OwnRoute},
    policies,
    resource_options::Offer,
    seeds::Seed,
    settings::DeclaredSection,
    surroundings::Surroundings,
};
use kwik_adapters::Database;
pub use kwik_api::resource::OperationKind as Operations;
use kwik_api::{Access, Registrar, resource};
use kwik_app::{CrudService, Data, Rule, RuleBook, State};
use kwik_domain::{Action, Clock, Entity, EntityMeta, Mailer, PasswordHasher, PermissionPolicy, Random};
use kwik_events::{BusinessEvent, EventBook};
use kwik_identity::{Identity, OpenTo, Opening, Users};
use kwik_relations::Link;
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
    pub(crate) expand: Arc<dyn resource::Expand>,
}

type Part = Box<dyn FnOnce(&Services, &mut Registrar) + Send>;

/// A program, as it is declared: entities, rules, policies, endpoints. See the crate's first page.
pub struct App {
    pub(crate) title: Option<Cow<'static, str>>,
    pub(crate) version: Cow<'static, str>,
    pub(crate) entities: Vec<&'static EntityMeta>,
    pub(crate) migrations: &'static [Migration],
    pub(crate) migrations_folder: &'static str,
    pub(crate) clock: Option<Arc<dyn Clock>>,
    pub(crate) mailer: Option<Arc<dyn Mailer>>,
    pub(crate) random: Option<Arc<dyn Random>>,
    pub(crate) hasher: Option<Arc<dyn PasswordHasher>>,
    pub(crate) replaced: Option<Arc<dyn PermissionPolicy>>,
    pub(crate) policies: Vec<Arc<dyn PermissionPolicy>>,
    pub(crate) rules: RuleBook,
    pub(crate) parts: Vec<Part>,
    pub(crate) routes: Vec<OwnRoute>,
    pub(crate) surroundings: Surroundings,
    pub(crate) state: State,
    pub(crate) sections: Vec<DeclaredSection>,
    pub(crate) seeds: Vec<Box<dyn Seed>>,
    /// Operations of entities of which some are for others than whoever has the permission.
    pub(crate) openings: Vec<Opening>,
    /// Permissions of entities that no operation needs.
    pub(crate) unneeded: Vec<(&'static EntityMeta, Vec<String>)>,
    pub(crate) events: EventBook,
    /// Relations of many rows to many.
    pub(crate) links: Vec<Link>,
    /// Entities with operations that change rows.
    pub(crate) written: Vec<&'static EntityMeta>,
    /// What was declared wrongly.
    pub(crate) problems: Vec<String>,
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
            random: None,
            hasher: None,
            replaced: None,
            policies: Vec::new(),
            rules: RuleBook::default(),
            parts: Vec::new(),
            routes: Vec::new(),
            surroundings: Surroundings::default(),
            state: State::default(),
            sections: Vec::new(),
            seeds: Vec::new(),
            openings: Vec::new(),
            unneeded: Vec::new(),
            events: EventBook::default(),
            links: Vec::new(),
            written: Vec::new(),
            problems: Vec::new(),
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
        self.resource_with::<E>(|options| options)
    }

    /// Adds an entity with its table and some operations, or for other people:
    /// `resource_with::<Product>(|r| r.except([Operations::Delete]).public([Operations::List, Operations::Get]))`.
    #[must_use]
    pub fn resource_with<E: Entity>(mut self, options: impl FnOnce(ResourceOptions) -> ResourceOptions) -> Self {
        self.entities.push(E::META);
        let Offer { operations, unneeded, problems } = options(ResourceOptions::new(E::META)).finish();
        self.unneeded.push((E::META, unneeded));
        if operations.iter().any(|(kind, _)| kind.action() != Action::Read) {
            self.written.push(E::META);
        }
        self.problems.extend(problems);
        if operations.iter().any(|(_, access)| access.is_some()) {
            self.openings.extend(operations.iter().map(|(kind, access)| opening(E::META, *kind, access.as_ref())));
        }
        self.parts.push(Box::new(move |services, registrar| {
            let service = CrudService::<E>::new(services.data.clone());
            let typed: Arc<dyn resource::Resource> =
                Arc::new(resource::Typed::new(service).expanding(services.expand.clone()));
            resource::register_with(registrar, &typed, &operations, &services.mount);
        }));
        self
    }

    /// Adds an entity with its table alone: its rows are reached by code.
    #[must_use]
    pub fn entity<E: Entity>(mut self) -> Self {
        self.entities.push(E::META);
        self
    }

    /// Adds what commands need that are carried out at most once for a key of their caller's, by
    /// [`Once`](crate::prelude::Once): a table of the answers of the last 24 hours.
    #[must_use]
    pub fn idempotent_commands(mut self) -> Self {
        for meta in kwik_idempotency::ENTITIES {
            self.internal(meta);
        }
        self
    }

    /// Adds an entity, once, that is reached by the framework's code alone: no permission opens it.
    pub(crate) fn internal(&mut self, meta: &'static EntityMeta) {
        if !self.entities.iter().any(|other| std::ptr::eq(*other, meta)) {
            self.entities.push(meta);
            self.unneeded.push((meta, meta.permission_names()));
        }
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

    /// Puts a policy in the place of what roles grant on entities: then nothing but this, and what
    /// [`App::policy`] adds, bounds the rows and fields of entities, the framework's own included. A policy that
    /// allows everything opens the users, too. What stays: each route says who may call it, and permissions
    /// that operations name are still those that roles grant.
    #[must_use]
    pub fn policies_only(mut self, policy: impl PermissionPolicy + 'static) -> Self {
        self.replaced = Some(Arc::new(policy));
        self
    }

    /// Makes what nobody must guess in place of the operating system: for tests.
    #[must_use]
    pub fn random(mut self, random: impl Random + 'static) -> Self {
        self.random = Some(Arc::new(random));
        self
    }

    /// Hashes passwords in place of Argon2. It must take the hashes that are there already.
    #[must_use]
    pub fn password_hasher(mut self, hasher: impl PasswordHasher + 'static) -> Self {
        self.hasher = Some(Arc::new(hasher));
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
        self.parts.push(Box::new(move |services, registrar| registrar.api(make(services))));
        self
    }

    /// The migrations that production runs: `kwik::migrations!()`.
    #[must_use]
    pub fn migrations(mut self, (folder, migrations): (&'static str, &'static [Migration])) -> Self {
        self.migrations_folder = folder;
        self.migrations = migrations;
        self
    }

    /// Runs the command line: `serve` (the default), `migrate`, `openapi`, `user`, `seed`, `check`. An error
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
        problems.extend(self.written_parts());
        problems.extend(self.events_of_its_own());
        problems.extend(own_routes::problems(&self.routes));
        problems.extend(self.problems.iter().chain(self.events.problems()).cloned());
        if problems.is_empty() { Ok(()) } else { Err(crate::Error::Declaration(problems)) }
    }

    /// Business events take the collection `events`.
    fn events_of_its_own(&self) -> Option<String> {
        let events = self.entities.iter().find(|meta| meta.is(BusinessEvent::META))?;
        let other = self.entities.iter().find(|meta| meta.collection == events.collection && !meta.is(events))?;
        Some(format!(
            "{}: the collection {} is that of business events; name it otherwise",
            other.name, other.collection
        ))
    }

    /// Parts that change by themselves: whoever read the whole would not see it by its version.
    fn written_parts(&self) -> Vec<String> {
        let parts = self.entities.iter().flat_map(|meta| meta.children.iter().map(move |part| (*meta, part.target())));
        let written = parts.filter(|(_, part)| self.written.iter().any(|other| other.is(part)));
        let problem = |(whole, part): (&'static EntityMeta, &'static EntityMeta)| {
            format!(
                "{}: its rows are parts of rows of {}, which are changed with them; give it List, Get and History only",
                part.name, whole.name
            )
        };
        written.map(problem).collect()
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
        let permissions = self.permissions();
        // What the first administrator's password becomes depends on who hashes it.
        Ok(format!("{:?} {permissions:?} {}", self.schema()?, self.hasher.is_some()))
    }

    /// The permissions that it declares, without those of endpoints by poem-openapi.
    pub(crate) fn permissions(&self) -> Vec<String> {
        let needed = |meta: &&'static EntityMeta| {
            let unneeded = self.unneeded.iter().filter(|(other, _)| std::ptr::eq(*other, *meta));
            let unneeded: Vec<_> = unneeded.flat_map(|(_, names)| names.clone()).collect();
            meta.permission_names().into_iter().filter(move |name| !unneeded.contains(name))
        };
        let mut names: Vec<String> = self.entities.iter().flat_map(needed).collect();
        names.extend(self.openings.iter().filter_map(Opening::permission).map(str::to_owned));
        names.extend(self.routes.iter().flat_map(OwnRoute::permissions));
        names.extend(self.policy_of_all().permissions().into_iter().map(Cow::into_owned));
        names
    }

    /// What endpoints, rules and commands find by type.
    pub(crate) fn read_state(&self, settings: &Settings) -> Result<State> {
        let mut state = self.state.clone();
        self.sections.iter().try_for_each(|section| section.read(settings, &mut state))?;
        Ok(state)
    }

    /// The policy of the whole.
    pub(crate) fn policy_of_all(&self) -> Arc<dyn PermissionPolicy> {
        policies::combined(self.replaced.clone(), self.policies.clone())
    }
}

/// How an operation is open, as explanations tell it.
fn opening(entity: &'static EntityMeta, kind: Operations, access: Option<&Access>) -> Opening {
    let to = match access {
        Some(Access::Optional) => OpenTo::Everybody,
        Some(Access::SignedIn) => OpenTo::SignedIn,
        Some(Access::Permissions(names)) => names.first().map_or(OpenTo::Holders, |name| OpenTo::Permission(name)),
        _ => OpenTo::Holders,
    };
    Opening { entity, action: kind.action(), operation: kind.name(entity.collection), to }
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
