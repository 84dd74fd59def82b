//! How often something may be tried: one moment for each bucket, moved by one statement.

use super::{Bound, queries::Queries};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use kwik_domain::{Kind, Rate, RowReader, StoreError, Throttle, ValueRef};
use std::time::Duration;

/// Bind bucket, now, the moment up to which a turn is to be had, the interval in microseconds, and the
/// moment at which a new bucket is free. No row: there was no turn.
fn take<Q: Queries>() -> String {
    let (larger, microseconds) = (Q::LARGER, Q::MICROSECONDS);
    format!(
        "INSERT INTO throttle_buckets AS b (bucket, free_at) VALUES ($1, $5) ON CONFLICT (bucket) \
         DO UPDATE SET free_at = {larger}(b.free_at, $2) + $4{microseconds} WHERE b.free_at <= $3 RETURNING 1"
    )
}

/// Bind the bucket.
const FREE_AT: &str = "SELECT free_at FROM throttle_buckets WHERE bucket = $1";

/// Longer intervals are taken for this one: later moments than databases know are never reached.
const LONGEST: Duration = Duration::from_hours(24 * 365);

/// The buckets of a database.
pub(crate) struct Buckets<Q>(pub(crate) Q);

/// The interval of a rate that refuses anything at all.
fn interval(rate: Rate) -> Option<TimeDelta> {
    let interval = TimeDelta::from_std(rate.interval.min(LONGEST)).ok()?;
    (rate.burst > 0 && !interval.is_zero()).then_some(interval)
}

fn later(moment: DateTime<Utc>, interval: TimeDelta, times: u32) -> DateTime<Utc> {
    let times = i32::try_from(times).unwrap_or(i32::MAX);
    let sum = interval.checked_mul(times).and_then(|all| moment.checked_add_signed(all));
    sum.unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn micros(interval: TimeDelta) -> i64 {
    // At most a year.
    interval.num_microseconds().unwrap_or(i64::MAX)
}

#[async_trait]
impl<Q: Queries> Throttle for Buckets<Q> {
    async fn take(&self, bucket: &str, rate: Rate, now: DateTime<Utc>) -> Result<Option<Duration>, StoreError> {
        let Some(interval) = interval(rate) else { return Ok(None) };
        let moment = |at| Bound::One(Kind::Timestamp, ValueRef::Timestamp(at));
        let name = Bound::One(Kind::Text, ValueRef::Text(bucket));
        let until = later(now, interval, rate.burst - 1);
        let added = Bound::One(Kind::I64, ValueRef::Int(micros(interval)));
        let values = [name, moment(now), moment(until), added, moment(later(now, interval, 1))];
        let mut taken = false;
        let mut sink = |_: &dyn RowReader| {
            taken = true;
            Ok(())
        };
        self.0.change(&take::<Q>(), &values, &mut sink).await?;
        if taken {
            return Ok(None);
        }
        let mut free_at = None;
        let mut sink = |row: &dyn RowReader| {
            free_at = row.timestamp(0)?;
            Ok(())
        };
        self.0.read(FREE_AT, &[name], &mut sink).await?;
        // By now another turn may be to be had; this one was not.
        let wait = free_at.and_then(|free_at| (free_at - until).to_std().ok());
        Ok(Some(wait.unwrap_or_default()))
    }

    async fn give_back(&self, bucket: &str, rate: Rate) -> Result<(), StoreError> {
        let Some(interval) = interval(rate) else { return Ok(()) };
        let sql = format!("UPDATE throttle_buckets SET free_at = free_at - $2{} WHERE bucket = $1", Q::MICROSECONDS);
        let name = Bound::One(Kind::Text, ValueRef::Text(bucket));
        let values = [name, Bound::One(Kind::I64, ValueRef::Int(micros(interval)))];
        self.0.change(&sql, &values, &mut |_| Ok(())).await
    }
}
