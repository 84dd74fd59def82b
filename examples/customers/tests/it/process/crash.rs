//! A process that is killed amid writes loses nothing that it acknowledged.

use super::harness::{Folder, JSON, Running, ask, empty};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::mpsc, thread};

const WRITERS: usize = 20;
/// Acknowledged writes before the process is killed.
const ENOUGH: usize = 150;

/// A row that was acknowledged: its key and version.
type Acknowledged = (i64, i64);

/// Creates customers and changes each, until nobody answers.
fn write(address: &str, headers: &str, writer: usize, report: &mpsc::Sender<Acknowledged>) {
    for number in 0.. {
        let body = json!({ "name": "Acme", "email": format!("{writer}-{number}@example.com") }).to_string();
        let Ok(created) = ask(address, ("POST", "/api/v1/customers/"), headers, &body) else { return };
        assert_eq!(created.status, 201, "{}", created.body);
        let Ok(row) = serde_json::from_str::<Value>(&created.body) else { return };
        let key = row["id"].as_i64().unwrap();
        let _ = report.send((key, 1));
        let path = format!("/api/v1/customers/{key}");
        let Ok(changed) = ask(address, ("PUT", &path), headers, r#"{ "name": "Bolt" }"#) else { return };
        assert_eq!(changed.status, 200, "{}", changed.body);
        let _ = report.send((key, 2));
    }
}

/// The versions of all customers by their keys.
fn versions(running: &Running, headers: &str) -> BTreeMap<i64, i64> {
    let mut all = BTreeMap::new();
    loop {
        let path = format!("/api/v1/customers/?sorting=id&limit=100&skip={}", all.len());
        let page = running.get(&path, headers).json();
        for row in page["data"].as_array().unwrap() {
            all.insert(row["id"].as_i64().unwrap(), row["version"].as_i64().unwrap());
        }
        if all.len() as u64 >= page["total"].as_u64().unwrap() {
            return all;
        }
    }
}

kwik_testkit::on_each_engine! {
    async fn a_killed_process_keeps_every_acknowledged_write_with_its_audit_record(engine) {
        let (folder, database) = (Folder::new(), empty(engine).await);
        let running = Running::on(&folder, database.url());
        let headers = running.admin() + JSON;
        let (report, reports) = mpsc::channel();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (address, headers, report) = (running.address.clone(), headers.clone(), report.clone());
                thread::spawn(move || write(&address, &headers, writer, &report))
            })
            .collect();
        drop(report);
        let mut acknowledged: Vec<Acknowledged> = reports.iter().take(ENOUGH).collect();
        assert!(!running.end("KILL").status.success());
        for writer in writers {
            writer.join().unwrap();
        }
        acknowledged.extend(reports);
        assert!(acknowledged.len() >= ENOUGH);
        let running = Running::on(&folder, database.url());
        let headers = running.admin();
        let versions = versions(&running, &headers);
        for (key, version) in acknowledged {
            assert!(versions.get(&key).is_some_and(|kept| *kept >= version), "{key} lost version {version}");
        }
        let last = versions.keys().last().copied().unwrap();
        for key in 1..=last + 2 * i64::try_from(WRITERS).unwrap() {
            let history = running.get(&format!("/api/v1/customers/{key}/history"), &headers);
            let records = if history.status == 404 { 0 } else { history.json()["data"].as_array().unwrap().len() };
            let version = versions.get(&key).copied().unwrap_or_default();
            assert_eq!(i64::try_from(records).unwrap(), version, "{key}: {}", history.body);
        }
        running.stop();
    }
}
