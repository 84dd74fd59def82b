//! Names in other cases, plurals, and names that were perhaps meant.

/// `PascalCase` to `snake_case`: `HttpServer` and `HTTPServer` are `http_server`.
pub(crate) fn snake_case(name: &str) -> String {
    words(name).join("_")
}

/// `snake_case` or `camelCase` to `SCREAMING_CASE`.
pub(crate) fn screaming_case(name: &str) -> String {
    words(name).join("_").to_uppercase()
}

/// A name in words, with a capital at the beginning: `credit_limit` is `Credit limit`.
pub(crate) fn label(name: &str) -> String {
    let text = words(name).join(" ");
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The words of a name, in lower case. A word begins after an underscore, at a capital after a
/// small letter or digit, and at the last of several capitals.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (i, &c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| chars[i]);
        let after = chars.get(i + 1);
        let begins =
            c.is_uppercase() && before.is_some_and(|b| !b.is_uppercase() || after.is_some_and(|a| a.is_lowercase()));
        if c == '_' || begins {
            words.push(String::new());
        }
        if c != '_'
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The English plural of a name in `PascalCase`, by the regular rules and a few exceptions.
pub(crate) fn plural(name: &str) -> String {
    const IRREGULAR: [(&str, &str); 4] =
        [("Person", "People"), ("Child", "Children"), ("Woman", "Women"), ("Man", "Men")];
    for (one, many) in IRREGULAR {
        if let Some(start) = name.strip_suffix(one) {
            return format!("{start}{many}");
        }
    }
    if let Some(stem) = name.strip_suffix("sis") {
        return format!("{stem}ses");
    }
    if let Some(stem) = name.strip_suffix('y')
        && !stem.ends_with(['a', 'e', 'i', 'o', 'u'])
    {
        return format!("{stem}ies");
    }
    let hissing = ["s", "x", "z", "ch", "sh"].iter().any(|end| name.ends_with(end));
    format!("{name}{}", if hissing { "es" } else { "s" })
}

/// Whether it is `snake_case`: small letters, digits, single underscores, a letter first.
pub(crate) fn is_snake_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !name.contains("__")
        && !name.ends_with('_')
}

/// Whether it is `PascalCase`: letters and digits, a capital first.
pub(crate) fn is_pascal_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The candidate that is most like `name`, if one is so much like it that it was perhaps meant.
pub(crate) fn similar<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    candidates
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, taken out or exchanged (Levenshtein's distance).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, cb) in b.iter().enumerate() {
            let exchanged = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = exchanged.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        for (pascal, snake) in [
            ("Customer", "customer"),
            ("CustomerOrder", "customer_order"),
            ("HTTPServer", "http_server"),
            ("Iso3166Code", "iso3166_code"),
            ("X", "x"),
        ] {
            assert_eq!(snake_case(pascal), snake);
        }
        assert_eq!(screaming_case("credit_limit"), "CREDIT_LIMIT");
        assert_eq!(screaming_case("creditLimit"), "CREDIT_LIMIT");
        assert_eq!(label("credit_limit"), "Credit limit");
        assert_eq!(label("id"), "Id");
    }

    #[test]
    fn plurals() {
        for (one, many) in [
            ("Customer", "Customers"),
            ("Category", "Categories"),
            ("Box", "Boxes"),
            ("Address", "Addresses"),
            ("Status", "Statuses"),
            ("Branch", "Branches"),
            ("Day", "Days"),
            ("Analysis", "Analyses"),
            ("ContactPerson", "ContactPeople"),
        ] {
            assert_eq!(plural(one), many);
        }
    }

    #[test]
    fn kinds_of_names() {
        assert!(is_snake_case("order_lines") && is_snake_case("iso3166"));
        for wrong in ["", "Orders", "order-lines", "_orders", "orders_", "order__lines", "3d"] {
            assert!(!is_snake_case(wrong), "{wrong}");
        }
        assert!(is_pascal_case("People") && !is_pascal_case("people") && !is_pascal_case("Order_Lines"));
    }

    #[test]
    fn what_was_meant() {
        let known = ["unique", "indexed", "length", "key"];
        assert_eq!(similar("uniqe", known), Some("unique"));
        assert_eq!(similar("lenght", known), Some("length"));
        assert_eq!(similar("max", known), None);
    }
}
