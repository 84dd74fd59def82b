//! The command, as a person gives it.

use crate::kwik_database::Kwik;
use std::process::{Command, Output};

/// The example, which is built beside this test.
fn command(kwik: &Kwik, arguments: &[&str]) -> Output {
    let test = std::env::current_exe().unwrap();
    let program = test.parent().unwrap().parent().unwrap().join("examples/orders");
    let mut command = Command::new(program);
    command.env_clear().env("KWIK_DATABASE_URL", kwik.place.url()).env("KWIK_LOG", "warn");
    command.env("KWIK_SECRET_KEY", "a key for tests, which nobody else has");
    command.arg("takeover").args(arguments).output().unwrap()
}

fn printed(kwik: &Kwik, arguments: &[&str]) -> String {
    let output = command(kwik, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn it_reports_then_takes_over_then_has_nothing_to_do() {
    let kwik = Kwik::new().await;
    let looked = printed(&kwik, &["--dry-run"]);
    assert!(looked.starts_with("users: 4\n") && looked.ends_with("nothing was changed\n"), "{looked}");
    let done = printed(&kwik, &[]);
    assert!(done.starts_with(looked.trim_end_matches("nothing was changed\n")), "{done}");
    assert!(done.ends_with("when content: DROP SCHEMA kwik_python CASCADE\n"), "{done}");
    assert_eq!(printed(&kwik, &[]), "nothing to do: the database has been taken over\n");
}

#[tokio::test]
async fn it_says_what_is_in_the_way() {
    let kwik = Kwik::new().await;
    kwik.sql("UPDATE users SET email = 'BEA@example.com' WHERE id = 3").await;
    for arguments in [&["--dry-run"][..], &[]] {
        let output = command(&kwik, arguments);
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            said.starts_with("error: this cannot be taken over as it is; nothing was changed:\n  users 2, 3"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn it_wants_a_database_of_kwiks() {
    let kwik = Kwik::empty().await;
    let output = command(&kwik, &[]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.starts_with("error: there is nothing to take over"), "{said}");
}
