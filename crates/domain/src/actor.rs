//! Who acts: a chain from the person to the request.

use crate::{Denial, Value, access::ADMIN_ROLE};
use chrono::{DateTime, Utc};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
    net::IpAddr,
    sync::Arc,
};

/// On whose account something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Nobody has signed in.
    Anonymous,
    /// A user, by key.
    User(i64),
    /// The program itself: its start, its command line, its jobs. No policy bounds it.
    System,
}

/// By what means the subject acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// No credentials were given.
    Nothing,
    /// A session, by its identifier.
    Session(Arc<str>),
    /// An API key, by its key.
    Key(i64),
    /// A job of the program, by name.
    Job(&'static str),
    /// The command line.
    CommandLine,
}

impl Via {
    /// How the audit trail writes it: `session:…`, `key:…`, `job:…`, `command line` or nothing.
    pub fn label(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Session(id) => format!("session:{id}"),
            Self::Key(id) => format!("key:{id}"),
            Self::Job(name) => format!("job:{name}"),
            Self::CommandLine => "command line".to_owned(),
        }
    }
}

/// What a user may do, as it was when the snapshot was taken.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grants {
    /// Names of permissions: the union over the user's active roles.
    pub permissions: HashSet<String>,
    /// Names of the active roles that the user holds.
    pub roles: Vec<String>,
    /// What the user's profile says, by name of its fields.
    pub attributes: BTreeMap<Cow<'static, str>, Value>,
    /// Whether the user must set a password before anything else; until then there are no other rights.
    pub must_change_password: bool,
}

impl Grants {
    /// Whether the user is an administrator, who may give what they do not hold.
    pub fn is_administrator(&self) -> bool {
        self.roles.iter().any(|role| role == ADMIN_ROLE)
    }
}

/// A subject with its means and its rights. Policies decide from this alone.
#[derive(Clone, Debug)]
pub struct Actor {
    /// On whose account.
    pub subject: Subject,
    /// The user who acts in the subject's place, if any.
    pub impersonator: Option<i64>,
    /// The tenant that the actor is bound to, if any: what the user's profile says under `tenant`.
    pub tenant: Option<Arc<str>>,
    /// By what means.
    pub via: Via,
    /// The snapshot of the subject's rights.
    pub grants: Arc<Grants>,
    /// Whether no policy bounds it: see [`Ctx::elevated`].
    pub(crate) elevated: bool,
}

impl Actor {
    /// Nobody: no rights at all.
    pub fn anonymous() -> Self {
        Self::plain(Subject::Anonymous, Via::Nothing)
    }

    /// The program itself, by a job or by its command line.
    pub fn system(via: Via) -> Self {
        Self::plain(Subject::System, via)
    }

    /// A user in a session or by a key, with the rights of the snapshot.
    pub fn user(id: i64, via: Via, grants: Arc<Grants>) -> Self {
        let tenant = match grants.attributes.get("tenant") {
            Some(Value::Text(tenant)) => Some(Arc::from(tenant.as_str())),
            _ => None,
        };
        Self { tenant, grants, ..Self::plain(Subject::User(id), via) }
    }

    /// The same user with somebody else acting in the user's place.
    #[must_use]
    pub fn impersonated_by(self, impersonator: i64) -> Self {
        Self { impersonator: Some(impersonator), ..self }
    }

    /// Whether users act for themselves: in a session of their own, and by no key.
    ///
    /// # Errors
    ///
    /// A [`Denial`] for whoever acts by a key or in another's place.
    pub fn in_person(&self) -> Result<i64, Denial> {
        match (self.subject, &self.via, self.impersonator) {
            (Subject::User(_), _, Some(_)) => {
                Err(Denial::new("this cannot be done in another user's place").with_code("impersonating"))
            }
            (Subject::User(id), Via::Session(_), None) => Ok(id),
            _ => Err(Denial::new("this takes a session; a key is not enough").with_code("session_required")),
        }
    }

    /// Whether no policy bounds it: the program itself, or a command that acts [elevated](Ctx::elevated).
    pub fn is_elevated(&self) -> bool {
        self.elevated
    }

    /// What the user's profile says under that name; none where it says nothing.
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.grants.attributes.get(name).filter(|value| !value.as_ref().is_null())
    }

    fn plain(subject: Subject, via: Via) -> Self {
        Self {
            subject,
            impersonator: None,
            tenant: None,
            via,
            grants: Arc::default(),
            elevated: subject == Subject::System,
        }
    }

    /// The key of the user on whose account this is, if it is a user.
    pub fn user_id(&self) -> Option<i64> {
        match self.subject {
            Subject::User(id) => Some(id),
            Subject::Anonymous | Subject::System => None,
        }
    }
}

/// The first argument of every service: who, within which request, when.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Who.
    pub actor: Arc<Actor>,
    /// The request, as in `X-Request-Id`, or the name of the job's run.
    pub request_id: Arc<str>,
    /// The client's address, if it came over the network.
    pub address: Option<IpAddr>,
    /// The moment at which the work began, in microseconds; all of it carries this time.
    pub now: DateTime<Utc>,
}

impl Ctx {
    /// The same request on the same account, bounded by no policy any more: for commands that do
    /// what whoever called them may not do by hand. The audit trail names the caller as ever.
    #[must_use]
    pub fn elevated(&self) -> Self {
        let actor = Actor { elevated: true, ..(*self.actor).clone() };
        Self { actor: Arc::new(actor), ..self.clone() }
    }

    /// The same request with one permission more: for commands that have a permission of their own, and yet
    /// stay within the rows that policies set to those who hold this one.
    #[must_use]
    pub fn granted(&self, permission: &str) -> Self {
        let mut grants = (*self.actor.grants).clone();
        grants.permissions.insert(permission.to_owned());
        let actor = Actor { grants: Arc::new(grants), ..(*self.actor).clone() };
        Self { actor: Arc::new(actor), ..self.clone() }
    }

    /// The context of the program itself.
    pub fn system(via: Via, now: DateTime<Utc>) -> Self {
        let request_id = Arc::from(via.label());
        Self { actor: Arc::new(Actor::system(via)), request_id, address: None, now }
    }
}
