//! Where the letters of the shop arrive.

use kwik::{
    domain::{Mail, MailError, Mailer},
    prelude::async_trait,
};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

/// A mailer that keeps what it takes. It can be closed: then it takes nothing, and counts how often it was asked.
#[derive(Clone, Default)]
pub struct Letters {
    taken: Arc<Mutex<Vec<Mail>>>,
    is_closed: Arc<Mutex<bool>>,
    refused: Arc<AtomicUsize>,
}

impl Letters {
    /// Takes nothing any more, or all again.
    pub fn close(&self, is_closed: bool) {
        *self.is_closed.lock().unwrap() = is_closed;
    }

    /// How many letters were not taken.
    pub fn refused(&self) -> usize {
        self.refused.load(SeqCst)
    }

    /// Those that have arrived, in order.
    pub fn all(&self) -> Vec<Mail> {
        self.taken.lock().unwrap().clone()
    }

    /// What they are about, in the order in which they came.
    pub fn subjects(&self) -> Vec<String> {
        self.all().into_iter().map(|mail| mail.subject).collect()
    }
}

#[async_trait]
impl Mailer for Letters {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        if *self.is_closed.lock().unwrap() {
            self.refused.fetch_add(1, SeqCst);
            return Err(MailError("the post office is closed".to_owned()));
        }
        self.taken.lock().unwrap().push(mail);
        Ok(())
    }
}
