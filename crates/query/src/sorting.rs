//! The parameter `sorting`: `name:asc,id:desc`.

use crate::open_fields::OpenFields;
use kwik_domain::{Issue, Order};

/// Reads an order. A field without a direction is ascending; nothing is the order of keys.
pub(crate) fn sorting(fields: OpenFields<'_>, text: &str) -> Result<Vec<Order>, Issue> {
    let mut order: Vec<Order> = Vec::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let (name, direction) = part.split_once(':').unwrap_or((part, "asc"));
        let descending = match direction {
            "asc" => false,
            "desc" => true,
            _ => return Err(Issue::new("direction", "must be fields with :asc or :desc, such as name:asc,id:desc")),
        };
        let (field, _) = fields.named(name)?;
        if order.iter().any(|by| by.field == field) {
            return Err(Issue::new("duplicate", "must name each field only once"));
        }
        order.push(Order { field, descending });
    }
    Ok(order)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use kwik_domain::{Entity, FieldSet, access::User};

    #[test]
    fn orders_are_read_strictly() {
        let fields = OpenFields::new(User::META, FieldSet::ALL);
        let by = |field, descending| Order { field, descending };
        assert_eq!(sorting(fields, "").unwrap(), []);
        assert_eq!(sorting(fields, "name,id:desc").unwrap(), [by(1, false), by(0, true)]);
        for (text, code) in [
            ("name:up", "direction"),
            ("name:ASC", "direction"),
            ("name,name:desc", "duplicate"),
            ("Name", "unknown"),
            (" name", "unknown"),
            ("hashed_password", "unknown"),
        ] {
            assert_eq!(sorting(fields, text).unwrap_err().code, code, "{text}");
        }
    }

    #[test]
    fn what_is_not_visible_is_as_unknown_as_what_does_not_exist() {
        let fields = OpenFields::new(User::META, FieldSet::ALL.without(1));
        assert_eq!(sorting(fields, "name").unwrap_err(), sorting(fields, "nonsense").unwrap_err());
        assert!(!sorting(fields, "name").unwrap_err().message.contains(" name,"));
    }
}
