//! How often something may be tried.

use super::{Given, caller::now};
use chrono::{DateTime, TimeDelta, Utc};
use kwik_domain::Rate;
use std::time::Duration;

const RATE: Rate = Rate { burst: 3, interval: Duration::from_mins(1) };

fn after(seconds: i64) -> DateTime<Utc> {
    now() + TimeDelta::seconds(seconds)
}

async fn take(given: &Given, bucket: &str, rate: Rate, at: DateTime<Utc>) -> Option<Duration> {
    given.throttle.take(bucket, rate, at).await.expect("an answer")
}

async fn passes(given: &Given, at: DateTime<Utc>) -> bool {
    take(given, "a", RATE, at).await.is_none()
}

/// So many turns as the burst has at once, then one with each interval; after a long pause the burst again.
pub async fn lets_a_burst_through_and_then_one_each_interval(given: Given) {
    let mut passed = Vec::new();
    for seconds in [0, 0, 0, 0, 59, 60, 60, 119, 120, 10_000, 10_000, 10_000, 10_000] {
        passed.push(passes(&given, after(seconds)).await);
    }
    let expected = [true, true, true, false, false, true, false, false, true, true, true, true, false];
    assert_eq!(passed, expected);
}

/// Whoever waits for as long as it was said has a turn, and not a moment earlier.
pub async fn says_how_long_to_wait(given: Given) {
    for _ in 0..3 {
        assert_eq!(take(&given, "a", RATE, now()).await, None);
    }
    assert_eq!(take(&given, "a", RATE, after(0)).await, Some(Duration::from_mins(1)));
    let wait = take(&given, "a", RATE, after(15)).await;
    assert_eq!(wait, Some(Duration::from_secs(45)));
    let then = after(15) + wait.expect("a wait");
    assert!(take(&given, "a", RATE, then - TimeDelta::microseconds(1)).await.is_some());
    assert_eq!(take(&given, "a", RATE, then).await, None);
}

/// What is refused costs nothing: whoever goes on trying waits no longer for that.
pub async fn forgives_what_was_refused(given: Given) {
    let mut passed = 0;
    for _ in 0..100 {
        passed += u32::from(passes(&given, now()).await);
    }
    assert_eq!(passed, 3);
    assert!(passes(&given, after(60)).await);
}

/// One bucket's turns are not another's.
pub async fn keeps_buckets_apart(given: Given) {
    for bucket in ["a", "A", "a ", ""] {
        for _ in 0..3 {
            assert_eq!(take(&given, bucket, RATE, now()).await, None, "{bucket:?}");
        }
        assert!(take(&given, bucket, RATE, now()).await.is_some(), "{bucket:?}");
    }
}

/// A turn that was given back can be taken again; of a bucket that nobody knows there is nothing to give.
pub async fn gives_turns_back(given: Given) {
    let give_back = async |bucket| given.throttle.give_back(bucket, RATE).await.expect("nothing");
    give_back("b").await;
    for _ in 0..10 {
        assert!(passes(&given, now()).await);
        give_back("a").await;
    }
    for _ in 0..3 {
        assert!(passes(&given, now()).await);
    }
    assert!(!passes(&given, now()).await);
    give_back("a").await;
    assert!(passes(&given, now()).await);
    assert!(!passes(&given, now()).await);
}

/// A burst of 0 is no rate at all, and nor is an interval of nothing.
pub async fn refuses_nothing_without_a_burst(given: Given) {
    let [without, instant] = [Rate { burst: 0, ..RATE }, Rate { interval: Duration::ZERO, ..RATE }];
    for rate in [without, instant] {
        for _ in 0..10 {
            assert_eq!(take(&given, "a", rate, now()).await, None);
        }
        given.throttle.give_back("a", rate).await.expect("nothing");
    }
    // They left nothing behind.
    for _ in 0..3 {
        assert!(passes(&given, now()).await);
    }
    assert!(!passes(&given, now()).await);
}

/// Of many that try at the same time as many pass as the burst has turns.
pub async fn lets_a_burst_of_many_at_once_through(given: Given) {
    let rate = Rate { burst: 10, ..RATE };
    let tries = (0..64).map(|_| {
        let throttle = given.throttle.clone();
        tokio::spawn(async move { throttle.take("a", rate, now()).await.expect("an answer") })
    });
    let mut passed = 0;
    for tried in tries.collect::<Vec<_>>() {
        passed += u32::from(tried.await.expect("a try").is_none());
    }
    assert_eq!(passed, 10);
}

/// Rates that nobody would ask for are kept all the same.
pub async fn takes_any_rate(given: Given) {
    for (bucket, burst, interval, turns) in [
        ("a", 1, Duration::MAX, 1),
        ("b", u32::MAX, Duration::MAX, 20),
        ("c", u32::MAX, Duration::from_micros(1), 20),
        ("d", 1, Duration::from_nanos(1), 20),
    ] {
        let rate = Rate { burst, interval };
        let mut passed = 0;
        for _ in 0..20 {
            passed += u32::from(take(&given, bucket, rate, now()).await.is_none());
        }
        assert_eq!(passed, turns, "{rate:?}");
        given.throttle.give_back(bucket, rate).await.expect("nothing");
    }
}
