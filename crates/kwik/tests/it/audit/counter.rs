//! Something that many change at once.

use kwik::prelude::*;
use kwik_testkit::Client;
use serde_json::Value;

/// A number.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "counters")]
pub struct Counter {
    #[entity(key)]
    pub id: i64,
    #[entity(unique)]
    pub name: String,
    #[entity(default = 0, range(0..=1_000_000))]
    pub value: i64,
}

/// Counters that are changed by one statement each.
pub fn plain() -> App {
    App::new().resource::<Counter>()
}

/// The same through a unit of work: a rule that says nothing.
pub fn ruled() -> App {
    plain().rule::<Counter>(Silence)
}

struct Silence;

impl Rule<Counter> for Silence {}

/// All records of a counter, the first first.
pub async fn history(client: &Client, id: i64) -> Vec<Value> {
    let (mut records, mut skip) = (Vec::new(), 0);
    loop {
        let page = client.get(&format!("/counters/{id}/history?limit=1000&skip={skip}")).await.ok();
        let page = page["data"].as_array().unwrap().clone();
        skip += page.len();
        records.extend(page.clone());
        if page.len() < 1000 {
            break;
        }
    }
    records.reverse();
    records
}

/// Follows a history from the first record to the last: versions without a gap, each change beginning with
/// what the one before had left. Gives the last value, and whether the row is still there.
pub fn follow(records: &[Value]) -> (i64, Option<Value>) {
    let mut value = Value::Null;
    let mut version = 0;
    for record in records {
        let ended = record["action"] == "delete";
        version += i64::from(!ended);
        assert_eq!(record["version"], version, "{record}");
        for change in record["changes"].as_array().unwrap().iter().filter(|change| change["field"] == "value") {
            assert_eq!(change["from"], value, "{record}");
            value = change["to"].clone();
        }
        if ended {
            return (version, None);
        }
    }
    (version, Some(value))
}
