//! Two processes on one database: what is taken away by an answer of one of them is not to be had there from
//! that answer on, and soon not from the other. `cargo xtask soak` tries it a thousand times and holds the
//! other one to its time; here it is only seen that it happens.

use super::harness::{Answer, FREE_PORT, Folder, JSON, KEY, PASSWORD, Running, at, empty, soak_or};
use kwik_testkit::database::{Engine, TestDatabase};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How long the other instance may go on (invariant 5).
const PROMISE: Duration = Duration::from_millis(200);
/// How long a test waits for it before it fails.
const PATIENCE: Duration = Duration::from_secs(5);
/// What users' passwords are, by turns.
const PASSWORDS: [&str; 2] = ["a first word to enter", "a second word to enter"];

/// What is taken away.
#[derive(Clone, Copy, Debug)]
enum Kind {
    SignOut,
    Deactivation,
    RoleOfUser,
    PermissionOfRole,
    RoleItself,
    Password,
    Key,
}

const KINDS: [Kind; 7] = [
    Kind::SignOut,
    Kind::Deactivation,
    Kind::RoleOfUser,
    Kind::PermissionOfRole,
    Kind::RoleItself,
    Kind::Password,
    Kind::Key,
];

struct World {
    here: Running,
    there: Running,
    admin: String,
    user: i64,
    role: i64,
    permission: i64,
    /// Which password is the user's now.
    password: usize,
}

impl World {
    fn new(folders: [&Folder; 2], url: &str) -> Self {
        let settings = [
            at(url),
            FREE_PORT,
            KEY,
            PASSWORD,
            ("KWIK_HASH_MEMORY", "64"),
            ("KWIK_HASH_PASSES", "1"),
            ("KWIK_LOG", "warn"),
        ];
        let [here, there] = folders.map(|folder| Running::start(folder, &settings));
        let admin = here.admin() + JSON;
        let mut world = Self { here, there, admin, user: 0, role: 0, permission: 0, password: 0 };
        world.role = world.post("/roles/", &json!({ "name": "clerk", "is_active": true }))["id"].as_i64().unwrap();
        let new = json!({ "name": "Carl", "surname": "Clerk", "email": "clerk@example.com", "password": PASSWORDS[0] });
        world.user = world.post("/users/", &new)["id"].as_i64().unwrap();
        let found = world.here.get("/api/v1/permissions/?filter_key=name&value=customers_read", &world.admin).json();
        world.permission = found["data"][0]["id"].as_i64().unwrap();
        world.give_back();
        world
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.here.ask(("POST", &format!("/api/v1{path}")), &self.admin, &body.to_string());
        assert!(matches!(answer.status, 200 | 201), "{path}: {}", answer.body);
        answer.json()
    }

    fn put(&self, path: &str, body: &Value) {
        let answer = self.here.ask(("PUT", &format!("/api/v1{path}")), &self.admin, &body.to_string());
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }

    /// Everything that a trial takes away.
    fn give_back(&self) {
        let Self { user, role, permission, .. } = self;
        self.put(&format!("/users/{user}"), &json!({ "is_active": true }));
        self.put(&format!("/roles/{role}"), &json!({ "is_active": true }));
        self.post(&format!("/roles/{role}/users"), &json!({ "user_id": user }));
        self.post(&format!("/roles/{role}/permissions"), &json!({ "permission_id": permission }));
    }

    fn user_signed_in(&self) -> String {
        self.here.signed_in("clerk@example.com", PASSWORDS[self.password]) + JSON
    }

