//! Answers as text that people read and programs compare.

use std::{collections::BTreeMap, fmt::Write as _};

/// What users are called who hold one permission alone.
pub(super) const ONLY: &str = "only ";

/// Those whose credentials are there, but good for nothing.
pub(super) const BAD: [&str; 10] = [
    "garbage token",
    "garbage key",
    "expired token",
    "foreign signing key",
    "refresh token",
    "inactive user",
    "ended session",
    "expired key",
    "revoked key",
    "token of another with a key",
];

const HEADING: &str = "\
Who gets which answer from which operation. A test writes this with KWIK_TEST_UPDATE=1.

In parentheses stands what the document says that an operation needs.
`only x` is a user who holds the permission x and no other; `other rights` are all those of them who are not named.
`bad credentials` are";

/// Where the heading ends and the operations begin.
const END: &str = "----";

/// The answers of operations to principals.
pub(super) struct Table {
    rows: Vec<Row>,
}

struct Row {
    title: String,
    /// Principals by answer, in the order in which they were added.
    answers: BTreeMap<String, Vec<String>>,
}

impl Table {
    pub(super) fn new(titles: impl Iterator<Item = String>) -> Self {
        Self { rows: titles.map(|title| Row { title, answers: BTreeMap::new() }).collect() }
    }

    pub(super) fn add(&mut self, row: usize, principal: &str, answer: String) {
        self.rows[row].answers.entry(answer).or_default().push(principal.to_owned());
    }

    /// Whatever the file says: nobody gets past the gate of what is not public, and everybody gets past that
    /// of what is.
    ///
    /// # Panics
    ///
    /// When it is otherwise.
    pub(super) fn check(&self) {
        for Row { title, answers } in &self.rows {
            let refused = answers.get("401 not_authenticated");
            let nobody = refused.is_some_and(|names| names.iter().any(|name| name == "nobody"));
            assert_eq!(nobody, !title.ends_with("(public)"), "{title}: {answers:?}");
        }
    }

    pub(super) fn text(&self) -> String {
        let heading = format!("{HEADING} {}.\n{END}\n", BAD.join(", "));
        self.rows.iter().fold(heading, |mut out, row| {
            row.write(&mut out);
            out
        })
    }

    /// What differs from the file: a line for each operation that it does not know, or that is no longer
    /// there, and two for each other line.
    pub(super) fn differences(&self, expected: &str) -> Vec<String> {
        let (found, expected) = (sections(&self.text()), sections(expected));
        let mut out = Vec::new();
        for (title, lines) in &found {
            match expected.get(title) {
                None => out.push(format!("{title}: is not in the file")),
                Some(known) => {
                    out.extend(known.iter().filter(|l| !lines.contains(l)).map(|l| format!("{title}: no longer {l}")));
                    out.extend(lines.iter().filter(|l| !known.contains(l)).map(|l| format!("{title}: now {l}")));
                }
            }
        }
        let gone = expected.keys().filter(|title| !found.contains_key(*title));
        out.extend(gone.map(|title| format!("{title}: is in the file, but there is no such operation")));
        out
    }
}

impl Row {
    fn write(&self, out: &mut String) {
        // Writing into a string cannot fail.
        let _ = writeln!(out, "\n{}", self.title);
        let rights = |names: &[String]| names.iter().filter(|name| name.starts_with(ONLY)).count();
        let most = self.answers.values().map(|names| rights(names)).max().unwrap_or_default();
        let shortened =
            self.answers.iter().find(|(_, names)| most > 1 && rights(names) == most).map(|(answer, _)| answer);
        for (answer, names) in &self.answers {
            let mut shown: Vec<&str> = names.iter().map(String::as_str).collect();
            if BAD.iter().all(|bad| shown.contains(bad)) {
                shown.retain(|name| !BAD.contains(name));
                shown.push("bad credentials");
            }
            if Some(answer) == shortened {
                shown.retain(|name| !name.starts_with(ONLY));
                shown.push("other rights");
            }
            let shown = if self.answers.len() == 1 { "everybody".to_owned() } else { shown.join(", ") };
            let _ = writeln!(out, "    {answer:<30} {shown}");
        }
    }
}

/// The lines below each title.
fn sections(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut title = String::new();
    for line in text.lines().skip_while(|line| *line != END).skip(1).filter(|line| !line.is_empty()) {
        if line.starts_with(' ') {
            out.entry(title.clone()).or_default().push(line.trim().to_owned());
        } else {
            line.clone_into(&mut title);
            out.entry(title.clone()).or_default();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(["GET /a (x)".to_owned(), "POST /a (public)".to_owned()].into_iter());
        for (name, one, other) in [
            ("nobody", "401 not_authenticated", "422 invalid"),
            ("only x", "200", "422 invalid"),
            ("only y", "403 forbidden", "422 invalid"),
            ("only z", "403 forbidden", "422 invalid"),
            ("plain", "403 forbidden", "422 invalid"),
        ] {
            table.add(0, name, one.to_owned());
            table.add(1, name, other.to_owned());
        }
        table
    }

    #[test]
    fn the_many_who_get_the_same_are_not_named() {
        let text = table().text();
        assert!(text.contains("GET /a (x)\n    200                            only x\n"), "{text}");
        assert!(text.contains("    403 forbidden                  plain, other rights\n"), "{text}");
        assert!(text.contains("    422 invalid                    everybody\n"), "{text}");
        table().check();
        assert_eq!(table().differences(&text), Vec::<String>::new());
    }

    #[test]
    fn every_difference_is_told() {
        let text = table().text();
        let other = text.replace("only x\n", "only x, plain\n").replace("POST /a (public)", "POST /b (public)");
        let expected = [
            "GET /a (x): no longer 200                            only x, plain",
            "GET /a (x): now 200                            only x",
            "POST /a (public): is not in the file",
            "POST /b (public): is in the file, but there is no such operation",
        ];
        assert_eq!(table().differences(&other), expected);
    }

    #[test]
    #[should_panic(expected = "GET /a (x)")]
    fn nobody_gets_past_a_gate() {
        let mut table = Table::new(["GET /a (x)".to_owned()].into_iter());
        table.add(0, "nobody", "404 not_found".to_owned());
        table.check();
    }
}
