//! What a server may do, and what becomes of the letter.

use crate::server::{Answers, HANG_UP, SILENCE, Server, mail, send};
use kwik_domain::{Mailer, Secret};
use kwik_smtp::SmtpMailer;

#[tokio::test]
async fn a_refusal_is_told() {
    for (answers, wrong) in [
        (&[("", "554 closed")] as Answers, "554"),
        (&[("EHLO", "421 later")], "421"),
        (&[("MAIL", "451 not now")], "451"),
        (&[("RCPT", "550 nobody of that name")], "nobody of that name"),
        (&[("DATA", "452 full")], "452"),
        (&[(".", "554 spam")], "spam"),
        (&[("EHLO", "what?")], "error"),
    ] {
        let server = Server::start(answers).await;
        let error = send(server.mailer("smtp", "")).await.unwrap_err();
        assert!(error.to_string().contains(wrong), "{answers:?}: {error}");
        assert!(!error.to_string().contains("Hello"), "{answers:?}: {error}");
    }
}

#[tokio::test]
async fn a_lost_connection_is_told() {
    for answers in [
        &[("", HANG_UP)] as Answers,
        &[("EHLO", HANG_UP)],
        &[("MAIL", HANG_UP)],
        &[("RCPT", HANG_UP)],
        &[("DATA", HANG_UP)],
        &[(".", HANG_UP)],
    ] {
        let server = Server::start(answers).await;
        assert!(send(server.mailer("smtp", "")).await.is_err(), "{answers:?}");
    }
    // Taken is taken, however the server says good bye.
    let server = Server::start(&[("QUIT", HANG_UP)]).await;
    send(server.mailer("smtp", "")).await.unwrap();
}

/// A server that says nothing holds nobody up, wherever it falls silent.
#[tokio::test]
async fn a_silent_server_is_left() {
    for answers in [
        &[("", SILENCE)] as Answers,
        &[("EHLO", SILENCE)],
        &[("MAIL", SILENCE)],
        &[("RCPT", SILENCE)],
        &[("DATA", SILENCE)],
        &[(".", SILENCE)],
    ] {
        let server = Server::start(answers).await;
        let error = send(server.mailer("smtp", "")).await.unwrap_err();
        assert!(error.to_string().contains("took longer than 500ms"), "{answers:?}: {error}");
    }
    // The machine connects, but nobody is there.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    for scheme in ["smtp", "smtps"] {
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let error = send(SmtpMailer::new(&Secret::new(url), "a@example.com").unwrap()).await.unwrap_err();
        assert!(error.to_string().contains("took longer"), "{scheme}: {error}");
    }
}

#[tokio::test]
async fn no_server_is_no_panic() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let mailer = SmtpMailer::new(&Secret::new(format!("smtp://127.0.0.1:{port}")), "a@example.com").unwrap();
    assert!(send(mailer).await.is_err());
}

/// Names in other scripts go to servers that know them (RFC 6531), and to no others.
#[tokio::test]
async fn a_recipient_in_another_script_needs_a_server_that_knows() {
    let server = Server::start(&[]).await;
    server.mailer("smtp", "").send(mail("анна@example.com", "Welcome", "Hello!")).await.unwrap();
    assert_eq!(server.said("RCPT"), ["RCPT TO:<анна@example.com>"]);
    let server = Server::start(&[("EHLO", "250 here")]).await;
    assert!(server.mailer("smtp", "").send(mail("анна@example.com", "Welcome", "Hello!")).await.is_err());
    assert!(server.said("MAIL").is_empty());
}
