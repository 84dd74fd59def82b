//! Names of indexes, and names as they stand in SQL.

use sha2::{Digest, Sha256};

/// The longest name in bytes; PostgreSQL cuts longer ones.
pub const MAX_BYTES: usize = 63;

/// The name of the unique index over columns: `customers_email_key`. Cut to 63 bytes, with a hash
/// to keep it unique, if it is longer.
pub fn unique_name(table: &str, columns: &[&str]) -> String {
    name(table, columns, "key")
}

/// The name of the index over columns: `customers_name_idx`, cut like [`unique_name`].
pub fn index_name(table: &str, columns: &[&str]) -> String {
    name(table, columns, "idx")
}

/// The name of the foreign key over columns: `orders_customer_id_fkey`, cut like [`unique_name`].
pub fn foreign_key_name(table: &str, columns: &[&str]) -> String {
    name(table, columns, "fkey")
}

fn name(table: &str, columns: &[&str], suffix: &str) -> String {
    let full = format!("{table}_{}_{suffix}", columns.join("_"));
    if full.len() <= MAX_BYTES {
        return full;
    }
    // Over the parts, so that (a_b, c) and (a, b_c) do not meet.
    let mut hash = Sha256::new();
    for part in columns.iter().fold(vec![table], |mut parts, column| {
        parts.push(column);
        parts
    }) {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digest = hash.finalize();
    let tail = format!("_{}_{suffix}", hex(&digest[..4]));
    let keep = full.floor_char_boundary(MAX_BYTES - tail.len());
    format!("{}{tail}", &full[..keep])
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a string never fails.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// A name in double quotes, as both databases read it.
pub fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Names in double quotes with commas between them.
pub fn quote_all(names: &[String]) -> String {
    names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(", ")
}

/// A text literal of PostgreSQL: with a backslash in it, the form whose meaning does not hang on
/// `standard_conforming_strings`.
pub fn postgres_text_literal(text: &str) -> String {
    if text.contains('\\') { format!("E{}", text_literal(&text.replace('\\', "\\\\"))) } else { text_literal(text) }
}

/// A text literal that holds on both databases; it must hold no backslash.
pub fn text_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::{index_name, quote, unique_name};

    #[test]
    fn short_names_are_readable() {
        assert_eq!(unique_name("user_roles", &["user_id", "role_id"]), "user_roles_user_id_role_id_key");
        assert_eq!(index_name("customers", &["name"]), "customers_name_idx");
    }

    #[test]
    fn long_names_are_cut_within_characters_and_stay_apart() {
        let table = "ü".repeat(31);
        let one = unique_name(&table, &["email", "name"]);
        let other = unique_name(&table, &["email_name"]);
        assert!(one.len() <= 63 && other.len() <= 63, "{one} {other}");
        assert_ne!(one, other);
        assert!(one.starts_with("üüü") && one.ends_with("_key"), "{one}");
    }

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(quote("a\"b"), "\"a\"\"b\"");
    }
}
