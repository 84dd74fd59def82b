//! The command line without a server.

use super::harness::{FREE_PORT, Folder, KEY, Running, at, command, empty, printed};
use serde_json::Value;

#[test]
fn help_names_the_commands_and_the_settings() {
    let folder = Folder::new();
    let help = printed(&folder, &[], &["--help"]);
    for word in ["serve", "migrate", "openapi", "user", "check", "KWIK_DATABASE_URL", "KWIK_SECRET_KEY"] {
        assert!(help.contains(word), "{word}: {help}");
    }
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn an_unknown_command_is_status_2_and_makes_nothing() {
    let folder = Folder::new();
    for arguments in [&["sevre"][..], &["serve", "--prot", "1"], &["migrate", "down"], &["user"]] {
        let output = command(&folder, &[FREE_PORT], arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty() && said.contains("Usage:"), "{arguments:?}: {said}");
    }
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn the_document_needs_no_database_server_and_leaves_nothing() {
    let folder = Folder::new();
    let settings = [at("postgres://kwik:hunter2@127.0.0.1:1/kwik"), KEY];
    let printed_document = printed(&folder, &settings, &["openapi"]);
    let document: Value = serde_json::from_str(&printed_document).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3."), "{}", document["openapi"]);
    assert_eq!(document["paths"]["/customers/"]["get"]["operationId"], "listCustomers");
    assert!(!printed_document.contains("hunter2"));
    assert_eq!(folder.names(), [""; 0]);
    printed(&folder, &settings, &["openapi", "--output", "openapi.json"]);
    assert_eq!(std::fs::read_to_string(folder.path().join("openapi.json")).unwrap(), printed_document);
}

kwik_testkit::on_each_engine! {
    async fn check_says_what_the_next_start_will_change_and_changes_nothing(engine) {
        let (folder, database) = (Folder::new(), empty(engine).await);
        let settings = [at(database.url()), FREE_PORT, KEY];
        let before = printed(&folder, &settings, &["check"]);
        let beginning = "the declarations are right\nthe database answers\nits tables will be changed at the next start:";
        assert!(before.starts_with(beginning) && before.contains("customers"), "{before}");
        assert_eq!(printed(&folder, &settings, &["check"]), before);
        Running::start(&folder, &settings).stop();
        let after = printed(&folder, &settings, &["check"]);
        assert!(after.ends_with("its tables are what the entities need\n"), "{after}");
    }
}
