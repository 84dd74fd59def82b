//! Attributes that contradict each other.

use crate::{attributes::Argument, errors::Errors};

/// What a key may have.
const WITH_KEY: [&str; 5] = ["key", "column", "label", "example", "renamed_from"];

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
    if find("key").is_some() {
        for argument in arguments.iter().filter(|argument| !WITH_KEY.contains(&argument.name().as_str())) {
            errors.push(argument.error(format!(
                "`{}` does not go with `key`; a key may have `column`, `label`, `example` and `renamed_from`",
                argument.name()
            )));
        }
    }
}
