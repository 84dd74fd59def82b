//! What must not happen: injection, a password in the clear, a password that prints.

use crate::server::{Server, mail, send};
use kwik_domain::{Mailer, Secret};
use kwik_smtp::{SmtpError, SmtpMailer};

const USER: &str = "ann:hunter2@";

#[tokio::test]
async fn nothing_is_injected() {
    let server = Server::start(&[]).await;
    let mailer = server.mailer("smtp", "");
    for to in [
        "",
        "ann",
        "ann@",
        "@example.com",
        "ann@example.com\r\nBcc: eve@example.com",
        "ann@example.com\nBcc: eve@example.com",
        "ann@example.com\rRCPT TO:<eve@example.com>",
        "\"ann\r\nBcc: eve@example.com\r\n\"@example.com",
        "\"ann\0\"@example.com",
        "ann@example.com, eve@example.com",
        "ann@example.com,eve@example.com",
        "ann@example.com> RCPT TO:<eve@example.com",
        "Ann <ann@example.com>",
        "<ann@example.com>",
        " ann@example.com",
        "ann@example.com ",
        "ann@exam\u{85}ple.com",
    ] {
        assert!(mailer.send(mail(to, "Welcome", "Hello!")).await.is_err(), "{to:?}");
    }
    for subject in
        ["Welcome\r\nBcc: eve@example.com", "Welcome\nBcc: eve@example.com", "\r\n\r\nHello", "a\0b", "\u{7f}"]
    {
        assert!(mailer.send(mail("ann@example.com", subject, "Hello!")).await.is_err(), "{subject:?}");
    }
    assert_eq!(server.lines(), Vec::<String>::new(), "the server was not even called");
}

#[test]
fn the_sender_is_one_mailbox() {
    let new = |from| SmtpMailer::new(&Secret::new("smtp://localhost"), from);
    for from in ["a@example.com", "Kwik <a@example.com>", "\"Kwik, Inc.\" <a@example.com>"] {
        assert!(new(from).is_ok(), "{from}");
    }
    for from in ["", "Kwik", "<>", "Kwik <a@example.com>\r\nBcc: b@example.com", "Kwik\n<a@example.com>", "a@b, c@d"] {
        assert!(matches!(new(from), Err(SmtpError::Sender)), "{from:?}");
    }
}

#[tokio::test]
async fn a_password_is_shown_to_the_server_alone() {
    let server = Server::start(&[("EHLO", "250-here\r\n250 AUTH PLAIN LOGIN"), ("AUTH", "235 welcome")]).await;
    let mailer = server.mailer("smtp", USER);
    let shown = format!("{mailer:?} {mailer:#?}");
    assert!(shown.contains("127.0.0.1") && !shown.contains("hunter2") && !shown.contains("ann"), "{shown}");
    send(mailer).await.unwrap();
    // NUL, ann, NUL, hunter2.
    assert_eq!(server.said("AUTH"), ["AUTH PLAIN AGFubgBodW50ZXIy"]);
    assert_eq!(server.said("RCPT").len(), 1);
}

#[tokio::test]
async fn without_its_password_taken_nothing_is_sent() {
    for answers in [
        &[("EHLO", "250-here\r\n250 AUTH PLAIN"), ("AUTH", "535 5.7.8 no")] as crate::server::Answers,
        &[("EHLO", "250 here")],
        &[("EHLO", "250-here\r\n250 AUTH GSSAPI")],
    ] {
        let server = Server::start(answers).await;
        let error = send(server.mailer("smtp", USER)).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        assert!(server.said("MAIL").is_empty(), "{answers:?}");
    }
}

/// Somebody between who takes STARTTLS out of the offers, or answers in the clear, gets nothing.
#[tokio::test]
async fn without_tls_nothing_is_sent() {
    let plain = "250-here\r\n250 AUTH PLAIN";
    let offering = "250-here\r\n250-AUTH PLAIN\r\n250 STARTTLS";
    let injected =
        "220 go on\r\n250-here\r\n250 AUTH PLAIN\r\n235 welcome\r\n250 yes\r\n250 yes\r\n354 go on\r\n250 taken";
    let cases: [(&str, crate::server::Answers); 5] = [
        ("smtp+starttls", Vec::leak(vec![("EHLO", plain), ("AUTH", "235 welcome")])),
        ("smtp+starttls", Vec::leak(vec![("EHLO", offering), ("STARTTLS", "454 not now"), ("AUTH", "235 welcome")])),
        ("smtp+starttls", Vec::leak(vec![("EHLO", offering), ("STARTTLS", "220 go on"), ("AUTH", "235 welcome")])),
        ("smtp+starttls", Vec::leak(vec![("EHLO", offering), ("STARTTLS", injected), ("AUTH", "235 welcome")])),
        ("smtps", Vec::leak(vec![("EHLO", plain), ("AUTH", "235 welcome")])),
    ];
    for (scheme, answers) in cases {
        let server = Server::start(answers).await;
        assert!(send(server.mailer(scheme, USER)).await.is_err(), "{scheme} {answers:?}");
        let lines = server.lines();
        let leaked = ["AUTH", "MAIL", "AGFubgBodW50ZXIy", "hunter2", "Hello"];
        assert!(!lines.iter().any(|line| leaked.iter().any(|word| line.contains(word))), "{scheme}: {lines:#?}");
    }
}
