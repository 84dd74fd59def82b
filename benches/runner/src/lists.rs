//! What lists of a large table cost: the first page and one far behind it, by place and by number, and the ways
//! of counting.

use std::io::{Write, stdout};

use crate::{
    cluster::Cluster,
    database::{Server, seed},
    failure::Failure,
    keep_alive::KeepAlive,
    load::median,
    run::progress,
    service::{Kind, Service},
    settings::Settings,
    table::Table,
    workspace::Workspace,
};

/// How often a page is asked for, after as many that are not counted.
const TIMES: usize = 40;
/// The same of what takes long.
const SLOW_TIMES: usize = 3;
/// What a page by place may cost, as a multiple of the first page.
const LIMIT: f64 = 1.5;

/// One thing that is measured.
struct Case {
    name: String,
    query: String,
    times: usize,
    /// The case that it is compared with.
    base: Option<usize>,
    /// Whether it must stay within the limit.
    bounded: bool,
}

/// Fills a table and measures; false if a page by place is dearer than it may be.
pub(crate) async fn run(settings: &Settings, rows: u64) -> Result<bool, Failure> {
    let workspace = Workspace::find().await?;
    std::fs::create_dir_all(workspace.scratch())?;
    if settings.build {
        workspace.cargo(&["build", "--release", "--package", Kind::Framework.package()], None).await?;
    }
    let cluster = Cluster::find(settings.database_url.as_deref()).await?;
    let mut server = Server::connect(&cluster).await?;
    let outcome = measure(&workspace, &cluster, &mut server, rows).await;
    server.remove(Kind::Framework).await?;
    outcome
}

async fn measure(workspace: &Workspace, cluster: &Cluster, server: &mut Server, rows: u64) -> Result<bool, Failure> {
    let kind = Kind::Framework;
    server.create(kind).await?;
    let url = cluster.url(kind.database());
    Service::migrate(kind, workspace, &url).await?;
    progress(&format!("filling the table with {rows} customers"));
    seed(cluster, kind, i64::try_from(rows).unwrap_or(i64::MAX)).await?;
    let service = Service::start(kind, workspace, &url).await?;
    let token = service.sign_in().await?;
    let mut connection = KeepAlive::connect(service.port, &token).await?;
    let cases = cases(&mut connection, &service, rows).await?;
    let mut table = Table::new(1, &["list of customers, 20 rows", "median ms", "of the first"]);
    let (mut medians, mut within) = (Vec::new(), true);
    for case in &cases {
        progress(&case.name);
        let time = time(&mut connection, &service, case).await?;
        let ratio = case.base.and_then(|base: usize| medians.get(base)).map(|base: &f64| time / base);
        within &= !case.bounded || ratio.is_none_or(|ratio| ratio <= LIMIT);
        medians.push(time);
        let ratio = ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        table.row(vec![case.name.clone(), format!("{time:.2}"), ratio]);
    }
    let mut out = stdout();
    writeln!(out, "{rows} customers, PostgreSQL {}\n\n{}", server.version, table.lines().join("\n"))?;
    if !within {
        writeln!(out, "\na page by place costs more than {LIMIT} times the first one")?;
    }
    Ok(within)
}

async fn cases(connection: &mut KeepAlive, service: &Service, rows: u64) -> Result<Vec<Case>, Failure> {
    // As far from the end as a page may be that is far from the beginning.
    let far = rows - rows / 50;
    let mut cases = Vec::new();
    for (sorting, words) in [("", "by key"), ("sorting=id:desc&", "by key, descending"), ("sorting=email&", "by email")]
    {
        let query = format!("{sorting}limit=20&count=none");
        let token = page_token(connection, service, &format!("{sorting}limit=1&count=none&skip={}", far - 1)).await?;
        let base = cases.len();
        let case = |name: String, query: String, times, bounded| Case { name, query, times, base: Some(base), bounded };
        cases.push(Case { base: None, ..case(format!("{words}: first page"), query.clone(), TIMES, false) });
        let by_place = format!("{query}&page_token={token}");
        cases.push(case(format!("{words}: page at row {far}, by page_token"), by_place, TIMES, true));
        let by_number = format!("{query}&skip={far}");
        cases.push(case(format!("{words}: page at row {far}, by skip"), by_number, SLOW_TIMES, false));
    }
    for (count, times) in [("none", TIMES), ("estimated", TIMES), ("exact", SLOW_TIMES)] {
        let (name, query) = (format!("count={count}"), format!("limit=20&count={count}"));
        cases.push(Case { name, query, times, base: Some(0), bounded: false });
    }
    for (count, times) in [("estimated", TIMES), ("exact", SLOW_TIMES)] {
        let name = format!("credit_limit >= 5000, count={count}");
        let query = format!("limit=20&count={count}&filter=credit_limit%3E%3D5000");
        cases.push(Case { name, query, times, base: Some(0), bounded: false });
    }
    Ok(cases)
}

/// The place behind the one row of a page.
async fn page_token(connection: &mut KeepAlive, service: &Service, query: &str) -> Result<String, Failure> {
    let (status, body, _) = connection.get(&path(query)).await?;
    let body: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
    match body["next_page_token"].as_str() {
        Some(token) => Ok(token.to_owned()),
        None => Err(service.refused("a page with a next one", status)),
    }
}

/// The median of the answers' times, in milliseconds.
async fn time(connection: &mut KeepAlive, service: &Service, case: &Case) -> Result<f64, Failure> {
    let mut times = Vec::new();
    for n in 0..case.times * 2 {
        let (status, body, took) = connection.get(&path(&case.query)).await?;
        let body: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
        if status != 200 || body["data"].as_array().is_none_or(|rows| rows.len() != 20) {
            return Err(service.refused("a list of 20", status));
        }
        if n >= case.times {
            times.push(took.as_secs_f64() * 1e3);
        }
    }
    Ok(median(times).unwrap_or_default())
}

fn path(query: &str) -> String {
    format!("/api/v1/customers/?{query}")
}
