//! What is wrong with a description and the compiler could not see.

use super::{EntityMeta, FieldMeta, Validation, pattern};

impl EntityMeta {
    /// Looks for what the compiler could not see: defaults, examples and bounds that are not
    /// values of their field, names that two fields share.
    ///
    /// # Errors
    ///
    /// One line for each, naming the entity and the field.
    pub fn check(&self) -> Result<(), Vec<String>> {
        let mut problems = Vec::new();
        for (index, field) in self.fields.iter().enumerate() {
            let found = literals(field)
                .into_iter()
                .chain(pattern_of(field))
                .chain(self.kind_of(index))
                .chain(self.name_of(index));
            problems.extend(found.map(|(what, why)| format!("{}.{}: {what} {why}", self.name, field.name)));
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn kind_of(&self, index: usize) -> Option<Problem> {
        let field = &self.fields[index];
        let is_grouped = self.unique_groups.iter().any(|group| group.contains(&index));
        let is_compared = field.unique || field.indexed || field.references.is_some() || is_grouped;
        let is_bound = field.default.is_some() || field.min.is_some() || field.max.is_some();
        let is_wrong = !field.kind.is_ordered() && (is_compared || is_bound || self.owner == Some(index));
        let why = "must be another where values are compared or have a default: not bytes, JSON or an array";
        is_wrong.then(|| ("kind", why.to_owned()))
    }

    fn name_of(&self, index: usize) -> Option<Problem> {
        let field = &self.fields[index];
        let is_taken = self.fields[..index].iter().any(|f| f.name == field.name || f.column == field.column);
        let why =
            "stands twice; names of fields and of columns are unique, and version and the four audit columns are taken";
        is_taken.then(|| ("name", why.to_owned()))
    }
}

/// What is wrong, and why.
type Problem = (&'static str, String);

/// Defaults, examples and bounds that are not values of their field.
fn literals(field: &FieldMeta) -> Vec<Problem> {
    let bounds = [("range", field.min.map(|b| b.value)), ("range", field.max.map(|b| b.value))];
    let given = [("default", field.default), ("example", field.example)].into_iter().chain(bounds);
    let wrong = |(what, text): (&'static str, Option<&str>)| {
        let text = text?;
        let issue = match field.parse(text) {
            Err(issue) => Some(issue),
            Ok(value) if what != "range" => Validation::of(field, value.as_ref()).err(),
            Ok(_) => None,
        };
        Some((what, issue?.message.into_owned()))
    };
    given.filter_map(wrong).collect()
}

/// A pattern that is none, or that the document could show no example of.
fn pattern_of(field: &FieldMeta) -> Option<Problem> {
    if let Err(why) = pattern::check(field.pattern?) {
        return Some(("pattern", format!("must be a regular expression: {why}")));
    }
    let is_shown = field.example.or(field.default).is_some() || field.nullable;
    (!is_shown).then(|| ("pattern", "needs an `example` beside it".to_owned()))
}
