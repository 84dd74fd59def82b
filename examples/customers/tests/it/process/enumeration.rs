//! Whether an address has an account cannot be told from a failed sign-in, neither by what it answers nor by how
//! long it takes. `cargo xtask soak` measures the time; here only the answers are compared.

use super::harness::{Answer, FREE_PORT, Folder, KEY, PASSWORD, Running, at, empty, soak_or};
use std::time::{Duration, Instant};

/// How far medians may be apart, in percent.
const PROMISE: u128 = 5;

/// A password that nobody has.
const WRONG: &str = "not the right one";

/// The answer without what differs by request.
fn told(answer: &Answer) -> (u16, String) {
    let mut body = answer.json();
    body["request_id"].take();
    let names: Vec<_> = answer.head.lines().skip(1).filter_map(|line| Some(line.split_once(':')?.0)).collect();
    (answer.status, format!("{body} {names:?}"))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

kwik_testkit::on_each_engine! {
    async fn known_unknown_and_inactive_are_one_answer(engine) {
        let (folder, database) = (Folder::new(), empty(engine).await);
        let unlimited = [("KWIK_ACCOUNT_BURST", "0"), ("KWIK_ADDRESS_BURST", "0"), ("KWIK_LOG", "warn")];
        let settings = [&[at(database.url()), FREE_PORT, KEY, PASSWORD], &unlimited[..]].concat();
        let running = Running::start(&folder, &settings);
        let (admin, json) = (running.admin(), super::harness::JSON);
        let new = r#"{ "name": "I", "surname": "N", "email": "inactive@example.com", "password": "a word to enter", "is_active": false }"#;
        assert_eq!(running.ask(("POST", "/api/v1/users/"), &(admin + json), new).status, 201);
        let who = ["admin@example.com", "nobody@example.com", "inactive@example.com"];
        let (rounds, strict) = soak_or(2);
        let mut times = [const { Vec::new() }; 3];
        for round in 0..rounds {
            let mut answers = Vec::new();
            // Each comes first as often as the others.
            for turn in (0..who.len()).map(|turn| (turn + round) % who.len()) {
                let begun = Instant::now();
                let answer = running.sign_in(who[turn], WRONG);
                times[turn].push(begun.elapsed());
                answers.push(told(&answer));
            }
            assert_eq!(answers[0].0, 401, "{answers:?}");
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        }
        let medians = times.map(median);
        let [least, most] = [medians.iter().min(), medians.iter().max()].map(|time| time.unwrap().as_micros());
        eprintln!("{engine:?}: {rounds} rounds; medians of {who:?}: {medians:?}, {:.1} % apart", (most - least) as f64 * 100.0 / least as f64);
        assert!(!strict || (most - least) * 100 <= least * PROMISE, "{medians:?} are too far apart");
    }
}
