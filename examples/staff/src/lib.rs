//! Employees and tickets, as an example of policies: who reaches which rows and which fields.
//!
//! | What holds | Said by |
//! |---|---|
//! | Nobody does anything without a permission that a role grants | nothing: it is so |
//! | Clerks see and change employees of their own department | `Rows::matching`, below |
//! | Salaries are seen and written with permissions of their own | `guard`, in [`employee`] |
//! | Who has `tickets_read_own` sees the tickets that they deal with | `owner`, in [`ticket`] |
//! | A closed ticket stays as it is | `Rows::of`, below |
//! | A confidential ticket is its clerk's and the head's of its department | a policy by hand, in [`confidential_tickets`] |
//! | In which department somebody works, and whether as its head | `profile`, in [`profile`] |
//!
//! `docs/policies.md` goes through all of it. To try it:
//!
//! ```sh
//! cargo run -p staff
//! ```
//!
//! The first start prints the administrator's password. `http://127.0.0.1:8000/docs` shows the interface.

pub mod confidential_tickets;
pub mod employee;
pub mod profile;
pub mod ticket;

use confidential_tickets::ConfidentialTickets;
use employee::Employee;
use kwik::prelude::*;
use profile::Profile;
use ticket::{Status, Ticket};

/// The whole program: entities, and what bounds them.
pub fn app() -> App {
    App::new()
        .resource::<Profile>()
        .resource::<Employee>()
        .resource::<Ticket>()
        .policy(Rows::matching(Employee::DEPARTMENT, "department").unless("employees_any_department"))
        .policy(
            Rows::of::<Ticket>(Ticket::STATUS.ne(Status::Closed))
                .on(&[Action::Update, Action::Delete])
                .unless("tickets_close"),
        )
        .policy(ConfidentialTickets)
}
