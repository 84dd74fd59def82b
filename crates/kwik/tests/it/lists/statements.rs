//! How often requests ask the database: a read by key once, a list with its total once, and for rights and
//! attributes not at all as long as nobody's have changed.

use super::{
    counting::{Counter, Counting},
    wire::Wire,
};
use kwik::{
    adapters::{
        Database,
        system::{SystemClock, SystemRandom},
    },
    api::{
        Gate, Info, PageTokens, Registrar,
        resource::{Mount, OperationKind, Resource, Typed, register},
    },
    credentials::{argon2::Argon2Hasher, jwt::JwtSigner},
    domain::{AccessDirectory, PermissionPolicy, RolePolicy, Secret},
    identity::{Authenticator, Identity, Ports, Profiles},
    prelude::*,
    services::{CrudService, Data},
};
use kwik_testkit::{Client, TestApp, database::Engine, on_each_engine};
use poem::{Endpoint, Request, endpoint::BoxEndpoint};
use serde_json::{Value, json};
use std::sync::Arc;

/// Something to read.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "letters")]
pub struct Letter {
    #[entity(key)]
    pub id: i64,
    #[entity(search)]
    pub office: String,
    #[entity(references = Posting)]
    pub posting_id: Option<i64>,
    #[entity(guard = "seal")]
    pub seal: Option<String>,
}

/// Where a user works.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "postings", profile(user_id))]
pub struct Posting {
    #[entity(key)]
    pub id: i64,
    #[entity(unique)]
    pub user_id: i64,
    pub office: String,
}

fn by_office() -> Rows {
    Rows::matching(Letter::OFFICE, "office")
}

fn app() -> App {
    App::new().resource::<Letter>().resource::<Posting>().policy(by_office())
}

/// Requests, each with the number of times that it may ask: what is known by place, by condition, or by key.
const READS: [(&str, usize); 15] = [
    ("/letters/1", 1),
    ("/letters/99", 1),
    ("/letters/", 1),
    ("/letters/?limit=2", 1),
    ("/letters/?limit=2&skip=1&sorting=office:desc", 1),
    ("/letters/?limit=2&count=none", 1),
    ("/letters/?filter=office%20=%20%22north%22%20AND%20id%20%3E%201", 1),
    ("/letters/?filter_key=office&value=south", 1),
    ("/letters/?filter=NOT%20posting.office%20%3D%20%22south%22", 1),
    ("/letters/?q=nor%20TH&count=none", 1),
    ("/letters/?skip=100", 1),
    ("/letters/?limit=0", 1),
    ("/letters/?count=estimated", 1),
    ("/letters/?colour=red", 0),
    ("/letters/?sorting=seal", 0),
];

/// An app with letters, and a clerk who sees those of the north.
async fn post_office(app: &TestApp) -> Client {
    let user = app.new_user(&["letters_read", "letters_update", "postings_read"]).await;
    let ada = app.admin().await;
    ada.post("/postings/", &json!({ "user_id": user.id, "office": "north" })).await.ok();
    let letters = &app.service().services.data;
    for office in ["north", "north", "south", "north"] {
        let make = LetterCreate { office: office.into(), posting_id: None, seal: None };
        letters.single().repository::<Letter>().create(&app.system(), &make).await.unwrap();
    }
    app.as_user(&user).await
}

/// The same program as [`app`], put together from its parts so that what it asks is counted.
struct Counted {
    endpoint: BoxEndpoint<'static>,
    counter: Counter,
    token: String,
    database: Database,
}

impl Counted {
    async fn of(app: &TestApp, token: String) -> Self {
        let database = Database::connect(&Secret::new(app.database_url()), app.settings().pool).await.unwrap();
        let counter = Counter::default();
        let store = Counting { inner: database.store(), counter: counter.clone() };
        let directory: Arc<dyn AccessDirectory> =
            Arc::new(Counting { inner: database.access(), counter: counter.clone() });
        let all: Vec<Arc<dyn PermissionPolicy>> = vec![Arc::new(RolePolicy), Arc::new(by_office())];
        let policy: Arc<dyn PermissionPolicy> = Arc::new(all);
        let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
        let entities = [Letter::META, Posting::META];
        let data = Data::new(Arc::new(store), policy, random.clone(), clock, &entities);
        let profiles = Profiles::among(&data, &entities);
        let key = &app.settings().secret_key;
        let signer = Arc::new(JwtSigner::new(key, &[]).unwrap());
        let authenticator = Authenticator::new(data.clone(), directory.clone(), signer.clone(), database.notifier())
            .with_profiles(profiles.clone());
        let gate = Arc::new(Gate::new(Arc::new(authenticator), data.clone()));
        let mut registrar = Registrar::default();
        let mount = Mount { prefix: "/api/v1".into(), tokens: PageTokens::new(key) };
        let identity = Identity::new(Ports {
            data: data.clone(),
            directory,
            hasher: Arc::new(Argon2Hasher::new(app.settings().hash, random.clone()).unwrap()),
            signer,
            random,
            throttle: database.throttle(),
            mailer: None,
            settings: Arc::default(),
            declared: Arc::default(),
        });
        kwik_identity_api::register(&mut registrar, &identity, &mount, profiles.as_ref());
        let letters: Arc<dyn Resource> = Arc::new(Typed::new(CrudService::<Letter>::new(data.clone())));
        let postings: Arc<dyn Resource> = Arc::new(Typed::new(CrudService::<Posting>::new(data)));
        for resource in [letters, postings] {
            register(&mut registrar, &resource, &OperationKind::ALL, &mount);
        }
        let info = Info { title: "Counted".into(), version: "1".into(), prefix: "/api/v1".into() };
        let endpoint = registrar.finish(&info, &gate).unwrap().endpoint;
        Self { endpoint, counter, token, database }
    }