    /// With what the user makes requests, and the request by which that is taken away.
    fn prepare(&mut self, kind: Kind) -> (String, (&'static str, String), String, String) {
        let Self { user, role, permission, .. } = *self;
        let (token, admin) = (self.user_signed_in(), self.admin.clone());
        let inactive = r#"{ "is_active": false }"#.to_owned();
        match kind {
            Kind::SignOut => (token.clone(), ("POST", "/login/logout".to_owned()), token, String::new()),
            Kind::Deactivation => (token, ("PUT", format!("/users/{user}")), admin, inactive),
            Kind::RoleOfUser => (token, ("DELETE", format!("/roles/{role}/users/{user}")), admin, String::new()),
            Kind::PermissionOfRole => {
                (token, ("DELETE", format!("/roles/{role}/permissions/{permission}")), admin, String::new())
            }
            Kind::RoleItself => (token, ("PUT", format!("/roles/{role}")), admin, inactive),
            Kind::Password => {
                let other = self.user_signed_in();
                let (old, new) = (PASSWORDS[self.password], PASSWORDS[1 - self.password]);
                self.password = 1 - self.password;
                let body = json!({ "old_password": old, "new_password": new }).to_string();
                (other, ("PUT", "/users/me/password".to_owned()), token, body)
            }
            Kind::Key => {
                let body = json!({ "name": "trial", "scopes": ["customers_read"] }).to_string();
                let made = self.here.ask(("POST", "/api/v1/api-keys/"), &token, &body);
                assert_eq!(made.status, 201, "{}", made.body);
                let key = format!("x-api-key: {}\r\n", made.json()["key"].as_str().unwrap());
                (key, ("DELETE", format!("/api-keys/{}", made.json()["id"])), token, String::new())
            }
        }
    }

    /// How long after the answer that request began which the other instance was the first to refuse.
    fn trial(&mut self, kind: Kind) -> Duration {
        let (credential, (method, path), by, body) = self.prepare(kind);
        let customers = |at: &Running| at.get("/api/v1/customers/?limit=1", &credential);
        for at in [&self.here, &self.there] {
            // Twice: what is kept is used.
            assert_eq!((customers(at).status, customers(at).status), (200, 200), "{kind:?}");
        }
        let answer = self.here.ask((method, &format!("/api/v1{path}")), &by, &body);
        let answered = Instant::now();
        assert_eq!(answer.status, 200, "{kind:?}: {}", answer.body);
        let there = refused_after(answered, || customers(&self.there));
        assert_ne!(customers(&self.here).status, 200, "{kind:?}: at once where it was answered");
        self.give_back();
        there
    }
}

fn refused_after(since: Instant, ask: impl Fn() -> Answer) -> Duration {
    loop {
        // What was asked for before this moment was still given.
        let asked = since.elapsed();
        let answer = ask();
        if matches!(answer.status, 401 | 403) {
            return asked;
        }
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(asked < PATIENCE, "it goes on for ever");
    }
}

fn report(what: &str, mut delays: Vec<Duration>, strict: bool) {
    delays.sort();
    let at = |percent: usize| delays[(delays.len() * percent / 100).min(delays.len() - 1)];
    let at_once = delays.iter().filter(|delay| **delay < Duration::from_millis(1)).count();
    eprintln!(
        "{what}: {} trials; the first request that the other instance refused began {:?} (median), {:?} (90 %), \
         {:?} (99 %), {:?} (longest) after the answer; {at_once} within a millisecond",
        delays.len(),
        at(50),
        at(90),
        at(99),
        at(100)
    );
    assert!(!strict || at(100) <= PROMISE, "{:?} is longer than promised", at(100));
}

mod postgres {
    use super::*;
    use kwik_testkit::database::block_on;

    async fn delays(before_each: impl AsyncFn(&TestDatabase)) -> (Vec<Duration>, bool) {
        let (folders, database) = ([Folder::new(), Folder::new()], empty(Engine::Postgres).await);
        let (trials, strict) = soak_or(KINDS.len());
        let mut world = World::new([&folders[0], &folders[1]], database.url());
        let mut delays = Vec::new();
        for n in 0..trials {
            before_each(&database).await;
            delays.push(world.trial(KINDS[n % KINDS.len()]));
        }
        (delays, strict)
    }

    #[test]
    fn what_is_taken_away_on_one_instance_is_gone_on_the_other() {
        let (delays, strict) = block_on(delays(async |_| ()));
        report("two instances", delays, strict);
    }

    #[test]
    fn nothing_depends_on_a_listener_that_was_cut_off() {
        let (delays, strict) = block_on(delays(async |database| database.cut_listeners().await.unwrap()));
        report("two instances whose listeners were cut off", delays, strict);
    }
}
