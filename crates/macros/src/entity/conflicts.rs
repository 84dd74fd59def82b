//! Attributes that contradict each other.

use crate::{attributes::Argument, errors::Errors};

/// What a key may have.
const WITH_KEY: [&str; 5] = ["key", "column", "label", "example", "renamed_from"];

/// What a key may have besides that is given, or that is one of several fields.
const WITH_GIVEN_KEY: [&str; 10] =
    ["given", "length", "pattern", "range", "trim", "lowercase", "validate", "references", "relation", "on_delete"];

/// Pairs that do not go together, and why.
const PAIRS: [(&str, &str, &str); 11] = [
    ("write_only", "read_only", "a client would neither give nor see it; that is `hidden`"),
    ("write_only", "hidden", "a hidden field is not taken from a client"),
    ("read_only", "hidden", "a hidden field is not shown to a client"),
    ("create_only", "read_only", "a read-only field is never taken from a client"),
    ("create_only", "hidden", "a hidden field is never taken from a client"),
    ("guard", "hidden", "a hidden field is opened by no permission"),
    ("indexed", "unique", "a unique field has an index already"),
    ("range", "length", "`length` is for text, `range` for all that is not"),
    ("range", "email", "`email` is for text, `range` for all that is not"),
    ("url", "email", "a text is one of the two"),
    ("references", "hidden", "a hidden field is not shown, and so cannot be followed"),
];

/// Finds them among the attributes of one field.
pub(super) fn check(arguments: &[Argument], errors: &mut Errors) {
    let find = |name: &str| arguments.iter().find(|argument| argument.name() == name);
    for (one, other, why) in PAIRS {
        if let (Some(one), Some(other)) = (find(one), find(other)) {
            errors.push(one.error(format!("`{}` does not go with `{}`: {why}", one.name(), other.name())));
        }
    }
    for name in ["relation", "on_delete"] {
        if let Some(argument) = find(name).filter(|_| find("references").is_none()) {
            errors.push(argument.error(format!("`{name}` goes with `references = Entity`")));
        }
    }
    if let Some(given) = find("given").filter(|_| find("key").is_none()) {
        errors.push(given.error("`given` goes with `key`: a field that is no key is given anyway"));
    }
}

/// Finds what does not go with a key; one that is given is constrained like any other field.
pub(super) fn check_key(arguments: &[Argument], is_given: bool, errors: &mut Errors) {
    for argument in arguments {
        let name = argument.name();
        if WITH_KEY.contains(&name.as_str()) || is_given && WITH_GIVEN_KEY.contains(&name.as_str()) {
            continue;
        }
        let why = if WITH_GIVEN_KEY.contains(&name.as_str()) {
            "only with one that is given (`#[entity(key, given)]`) or has several fields"
        } else {
            "a key may have `column`, `label`, `example` and `renamed_from`"
        };
        errors.push(argument.error(format!("`{name}` does not go with `key`; {why}")));
    }
}
