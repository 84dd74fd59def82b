//! `GET /access/explain`: why somebody may do something, or may not.

use crate::people::{Office, forbidden};
use kwik_testkit::{Client, on_each_engine};
use serde_json::{Value, json};

async fn explain(client: &Client, user_id: i64, rest: &str) -> Value {
    client.get(&format!("/access/explain?user_id={user_id}&{rest}")).await.ok()
}

/// What one policy says.
fn policy(policy: &str, reason: &str, rows: Option<&str>, row_matches: Option<bool>) -> Value {
    json!({ "policy": policy, "allowed": true, "reason": reason, "rows": rows, "row_matches": row_matches })
}

/// What the policies about tickets say when employees are asked about.
fn about_tickets(row_matches: Option<bool>) -> [Value; 2] {
    [
        policy("rows of tickets by condition", "it is about something else", None, row_matches),
        policy("ConfidentialTickets", "it is about tickets", None, row_matches),
    ]
}

/// What is said of Sam's reading employees.
fn of_sam(id: Option<&str>, sam: i64, allowed: bool, reason: &str, matches: [Option<bool>; 2]) -> Value {
    let [everywhere, here] = matches;
    let mut policies = vec![
        policy("roles", "the permission employees_read reaches every row", None, everywhere),
        policy(
            "rows of employees by attribute",
            "department must be the department of the user's profile",
            Some("department = \"sales\""),
            here,
        ),
    ];
    policies.extend(about_tickets(everywhere));
    json!({
        "user_id": sam, "action": "read", "resource": "employees", "id": id,
        "allowed": allowed,
        "reason": reason,
        "roles": [{ "name": "role of test user 0", "permissions": ["employees_read"] }],
        "rows": "department = \"sales\"",
        "fields": {
            "readable": [
                "id", "name", "email", "department", "version",
                "creation_time", "creator_user_id", "last_modification_time", "last_modifier_user_id",
            ],
            "writable": [],
        },
        "policies": policies,
        "operations": [],
    })
}