    /// How often a request asks, and what it answers.
    async fn get(&self, path: &str) -> (usize, Value) {
        let before = self.counter.get();
        let request = Request::builder().uri(path.parse().unwrap());
        let request = request.header("authorization", format!("Bearer {}", self.token)).finish();
        let answer = self.endpoint.get_response(request).await.into_body().into_vec().await.unwrap();
        (self.counter.get() - before, serde_json::from_slice(&answer).unwrap_or_default())
    }

    /// Goes on until rights are known: a listener may still be about to begin, or to hear what was before.
    async fn steady(&self) {
        for _ in 0..1000 {
            let mut costs = 0;
            for _ in 0..20 {
                costs += self.get("/letters/1").await.0;
                tokio::task::yield_now().await;
            }
            if costs == 20 {
                return;
            }
        }
        panic!("rights are asked for each time");
    }
}

on_each_engine! {
    async fn reads_and_lists_ask_once_and_rights_are_known(engine) {
        let mut app = TestApp::start(engine, app).await;
        let clerk = post_office(&app).await;
        let token = clerk.token().unwrap().to_owned();
        drop(clerk);
        // What cannot start leaves nobody at the database.
        app.restart(|| App::new().entity::<Posting>().entity::<Posting>()).await.unwrap_err();
        let counted = Counted::of(&app, token).await;
        let (first, answer) = counted.get("/letters/1").await;
        assert_eq!((first, &answer["office"]), (4, &json!("north")), "session, rights, profile, row");
        counted.steady().await;
        for (path, asks) in READS {
            for _ in 0..2 {
                assert_eq!(counted.get(path).await.0, asks, "{path}");
            }
        }
        assert_eq!(counted.get("/letters/").await.1["total"], 3);
        let (_, page) = counted.get("/letters/?limit=1&sorting=office").await;
        let next = format!("/letters/?limit=1&sorting=office&page_token={}", page["next_page_token"].as_str().unwrap());
        let (asks, page) = counted.get(&next).await;
        assert_eq!((asks, &page["total"], &page["data"][0]["id"]), (1, &json!(3), &json!(2)));
        let (asks, page) = counted.get("/letters/?limit=1&count=estimated").await;
        assert_eq!((asks, &page["total"]), (2, &json!(3)), "a count of its own, which ends early");
        let (asks, me) = counted.get("/users/me").await;
        assert_eq!((asks, &me["profile"]["office"]), (2, &json!("north")), "the user and the profile");
        counted.database.close().await;
    }
}

/// The round trips of a request through all layers.
async fn trips(wire: &Wire, client: &Client, path: &str) -> usize {
    let before = wire.trips();
    client.get(path).await;
    wire.trips() - before
}

#[test]
fn reads_and_lists_are_one_round_trip_to_postgres() {
    kwik_testkit::database::block_on(async {
        let wire = {
            let plain = TestApp::start(Engine::Postgres, app).await;
            Wire::before(plain.database_url()).await
        };
        let through = |settings: &mut kwik::Settings| {
            settings.database_url = Secret::new(wire.url(settings.database_url.expose()));
            // One listens, and one answers requests: what it has prepared stays prepared.
            settings.pool.max_connections = 2;
        };
        let app = TestApp::start_with(Engine::Postgres, app, through).await;
        let clerk = post_office(&app).await;
        // Every statement is prepared once, and rights are read again until what was made is heard of.
        for path in READS.map(|(path, _)| path) {
            let mut tries = 0;
            while trips(&wire, &clerk, path).await + trips(&wire, &clerk, path).await > 2 {
                tries += 1;
                assert!(tries < 100, "{path} never gets steady");
            }
        }
        for (path, asks) in READS {
            assert_eq!(trips(&wire, &clerk, path).await, asks, "{path}");
        }
        let guessed = "/letters/?limit=1&count=estimated";
        trips(&wire, &clerk, guessed).await;
        assert_eq!(trips(&wire, &clerk, guessed).await, 2, "what is two statements is counted so");
    });
}
