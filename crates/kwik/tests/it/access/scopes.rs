//! A policy of one's own: rows and fields out of reach are as if they were not there.

use http::Method;
use kwik::{domain::FieldSet, prelude::*};
use kwik_testkit::{Client, TestApp, TestResponse, database::Engine, on_each_engine};
use serde_json::{Value, json};

/// Something that is sold in a region.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "deals")]
pub struct Deal {
    #[entity(key)]
    pub id: i64,
    #[entity(unique)]
    pub title: String,
    pub region: String,
    pub price: Option<Decimal>,
    #[entity(default = "0.10")]
    pub margin: Decimal,
}

/// What somebody keeps for themselves.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "diaries")]
pub struct Diary {
    #[entity(key)]
    pub id: i64,
    pub text: String,
}

/// All but administrators see deals of the north below 1000 without their margin, and diaries of their own.
struct North;

impl PermissionPolicy for North {
    fn decide(&self, actor: &Actor, _: Action, entity: &'static EntityMeta) -> Decision {
        if actor.grants.roles.iter().any(|role| role == "admin") {
            return Decision::Allow(Scope::all());
        }
        if entity.name == Diary::META.name {
            let creator = entity.index_of("creator_user_id").unwrap();
            let own = kwik::domain::Value::Int(actor.user_id().unwrap_or(0));
            return Decision::Allow(Scope::rows(Filter::Compare(creator, kwik::domain::Comparison::Eq, own)));
        }
        let cheap = Deal::PRICE.lt(Decimal::ONE_THOUSAND) | Deal::PRICE.is_null();
        let fields = FieldSet::ALL.without(Deal::MARGIN.index());
        Decision::Allow(Scope { rows: Deal::REGION.eq("north") & cheap, read: fields, write: fields })
    }

    fn permits(&self, _: &Actor, _: &str) -> Result<(), Denial> {
        Ok(())
    }
}

fn app() -> App {
    App::new().resource::<Deal>().resource::<Diary>().policy(North)
}

/// The same with a rule, which makes changes part of a unit of work.
fn ruled() -> App {
    app().rule::<Deal>(Telltale)
}

/// A rule that would tell about every row that it is asked about.
struct Telltale;

#[async_trait]
impl Rule<Deal> for Telltale {
    async fn before_update(&self, _: &Ctx, _: &mut Work, old: &Stored<Deal>, _: &mut DealUpdate) -> Result<()> {
        if old.region == "north" { Ok(()) } else { Err(RuleViolation::new("seen", "the rule has seen it").into()) }
    }

    async fn before_delete(&self, _: &Ctx, _: &mut Work, old: &Stored<Deal>) -> Result<()> {
        if old.region == "north" { Ok(()) } else { Err(RuleViolation::new("seen", "the rule has seen it").into()) }
    }
}

const ALL: [&str; 8] = [
    "deals_read",
    "deals_create",
    "deals_update",
    "deals_delete",
    "diaries_read",
    "diaries_create",
    "diaries_update",
    "diaries_delete",
];

/// Ada, who sees everything, Nils of the north, and deals: 1 and 4 within his reach; 2 (south) and 3 (dear) not.
async fn north(engine: Engine, app: fn() -> App) -> (TestApp, Client, Client) {
    let app = TestApp::start(engine, app).await;
    let (ada, nils) = (app.admin().await, app.with_permissions(&ALL).await);
    for (title, region, price) in [
        ("a", "north", json!("10")),
        ("b", "south", json!("10")),
        ("c", "north", json!("1000")),
        ("d", "north", Value::Null),
    ] {
        ada.post("/deals/", &json!({ "title": title, "region": region, "price": price })).await.ok();
    }
    (app, ada, nils)
}

/// An answer without what is another in each: the request, and the key that was asked for.
fn shape(answer: &TestResponse, id: i64) -> (u16, Vec<String>, String) {
    let mut headers: Vec<_> = answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.retain(|header| !header.starts_with("x-request-id"));
    let text = String::from_utf8(answer.body.clone()).unwrap();
    let request_id = answer.header("x-request-id").unwrap();
    (answer.status.as_u16(), headers, text.replace(request_id, "…").replace(&format!("id={id} "), "id=… "))
}

