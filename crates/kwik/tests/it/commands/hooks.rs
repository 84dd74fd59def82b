//! Hooks: in which order, when they undo, and when they do not run.

use super::shop::{Account, AccountCreate, AccountUpdate, rows};
use kwik::{domain::Conflict, prelude::*};
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::json;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

/// What happened, in order.
#[derive(Clone, Default)]
struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    fn write(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Writes down each hook, and fails where an account's number says so.
struct Diary {
    name: &'static str,
    journal: Journal,
    lost: AtomicUsize,
}

/// The hooks that fail, by what they would set an account's most to.
const AFTER: i64 = 13;
const COMMITTED: i64 = 14;
const PANIC: i64 = 15;
const LOSES: i64 = 16;

impl Diary {
    fn note(&self, hook: &str) {
        self.journal.write(format!("{} {hook}", self.name));
    }
}

#[async_trait]
impl Rule<Account> for Diary {
    async fn before_create(&self, _: &Ctx, work: &mut Work, create: &mut AccountCreate) -> Result<()> {
        self.note("before create");
        let journal = self.journal.clone();
        work.after_commit(move || async move {
            journal.write("after commit");
            Ok(())
        });
        if create.most == LOSES && self.lost.fetch_add(1, SeqCst) < 3 {
            return Err(Conflict::Contention.into());
        }
        Ok(())
    }

    async fn after_create(&self, _: &Ctx, _: &mut Work, new: &Stored<Account>) -> Result<()> {
        self.note("after create");
        if new.most == AFTER {
            return Err(RuleViolation::new("after", "it is too late").into());
        }
        Ok(())
    }

    async fn before_update(&self, _: &Ctx, _: &mut Work, old: &Stored<Account>, _: &mut AccountUpdate) -> Result<()> {
        self.note(&format!("before update {}", old.most));
        Ok(())
    }

    async fn after_update(&self, _: &Ctx, _: &mut Work, old: &Stored<Account>, new: &Stored<Account>) -> Result<()> {
        self.note(&format!("after update {} {}", old.most, new.most));
        Ok(())
    }

    async fn before_delete(&self, _: &Ctx, _: &mut Work, _: &Stored<Account>) -> Result<()> {
        self.note("before delete");
        Ok(())
    }

    async fn after_delete(&self, _: &Ctx, _: &mut Work, _: &Stored<Account>) -> Result<()> {
        self.note("after delete");
        Ok(())
    }

    async fn committed(&self, ctx: &Ctx, data: &Data, change: &Committed<Account>) -> Result<()> {
        let (what, key) = match change {
            Committed::Created(new) => ("created", new.id),
            Committed::Updated { new, .. } => ("updated", new.id),
            Committed::Deleted(old) => ("deleted", old.id),
        };
        // From outside of the unit of work: it is there for everybody.
        let found = data.single().repository::<Account>().find(ctx, key).await?;
        self.note(&format!("{what}, {}", if found.is_some() { "there" } else { "gone" }));
        match found.map(|account| account.most) {
            Some(COMMITTED) => Err(Error::Internal("nobody is told".to_owned())),
            Some(PANIC) => panic!("nobody is told"),
            _ => Ok(()),
        }
    }
}

fn app(journal: &Journal) -> App {
    let diary = |name| Diary { name, journal: journal.clone(), lost: AtomicUsize::new(0) };
    App::new().resource::<Account>().rule::<Account>(diary("a")).rule::<Account>(diary("b"))
}

on_each_engine! {
    async fn hooks_run_in_their_order(engine) {
        let journal = Journal::default();
        let app = TestApp::start(engine, || app(&journal)).await;
        let admin = app.admin().await;
        admin.post("/accounts/", &json!({ "most": 1 })).await.ok();
        let both = |hook: &str| [format!("a {hook}"), format!("b {hook}")];
        let commits = ["after commit".to_owned(), "after commit".to_owned()];
        let of_create = [both("before create"), both("after create"), commits, both("created, there")];
        assert_eq!(journal.take(), of_create.concat());
        admin.put("/accounts/1", &json!({ "most": 2 })).await.ok();
        assert_eq!(
            journal.take(),
            [both("before update 1"), both("after update 1 2"), both("updated, there")].concat()
        );
        admin.delete("/accounts/1").await.ok();
        assert_eq!(journal.take(), [both("before delete"), both("after delete"), both("deleted, gone")].concat());
    }

    async fn an_error_in_a_hook_undoes_the_change_and_nothing_follows(engine) {
        let journal = Journal::default();
        let app = TestApp::start(engine, || app(&journal)).await;
        let admin = app.admin().await;
        admin.post("/accounts/", &json!({ "most": AFTER })).await.refused(409, "after");
        assert!(rows(&admin, "accounts").await.is_empty());
        assert_eq!(journal.take(), ["a before create", "b before create", "a after create"]);
        assert_eq!(admin.get("/audit/?filter_key=entity&value=accounts").await.ok()["total"], 0);
    }

    async fn what_follows_a_commit_does_not_change_the_answer(engine) {
        let journal = Journal::default();
        let app = TestApp::start(engine, || app(&journal)).await;
        let admin = app.admin().await;
        for most in [COMMITTED, PANIC] {
            assert_eq!(admin.post("/accounts/", &json!({ "most": most })).await.ok()["most"], most);
            // The second rule's hook runs, whatever the first one's did.
            assert!(journal.take().ends_with(&["a created, there".to_owned(), "b created, there".to_owned()]));
        }
    }

    async fn what_was_lost_begins_again_and_is_told_once(engine) {
        let journal = Journal::default();
        let app = TestApp::start(engine, || app(&journal)).await;
        let admin = app.admin().await;
        admin.post("/accounts/", &json!({ "most": LOSES })).await.ok();
        let told = journal.take();
        let count = |what: &str| told.iter().filter(|line| *line == what).count();
        // Three tries end in the first rule, three in the second, and then one goes through.
        assert_eq!((count("a before create"), count("b before create"), count("a after create")), (7, 4, 1));
        assert_eq!((count("after commit"), count("a created, there"), count("b created, there")), (2, 1, 1));
        assert_eq!(rows(&admin, "accounts").await.len(), 1);
    }

    async fn commands_keep_the_rules_and_repositories_are_bare(engine) {
        let journal = Journal::default();
        let app = TestApp::start(engine, || app(&journal)).await;
        let (ctx, data) = (app.system(), &app.service().services.data);
        let mut work = data.begin().await.unwrap();
        let new = AccountCreate { most: 1, turns: 0 };
        let account = work.create::<Account>(&ctx, new).await.unwrap();
        let update = AccountUpdate { most: Some(2), ..AccountUpdate::default() };
        let stale = work.update::<Account>(&ctx, account.id, Some(7), update.clone()).await;
        assert!(matches!(stale, Err(Error::VersionConflict { current: 1 })), "{stale:?}");
        work.update::<Account>(&ctx, account.id, Some(1), update.clone()).await.unwrap();
        work.repository::<Account>().update(&ctx, account.id, None, &update).await.unwrap();
        work.delete::<Account>(&ctx, account.id, None).await.unwrap();
        assert_eq!(journal.take().len(), 12, "each before and after, of both rules, and no more");
        work.commit().await.unwrap();
        assert_eq!(journal.take().len(), 8, "two that were asked for, three changes for each rule");
    }

    async fn nothing_follows_what_was_dropped(engine) {
        let journal = Journal::default();
        let app = TestApp::start(engine, || app(&journal)).await;
        let (ctx, data) = (app.system(), &app.service().services.data);
        let mut work = data.begin().await.unwrap();
        work.create::<Account>(&ctx, AccountCreate { most: 1, turns: 0 }).await.unwrap();
        drop(work);
        assert_eq!(journal.take(), ["a before create", "b before create", "a after create", "b after create"]);
        assert!(rows(&app.admin().await, "accounts").await.is_empty());
    }
}
