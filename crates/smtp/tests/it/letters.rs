//! What arrives.

use crate::server::{Server, mail};
use kwik_domain::Mailer;

/// The lines of the letter, without the commands around it.
fn letter(server: &Server) -> Vec<String> {
    let lines = server.lines();
    let begin = lines.iter().position(|line| line == "DATA").unwrap();
    let end = lines.iter().position(|line| line == ".").unwrap();
    lines[begin + 1..end].to_vec()
}

#[tokio::test]
async fn a_letter_arrives_as_it_was_written() {
    let server = Server::start(&[]).await;
    let text = "Hello, Ann!\n\n.\nQUIT\r\n..\nGood bye.\n";
    server.mailer("smtp", "").send(mail("ann@example.com", "Welcome: to Kwik", text)).await.unwrap();

    assert_eq!(server.said("MAIL"), ["MAIL FROM:<no-reply@example.com>"]);
    assert_eq!(server.said("RCPT"), ["RCPT TO:<ann@example.com>"]);
    assert_eq!(server.lines().last().unwrap(), "QUIT");
    let letter = letter(&server);
    let empty = letter.iter().position(String::is_empty).unwrap();
    let (headers, body) = letter.split_at(empty);
    let mut names: Vec<_> = headers.iter().filter_map(|line| Some(line.split_once(": ")?.0)).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "Message-ID", "Subject", "To"]
    );
    for line in [
        "From: =?utf-8?b?S3dpayBDYWbDqQ==?= <no-reply@example.com>",
        "To: ann@example.com",
        "Subject: Welcome: to Kwik",
        "Auto-Submitted: auto-generated",
        "Content-Type: text/plain; charset=utf-8",
    ] {
        assert!(headers.iter().any(|header| header == line), "{line} is not in {headers:#?}");
    }
    let id = headers.iter().find(|line| line.starts_with("Message-ID: <")).unwrap();
    assert!(id.ends_with("@example.com>") && id.len() > 40, "{id}");
    // Dots are doubled on the way (RFC 5321, section 4.5.2), and the library ends the last line once more.
    assert_eq!(body, ["", "Hello, Ann!", "", "..", "QUIT", "...", "Good bye.", ""]);
}

/// Other scripts travel as ASCII.
#[tokio::test]
async fn other_scripts_are_encoded() {
    let server = Server::start(&[("EHLO", "250 here")]).await;
    server.mailer("smtp", "").send(mail("ann@example.com", "Пароль", "Ваш пароль")).await.unwrap();
    let letter = letter(&server);
    assert!(letter.iter().all(|line| line.is_ascii()), "{letter:#?}");
    assert!(letter.contains(&"Subject: =?utf-8?b?0J/QsNGA0L7Qu9GM?=".to_owned()), "{letter:#?}");
    assert!(letter.contains(&"0JLQsNGIINC/0LDRgNC+0LvRjA==".to_owned()), "{letter:#?}");
}

#[tokio::test]
async fn letters_do_not_wait_for_each_other() {
    let server = Server::start(&[]).await;
    let mailer = std::sync::Arc::new(server.mailer("smtp", ""));
    let sending: Vec<_> = (0..20)
        .map(|n| {
            let mailer = std::sync::Arc::clone(&mailer);
            tokio::spawn(async move { mailer.send(mail(&format!("u{n}@example.com"), "Welcome", "Hello!")).await })
        })
        .collect();
    for sent in sending {
        sent.await.unwrap().unwrap();
    }
    let mut recipients = server.said("RCPT TO:");
    recipients.sort_unstable();
    recipients.dedup();
    assert_eq!(recipients.len(), 20);
}