/// Rows out of reach are missing, byte for byte, whatever is asked of them.
async fn out_of_reach(engine: Engine, app: fn() -> App) {
    let (_app, ada, nils) = north(engine, app).await;
    for (method, tail, headers, body) in [
        (Method::GET, "", &[][..], ""),
        (Method::GET, "/history", &[], ""),
        (Method::PUT, "", &[], r#"{"title":"x"}"#),
        (Method::PUT, "", &[], r#"{"region":"north","price":1}"#),
        (Method::PUT, "", &[("if-match", "\"7\"")], r#"{"title":"x"}"#),
        (Method::PATCH, "", &[], r#"{"title":"a"}"#),
        (Method::DELETE, "", &[], ""),
        (Method::DELETE, "", &[("if-match", "\"7\"")], ""),
    ] {
        let ask = async |id: i64| {
            let headers: Vec<_> = headers.iter().copied().chain([("content-type", "application/json")]).collect();
            shape(&nils.send(method.clone(), &format!("/deals/{id}{tail}"), &headers, body.into()).await, id)
        };
        let missing = ask(99).await;
        assert_eq!(missing.0, 404, "{method} {tail} {}", missing.2);
        for id in [2, 3] {
            assert_eq!(ask(id).await, missing, "{method} {tail}");
        }
    }
    for id in [2, 3] {
        assert_eq!(ada.get(&format!("/deals/{id}")).await.ok()["version"], 1, "nothing has changed");
    }
}

on_each_engine! {
    async fn rows_out_of_reach_are_missing_byte_for_byte(engine) {
        Box::pin(out_of_reach(engine, app)).await;
    }

    async fn rows_out_of_reach_are_missing_byte_for_byte_for_rules_too(engine) {
        Box::pin(out_of_reach(engine, ruled)).await;
    }

    async fn lists_and_totals_know_what_is_within_reach_alone(engine) {
        let (_app, ada, nils) = north(engine, app).await;
        assert_eq!(ada.get("/deals/").await.ok()["total"], 4);
        let titles = async |query: &str| {
            let page = nils.get(&format!("/deals/{query}")).await.ok();
            let titles: Vec<_> = page["data"].as_array().unwrap().iter().map(|deal| deal["title"].clone()).collect();
            (page["total"].clone(), titles)
        };
        assert_eq!(titles("").await, (json!(2), vec![json!("a"), json!("d")]));
        assert_eq!(titles("?sorting=id:desc&limit=1").await, (json!(2), vec![json!("d")]));
        assert_eq!(titles("?skip=2").await, (json!(2), vec![]));
        assert_eq!(titles("?filter_key=region&value=south").await, (json!(0), vec![]));
        assert_eq!(titles("?filter_key=price&value=1000").await, (json!(0), vec![]));
        assert_eq!(titles("?filter_key=id&value=2").await, (json!(0), vec![]));
    }

    async fn nobody_makes_or_moves_a_row_out_of_their_reach(engine) {
        for app in [app, ruled] {
            let (_app, ada, nils) = north(engine, app).await;
            let out = json!({
                "code": "forbidden",
                "detail": "Not enough privileges: the row would lie outside of what you may reach",
            });
            let deal = |region: &str, price: &str| json!({ "title": "new", "region": region, "price": price });
            assert_eq!(nils.post("/deals/", &deal("south", "1")).await.problem(403), out);
            assert_eq!(nils.post("/deals/", &deal("north", "1000.00")).await.problem(403), out);
            assert_eq!(nils.put("/deals/1", &json!({ "region": "south" })).await.problem(403), out);
            assert_eq!(nils.put("/deals/4", &json!({ "price": "2000" })).await.problem(403), out);
            assert_eq!(nils.json(Method::PUT, "/deals/1", &[("if-match", "\"1\"")], &json!({ "region": "x" })).await.problem(403), out);
            assert_eq!(ada.get("/deals/").await.ok()["total"], 4);
            assert_eq!(ada.get("/deals/1/history").await.ok()["data"].as_array().unwrap().len(), 1);
            nils.post("/deals/", &deal("north", "999.99")).await.ok();
            nils.put("/deals/1", &json!({ "price": null })).await.ok();
            nils.delete("/deals/1").await.ok();
        }
    }

    async fn fields_out_of_reach_are_neither_seen_nor_written(engine) {
        let (_app, ada, nils) = north(engine, app).await;
        ada.put("/deals/1", &json!({ "margin": "0.77" })).await.ok();
        assert_eq!(ada.get("/deals/1").await.ok()["margin"], "0.77");
        for answer in [
            nils.get("/deals/1").await,
            nils.get("/deals/").await,
            nils.get("/deals/1/history").await,
            nils.put("/deals/1", &json!({ "title": "A" })).await,
            nils.delete("/deals/1").await,
        ] {
            answer.ok();
            let text = String::from_utf8(answer.body).unwrap();
            assert!(!text.contains("margin") && !text.contains("0.77") && !text.contains("0.10"), "{text}");
        }
        let problem = nils.put("/deals/4", &json!({ "margin": "0.5" })).await.problem(403);
        assert_eq!(problem["detail"], "Not enough privileges: the field margin may not be written");
        nils.post("/deals/", &json!({ "title": "n", "region": "north", "margin": "0.5" })).await.refused(403, "forbidden");
        for query in ["sorting=margin", "filter_key=margin&value=0.10"] {
            let answer = nils.get(&format!("/deals/?{query}")).await;
            assert!(answer.status.is_client_error(), "what is not seen is not asked about: {query}");
        }
    }

    async fn a_field_out_of_reach_has_its_default_in_a_new_row(engine) {
        let (_app, ada, nils) = north(engine, app).await;
        let created = nils.post("/deals/", &json!({ "title": "n", "region": "north" })).await.ok();
        assert_eq!(ada.get(&format!("/deals/{}", created["id"])).await.ok()["margin"], "0.10");
    }

    async fn a_row_of_ones_own_is_made_read_changed_and_removed(engine) {
        let (app, ada, nils) = north(engine, app).await;
        let olga = app.with_permissions(&ALL).await;
        let diary = nils.post("/diaries/", &json!({ "text": "mine" })).await.ok();
        assert_eq!(diary["creator_user_id"], 2);
        olga.post("/diaries/", &json!({ "text": "hers" })).await.ok();
        assert_eq!(nils.get("/diaries/").await.ok()["total"], 1);
        nils.get("/diaries/2").await.refused(404, "not_found");
        olga.get("/diaries/1/history").await.refused(404, "not_found");
        nils.put("/diaries/1", &json!({ "text": "still mine" })).await.ok();
        nils.put("/diaries/2", &json!({ "text": "mine too" })).await.refused(404, "not_found");
        nils.delete("/diaries/1").await.ok();
        assert_eq!(ada.get("/diaries/").await.ok()["total"], 1);
    }
}
