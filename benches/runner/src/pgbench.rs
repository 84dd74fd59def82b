//! The floor: the same SQL by pgbench, without any service in between.

use serde::Serialize;
use tokio::process::Command;

use crate::{
    database::seed,
    failure::Failure,
    load::Bench,
    operation::{Operation, ROWS},
    service::{Kind, POOL_SIZE},
    workspace::output,
};

/// What the statement of one operation costs by itself.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Floor {
    /// Whose statement it is.
    pub(crate) operation: Operation,
    /// Transactions a second.
    pub(crate) per_second: f64,
    /// Mean latency in milliseconds.
    pub(crate) mean_ms: f64,
    /// Processor time of `PostgreSQL` a transaction, in microseconds; none if it runs elsewhere.
    pub(crate) postgres_cpu_us: Option<f64>,
}

const READ: &str = "\
SELECT version, id, name, email, credit_limit, version, creation_time, creator_user_id, last_modification_time, last_modifier_user_id FROM customers WHERE id = :id;";

const UPDATE: &str = "\
WITH old AS (
    SELECT * FROM customers WHERE id = :id
), new AS (
    UPDATE customers t SET credit_limit = :limit::numeric, version = t.version + 1, last_modification_time = now(), last_modifier_user_id = 1
    FROM old WHERE t.id = :id AND t.version = old.version
    RETURNING t.*
), noted AS (
    INSERT INTO audit (at, entity, entity_key, action, version, subject, impersonator, via, request_id, address, before, after)
    SELECT now(), 'customers', new.id::text, 'update', new.version, 1, NULL, 'http', '0190a8b2-0000-7000-8000-000000000000', '127.0.0.1', to_jsonb(old), to_jsonb(new) FROM old, new
)
SELECT old.version, new.id, new.name, new.email, new.credit_limit, new.version, new.creation_time, new.creator_user_id, new.last_modification_time, new.last_modifier_user_id
FROM old LEFT JOIN new ON true;";

/// Measures the floors in the database of a yardstick, which has the tables that the SQL names.
pub(crate) async fn floors(bench: &mut Bench<'_>, kind: Kind) -> Result<Vec<Floor>, Failure> {
    let mut floors = Vec::new();
    for (operation, sql) in [(Operation::Read, READ), (Operation::Update, UPDATE)] {
        floors.push(floor(bench, kind, operation, sql).await?);
    }
    Ok(floors)
}

async fn floor(bench: &mut Bench<'_>, kind: Kind, operation: Operation, sql: &str) -> Result<Floor, Failure> {
    seed(bench.cluster, kind, ROWS).await?;
    let script = bench.workspace.scratch().join("floor.sql");
    let text = format!("\\set id random(1, {ROWS})\n\\set limit random(0, 99999)\n{sql}\n");
    std::fs::write(&script, text)?;
    let mut command = Command::new("pgbench");
    command
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=1"])
        .arg(format!("--client={POOL_SIZE}"))
        .arg(format!("--time={}", bench.settings.seconds))
        .arg("--file")
        .arg(&script)
        .arg(bench.cluster.url(kind.database()));
    let before = bench.postgres_cpu();
    let text = output(&mut command, "pgbench").await?;
    let cpu = Option::zip(bench.postgres_cpu(), before);
    let number = |start: &str| number_after(&text, start).ok_or(Failure::Output("pgbench"));
    let transactions = number("number of transactions actually processed: ")?;
    Ok(Floor {
        operation,
        per_second: number("tps = ")?,
        mean_ms: number("latency average = ")?,
        postgres_cpu_us: cpu.map(|(after, before)| (after - before) / transactions.max(1.0)),
    })
}

fn number_after(text: &str, start: &str) -> Option<f64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(start))?;
    rest.split([' ', '/']).next()?.parse().ok()
}
