//! Who gets which answer from which operation, as a golden file.

mod operations;
mod principals;
mod table;

use crate::{Client, TestApp, database::Engine, database::update_is_asked_for};
use kwik::{App, domain::Secret};
use operations::{Operation, operations};
use principals::Present;
use std::path::Path;
use table::Table;

/// The key that signed before the one that signs now.
const FORMER_KEY: &str = "a former key for tests, which nobody else had";

/// Sends a request of every operation of an app's document as every principal, and compares the answers
/// with a golden file.
///
/// No request can change a row: keys are those of no row, queries are left out, and bodies are none that an
/// operation takes. Who asks, what they may do, path, query and body are checked in this order; so the
/// answer shows what is allowed.
///
/// ```no_run
/// use kwik_testkit::{AccessMatrix, database::Engine};
///
/// # fn app() -> kwik::App { kwik::App::new() }
/// # async fn test() {
/// let matrix = AccessMatrix::start(Engine::Sqlite, app).await;
/// let matrix = matrix.principal("a clerk", async |app| app.with_permissions(&["customers_read"]).await);
/// matrix.compare(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/access_matrix.txt")).await;
/// # }
/// ```
pub struct AccessMatrix {
    app: TestApp,
    principals: Vec<(String, Box<dyn Present>)>,
}

impl AccessMatrix {
    /// Starts the app, with the principals that every app has: nobody, credentials of every bad kind, a user
    /// for each single permission, the administrator, keys, somebody in another's place.
    ///
    /// # Panics
    ///
    /// When the app cannot start, or a principal cannot be made.
    pub async fn start(engine: Engine, app: impl Fn() -> App) -> Self {
        let with_former_key = |settings: &mut kwik::Settings| settings.former_keys.push(Secret::new(FORMER_KEY));
        let app = TestApp::start_with(engine, app, with_former_key).await;
        let principals = principals::standard(&app).await;
        Self { app, principals }
    }

    /// The app.
    pub fn app(&self) -> &TestApp {
        &self.app
    }

    /// Adds a principal. The closure gives credentials, again when a request may have ended the session.
    #[must_use]
    pub fn principal(mut self, name: &str, present: impl AsyncFn(&TestApp) -> Client + 'static) -> Self {
        self.principals.push((name.to_owned(), Box::new(present)));
        self
    }

    /// Compares the answers with the golden file; with `KWIK_TEST_UPDATE=1` writes them into it.
    ///
    /// # Panics
    ///
    /// When they differ, when an operation is not in the file, and when nobody gets past the gate of an
    /// operation that is not public.
    pub async fn compare(&self, golden: impl AsRef<Path>) {
        let found = self.table().await;
        found.check();
        if update_is_asked_for() {
            #[expect(clippy::expect_used, reason = "a test that cannot write its file fails")]
            std::fs::write(golden, found.text()).expect("a golden file that can be written");
            return;
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        let differences = found.differences(&expected);
        let path = golden.as_ref().display();
        assert!(
            differences.is_empty(),
            "{path} says otherwise; when the answers are right, write it with KWIK_TEST_UPDATE=1:\n{}",
            differences.join("\n")
        );
    }

    async fn table(&self) -> Table {
        let operations = operations(&self.app.service().document);
        let mut table = Table::new(operations.iter().map(Operation::title));
        for (name, present) in &self.principals {
            let mut client = None;
            for (row, operation) in operations.iter().enumerate() {
                let somebody = match client.take() {
                    Some(client) => client,
                    None => present.client(&self.app).await,
                };
                let answer = operation.answer(&somebody).await;
                // What only reads or was refused has ended no session.
                client = (operation.only_reads() || !answer.starts_with('2')).then_some(somebody);
                table.add(row, name, answer);
            }
        }
        table
    }
}
