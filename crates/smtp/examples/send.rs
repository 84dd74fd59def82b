//! Sends one letter: `send RECIPIENT SUBJECT`. The first line of the standard input is the server's address
//! (it may hold a password, and so is no argument), the second the sender, the rest the letter.

use kwik_domain::{Mail, Mailer, Secret};
use kwik_smtp::SmtpMailer;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (to, subject) = arguments.next().zip(arguments.next()).ok_or("give a recipient and a subject")?;
    let input = std::io::read_to_string(std::io::stdin())?;
    let (url, rest) = input.split_once('\n').ok_or("the server's address is missing")?;
    let (from, text) = rest.split_once('\n').ok_or("the sender is missing")?;
    let mailer = SmtpMailer::new(&Secret::new(url), from)?;
    Ok(mailer.send(Mail { to, subject, text: Secret::new(text) }).await?)
}
