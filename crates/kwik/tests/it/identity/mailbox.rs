//! Letters that a test reads.

use kwik::{
    domain::{Mail, MailError, Mailer},
    prelude::async_trait,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::{
    Mutex,
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

/// Where all letters of an app arrive.
#[derive(Clone)]
pub struct Mailbox {
    sender: UnboundedSender<Mail>,
    arrived: Arc<Mutex<UnboundedReceiver<Mail>>>,
}

impl Default for Mailbox {
    fn default() -> Self {
        let (sender, receiver) = unbounded_channel();
        Self { sender, arrived: Arc::new(Mutex::new(receiver)) }
    }
}

impl Mailbox {
    /// The next letter, as soon as it is there.
    pub async fn next(&self) -> Mail {
        let mut arrived = self.arrived.lock().await;
        tokio::time::timeout(Duration::from_secs(30), arrived.recv()).await.expect("a letter in time").unwrap()
    }

    /// The token that the next letter holds.
    pub async fn token(&self) -> String {
        let text = self.next().await.text.expose().to_owned();
        let is_token = |word: &&str| word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit());
        text.split_whitespace().find(is_token).unwrap_or_else(|| panic!("no token in {text}")).to_owned()
    }

    /// Whether a letter is there that nobody has read.
    pub async fn is_empty(&self) -> bool {
        self.arrived.lock().await.is_empty()
    }
}

#[async_trait]
impl Mailer for Mailbox {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        self.sender.send(mail).map_err(|error| MailError(error.to_string()))
    }
}
