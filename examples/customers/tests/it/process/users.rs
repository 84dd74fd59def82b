//! `user`: who may sign in, from the command line.

use super::harness::{Folder, KEY, Running, at, command, empty, printed, refusal};
use kwik_testkit::database::Engine;
use std::{
    io::Write,
    process::Stdio,
    time::{Duration, Instant},
};

const EMAIL: &str = "clara@example.com";
const NAMES: [&str; 4] = ["--name", "Clara", "--surname", "Clerk"];

kwik_testkit::on_each_engine! {
    async fn a_user_of_the_command_line_signs_in_until_deactivated(engine) {
        let (folder, database) = (Folder::new(), empty(engine).await);
        let settings = [at(database.url()), KEY];
        let create = [&["user", "create", EMAIL, "--password", "a password of Clara"], &NAMES[..]].concat();
        assert_eq!(printed(&folder, &settings, &create), format!("{EMAIL} is user 1\n"));
        let taken = refusal(&folder, &settings, &create);
        assert!(taken.contains("email"), "{taken}");
        let mut running = Running::on(&folder, database.url());
        let clara = running.signed_in(EMAIL, "a%20password%20of%20Clara");
        assert_eq!(running.get("/api/v1/customers/", &clara).status, 403, "she holds no role");
        let deactivate = ["user", "deactivate", EMAIL];
        if engine == Engine::Sqlite {
            // The file is of one process at a time.
            running.stop();
            assert_eq!(printed(&folder, &settings, &deactivate), "the user may no longer sign in\n");
            running = Running::on(&folder, database.url());
        } else {
            assert_eq!(printed(&folder, &settings, &deactivate), "the user may no longer sign in\n");
            let begin = Instant::now();
            while running.get("/api/v1/customers/", &clara).status == 403 {
                assert!(begin.elapsed() < Duration::from_secs(5), "the serving process was not told");
            }
        }
        assert_eq!(running.get("/api/v1/customers/", &clara).status, 401);
        assert_ne!(running.sign_in(EMAIL, "a%20password%20of%20Clara").status, 200);
        running.stop();
        let list = printed(&folder, &settings, &["user", "list"]);
        assert!(list.contains("1\tclara@example.com\tClara Clerk (inactive)\n"), "{list}");
    }
}

#[test]
fn a_password_is_read_from_the_standard_input_and_not_shown() {
    let folder = Folder::new();
    let arguments = [&["user", "create", EMAIL], &NAMES[..]].concat();
    let mut child = command(&folder, &[KEY], &arguments).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"correct-horse\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success() && said.contains("clara@example.com is user 1"), "{said}");
    assert!(!said.contains("correct-horse"), "{said}");
    let none = refusal(&folder, &[KEY], &["user", "password", EMAIL]);
    assert!(none.contains("password") && none.contains("at least 8 characters"), "{none}");
    let running = Running::start(&folder, &[super::harness::FREE_PORT, KEY]);
    assert_eq!(running.sign_in(EMAIL, "correct-horse").status, 200);
    running.stop();
}