on_each_engine! {
    async fn only_who_may_ask_is_answered(engine) {
        let office = Office::empty(engine).await;
        let sam = office.sam().await;
        let path = format!("/access/explain?user_id={}&action=read&resource=employees", sam.id);
        assert_eq!(sam.get(&path).await.problem(403), forbidden("the permission access_explain is needed"));
        office.app.anonymous().get(&path).await.refused(401, "not_authenticated");
        office.user(&["access_explain"]).await.get(&path).await.ok();
    }

    async fn what_is_allowed_is_told_with_its_condition(engine) {
        let office = Office::with_employees(engine).await;
        let sam = office.sam().await;
        let rows = explain(&office.ada, sam.id, "action=read&resource=employees").await;
        let reason = "allowed, for the rows that satisfy the condition";
        assert_eq!(rows, of_sam(None, sam.id, true, reason, [None, None]));
        let row = explain(&office.ada, sam.id, "action=read&resource=employees&id=1").await;
        assert_eq!(row, of_sam(Some("1"), sam.id, true, "allowed", [Some(true), Some(true)]));
    }

    async fn a_row_outside_is_told_with_the_policy_that_leaves_it_out(engine) {
        let office = Office::with_employees(engine).await;
        let sam = office.sam().await;
        let row = explain(&office.ada, sam.id, "action=read&resource=employees&id=3").await;
        let reason = row["reason"].as_str().unwrap().to_owned();
        assert!(reason.contains("rows of employees by attribute"), "{reason}");
        assert_eq!(row, of_sam(Some("3"), sam.id, false, &reason, [Some(true), Some(false)]));
    }

    async fn a_row_that_is_not_there_is_told_apart(engine) {
        let office = Office::with_employees(engine).await;
        let sam = office.sam().await;
        let row = explain(&office.ada, sam.id, "action=read&resource=employees&id=99").await;
        assert_eq!(row, of_sam(Some("99"), sam.id, false, "there is no such row", [None, None]));
    }

    async fn what_is_denied_is_told_with_what_is_missing(engine) {
        let office = Office::with_employees(engine).await;
        let otto = office.otto().await;
        let reason = "the permission employees_read is needed";
        let nothing = "the user's profile says no department, so that no row matches";
        let mut policies = vec![
            json!({ "policy": "roles", "allowed": false, "reason": reason, "rows": null, "row_matches": null }),
            policy("rows of employees by attribute", nothing, Some("FALSE"), None),
        ];
        policies.extend(about_tickets(None));
        assert_eq!(explain(&office.ada, otto.id, "action=read&resource=employees").await, json!({
            "user_id": otto.id, "action": "read", "resource": "employees", "id": null,
            "allowed": false, "reason": reason, "roles": [], "rows": null, "fields": null, "policies": policies,
            "operations": [],
        }));
    }

    async fn who_is_not_active_may_nothing(engine) {
        let office = Office::with_employees(engine).await;
        let user = office.app.new_user(&["employees_read", "employees_any_department"]).await;
        let question = "action=read&resource=employees&id=1";
        assert_eq!(explain(&office.ada, user.id, question).await["allowed"], true);
        office.app.service().services.users.set_active(&office.app.system(), &user.email, false).await.unwrap();
        let told = explain(&office.ada, user.id, question).await;
        assert_eq!((&told["allowed"], &told["reason"]), (&json!(false), &json!("the user is not active")));
        assert_eq!((&told["rows"], &told["fields"], &told["roles"]), (&Value::Null, &Value::Null, &json!([])));
    }

    async fn each_kind_of_policy_gives_its_reason(engine) {
        let office = Office::with_employees(engine).await;
        let (otto, hanna) = (office.otto().await, office.hanna().await);
        let closed = office.ticket_with("printer", Some(otto.id), &json!({ "status": "closed" })).await;
        let id = closed.rsplit_once('/').unwrap().1;
        let of_otto = explain(&office.ada, otto.id, &format!("action=update&resource=tickets&id={id}")).await;
        let (allowed, rows) = (&of_otto["allowed"], of_otto["rows"].as_str().unwrap());
        assert_eq!(*allowed, false);
        let o = otto.id;
        assert_eq!(rows, format!("clerk_id = {o} AND status != \"closed\" AND (confidential = false OR clerk_id = {o})"));
        assert_eq!(of_otto["roles"], json!([{ "name": "role of test user 0", "permissions": ["tickets_update_own"] }]));
        let own = format!("clerk_id = {o}");
        let confidential = "a confidential ticket is for its clerk and for the head of its department";
        let right = format!("confidential = false OR clerk_id = {o}");
        assert_eq!(of_otto["policies"][0], policy(
            "roles", "the permission tickets_update_own reaches the rows whose clerk_id is the user", Some(&own), Some(true),
        ));
        let by_condition = &of_otto["policies"][2];
        assert_eq!((&by_condition["rows"], &by_condition["row_matches"]), (&json!("status != \"closed\""), &json!(false)));
        assert_eq!(of_otto["policies"][3], policy("ConfidentialTickets", confidential, Some(&right), Some(true)));
        let of_ada = explain(&office.ada, 1, &format!("action=update&resource=tickets&id={id}")).await;
        assert_eq!(of_ada["allowed"], true);
        assert_eq!(of_ada["roles"], json!([{ "name": "admin", "permissions": ["tickets_close", "tickets_update"] }]));
        assert_eq!(of_ada["policies"][2]["reason"], "the permission tickets_close lifts it");
        let of_hanna = explain(&office.ada, hanna.id, "action=update&resource=employees").await;
        let fields = ["name", "email", "department", "salary", "bonus"];
        assert_eq!(of_hanna["fields"]["writable"], json!(fields));
    }

    async fn it_says_what_then_happens(engine) {
        let office = Office::with_employees(engine).await;
        let people = [office.sam().await, office.uma().await, office.hanna().await, office.otto().await, office.nora().await];
        office.ticket("printer", Some(people[3].id)).await;
        office.ticket_with("window", Some(people[0].id), &json!({ "status": "closed" })).await;
        let complaint = json!({ "title": "x", "department": "sales", "confidential": true });
        people[2].post("/tickets/", &complaint).await.ok();
        for person in &people {
            for (collection, change, last) in [("employees", json!({ "name": "x" }), 5), ("tickets", json!({ "title": "x" }), 4)] {
                for id in 1..=last {
                    let path = format!("/{collection}/{id}");
                    for (action, done) in [("read", person.get(&path).await), ("update", person.put(&path, &change).await)] {
                        let question = format!("action={action}&resource={collection}&id={id}");
                        let told = explain(&office.ada, person.id, &question).await["allowed"].clone();
                        assert_eq!(told, done.status.is_success(), "{} {question}: {}", person.id, done.status);
                    }
                }
            }
        }
    }

    async fn a_wrong_question_is_told_what_would_be_right(engine) {
        let office = Office::empty(engine).await;
        let ask = async |query: &str| office.ada.get(&format!("/access/explain?{query}")).await;
        for (query, parameter, code) in [
            ("action=read&resource=employees", "user_id", "required"),
            ("user_id=x&action=read&resource=employees", "user_id", "type"),
            ("user_id=1&resource=employees", "action", "required"),
            ("user_id=1&action=list&resource=employees", "action", "variant"),
            ("user_id=1&action=read", "resource", "required"),
            ("user_id=1&action=read&resource=colours", "resource", "unknown"),
            ("user_id=1&action=read&resource=employees&id=x", "id", "type"),
            ("user_id=1&action=create&resource=employees&id=1", "id", "unknown"),
            ("user_id=1&action=read&resource=employees&colour=red", "colour", "unknown"),
            ("user_id=1&user_id=1&action=read&resource=employees", "user_id", "duplicate"),
        ] {
            let problem = ask(query).await.problem(400);
            assert_eq!(problem["code"], "invalid_query", "{query}");
            assert_eq!((&problem["errors"][0]["parameter"], &problem["errors"][0]["code"]), (&json!(parameter), &json!(code)), "{query}");
        }
        ask("user_id=99999&action=read&resource=employees").await.refused(404, "not_found");
    }
}
