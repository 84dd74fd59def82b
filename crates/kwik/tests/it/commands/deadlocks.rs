//! Two that lock two rows in opposite order: one of them begins again.

use super::shop::{Account, AccountUpdate, at_once, succeeded};
use kwik::{domain::Conflict, prelude::*};
use kwik_testkit::{TestApp, database::Engine, on_each_engine};
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};
use tokio::sync::Barrier;

permission!(pub Turn = "accounts_turn");

/// Locks two accounts, one after the other, and counts in both.
#[derive(Debug)]
struct TurnBoth {
    accounts: [i64; 2],
    /// Where those meet who have locked their first account, in their first try.
    meeting: Option<Arc<Barrier>>,
    /// Whether it goes on as if nothing was, when the second account cannot be locked.
    overlooks: bool,
    tries: AtomicUsize,
}

impl TurnBoth {
    fn of(accounts: [i64; 2]) -> Self {
        Self { accounts, meeting: None, overlooks: false, tries: AtomicUsize::new(0) }
    }
}

#[async_trait]
impl Command for TurnBoth {
    type Answer = Stored<Account>;

    async fn run(&self, ctx: &Ctx, work: &mut Work) -> Result<Stored<Account>> {
        let tried = self.tries.fetch_add(1, SeqCst);
        let [first, second] = self.accounts;
        let one = work.repository::<Account>().find_for_update(ctx, first).await?.unwrap();
        if let Some(meeting) = self.meeting.as_ref().filter(|_| tried == 0) {
            meeting.wait().await;
        }
        tokio::task::yield_now().await;
        let other = match work.repository::<Account>().find_for_update(ctx, second).await {
            Err(_) if self.overlooks => return Ok(one),
            other => other?.unwrap(),
        };
        for account in [&one, &other] {
            let turn = AccountUpdate { turns: Some(account.turns + 1), ..AccountUpdate::default() };
            work.update::<Account>(ctx, account.id, Some(account.version()), turn).await?;
        }
        Ok(one)
    }
}

struct Turns {
    data: Data,
}

#[OpenApi]
impl Turns {
    /// Turn two accounts.
    #[oai(path = "/accounts/:one/turn/:other", method = "post", operation_id = "turnAccounts")]
    async fn turn(&self, ctx: Allow<Turn>, one: Path<i64>, other: Path<i64>) -> ApiResult<Json<Account>> {
        Ok(Json(self.data.run(&ctx, &TurnBoth::of([one.0, other.0])).await?))
    }
}

fn app() -> App {
    App::new().resource::<Account>().api(|services| Turns { data: services.data.clone() })
}

async fn start(engine: Engine) -> TestApp {
    let app = TestApp::start(engine, app).await;
    let admin = app.admin().await;
    for _ in 0..2 {
        admin.post("/accounts/", &json!({ "most": 1 })).await.ok();
    }
    app
}

async fn turns(app: &TestApp) -> [i64; 2] {
    let admin = app.admin().await;
    let of = async |id: i64| admin.get(&format!("/accounts/{id}")).await.ok()["turns"].as_i64().unwrap();
    [of(1).await, of(2).await]
}

/// Two commands that are sure to lock each other out in their first try, which takes two writers at once.
async fn meet(overlooks: bool) {
    let app = start(Engine::Postgres).await;
    let meeting = Arc::new(Barrier::new(2));
    let command = |accounts| TurnBoth { meeting: Some(meeting.clone()), overlooks, ..TurnBoth::of(accounts) };
    let (one, other) = (command([1, 2]), command([2, 1]));
    let (ctx, data) = (app.system(), &app.service().services.data);
    let answers = tokio::join!(data.run(&ctx, &one), data.run(&ctx, &other));
    assert!(answers.0.is_ok() && answers.1.is_ok(), "{answers:?}");
    assert_eq!(turns(&app).await, [2, 2]);
    assert!(one.tries.load(SeqCst) + other.tries.load(SeqCst) > 2, "nobody had to begin again");
}

#[test]
fn one_of_two_in_a_deadlock_begins_again() {
    kwik_testkit::database::block_on(meet(false));
}

#[test]
fn what_overlooks_that_it_has_lost_begins_again_too() {
    kwik_testkit::database::block_on(meet(true));
}

/// Both read before either writes: the one that commits last cannot be fitted in, and is told at its
/// commit that it has lost.
#[test]
fn what_cannot_be_fitted_in_is_told_at_its_commit() {
    kwik_testkit::database::block_on(async {
        let app = start(Engine::Postgres).await;
        let (ctx, data) = (app.system(), &app.service().services.data);
        let mut units = Vec::new();
        for _ in 0..2 {
            let mut work = data.begin_at(Isolation::Serializable).await.unwrap();
            assert_eq!(work.repository::<Account>().count(&ctx, &Filter::All).await.unwrap(), 2);
            units.push(work);
        }
        for (work, id) in units.iter_mut().zip([1, 2]) {
            let turn = AccountUpdate { turns: Some(1), ..AccountUpdate::default() };
            work.update::<Account>(&ctx, id, None, turn).await.unwrap();
        }
        let (second, first) = (units.pop().unwrap(), units.pop().unwrap());
        first.commit().await.unwrap();
        let lost = second.commit().await;
        assert!(matches!(lost, Err(Error::Conflict(Conflict::Contention))), "{lost:?}");
    });
}

on_each_engine! {
    async fn many_in_opposite_order_end_well_or_are_told_to_try_again(engine) {
        let app = start(engine).await;
        let admin = app.admin().await;
        let answers = at_once(32, |n| {
            let admin = admin.clone();
            let path = if n % 2 == 0 { "/accounts/1/turn/2" } else { "/accounts/2/turn/1" };
            async move { admin.post(path, &json!({})).await }
        });
        let made = i64::try_from(succeeded(&answers.await)).unwrap();
        assert!(made > 0);
        assert_eq!(turns(&app).await, [made, made]);
    }

    async fn who_loses_each_time_is_told_to_try_again(engine) {
        let app = start(engine).await;
        let (ctx, data) = (app.system(), &app.service().services.data);
        let hopeless = Hopeless(AtomicUsize::new(0));
        let answer = data.run(&ctx, &hopeless).await;
        assert!(matches!(answer, Err(Error::Conflict(Conflict::Contention))), "{answer:?}");
        assert!((5..=20).contains(&hopeless.0.load(SeqCst)), "{hopeless:?}");
    }
}

/// Loses each time.
#[derive(Debug)]
struct Hopeless(AtomicUsize);

#[async_trait]
impl Command for Hopeless {
    type Answer = ();

    async fn run(&self, _: &Ctx, _: &mut Work) -> Result<()> {
        self.0.fetch_add(1, SeqCst);
        Err(Conflict::Contention.into())
    }
}
