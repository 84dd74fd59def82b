//! The parameter `q`.

use crate::sample::{META, pairs, tokens};
use kwik_domain::{Cursor, Entity, EntityMeta, Error, FieldSet, Filter, Value};
use kwik_query::ListRequest;

#[derive(Clone, Debug, Entity)]
struct Book {
    #[entity(key)]
    id: i64,
    #[entity(search)]
    title: String,
    #[entity(search)]
    author: Option<String>,
    #[entity(search, hidden)]
    remark: Option<String>,
    pages: i64,
}

const TITLE: usize = 1;
const AUTHOR: usize = 2;

fn ask(meta: &'static EntityMeta, visible: FieldSet, parameters: &[(&str, &str)]) -> Result<ListRequest, Vec<String>> {
    ListRequest::parse(meta, visible, pairs(parameters), &tokens()).map_err(|error| match error {
        Error::InvalidQuery(errors) => {
            errors.iter().map(|e| format!("{} {}: {}", e.parameter, e.issue.code, e.issue.message)).collect()
        }
        other => vec![other.to_string()],
    })
}

fn filter(visible: FieldSet, parameters: &[(&str, &str)]) -> Filter {
    ask(Book::META, visible, parameters).unwrap().query.filter
}

#[test]
fn words_are_searched_for_in_fields_that_are_seen() {
    let (a, b) =
        (Book::TITLE.search("Ab") | Book::AUTHOR.search("Ab"), Book::TITLE.search("c*") | Book::AUTHOR.search("c*"));
    assert_eq!(filter(FieldSet::ALL, &[("q", " Ab\u{a0}c* ")]), a.clone() & b);
    assert_eq!(filter(FieldSet::ALL.without(AUTHOR), &[("q", "Ab")]), Book::TITLE.search("Ab"));
    let both = filter(FieldSet::ALL, &[("q", "Ab"), ("filter", "pages > 1"), ("filter_key", "id"), ("value", "7")]);
    assert_eq!(both, Book::PAGES.gt(1) & Book::ID.eq(7) & a);
}

#[test]
fn where_nothing_is_searched_it_is_unknown() {
    let blind = FieldSet::ALL.without(TITLE).without(AUTHOR);
    for (meta, visible) in [(&META, FieldSet::ALL), (Book::META, blind)] {
        let unknown = ask(meta, visible, &[("w", "a")]).unwrap_err();
        assert_eq!(unknown.len(), 1);
        assert!(unknown[0].starts_with("w unknown") && !unknown[0].contains(", q"), "{unknown:?}");
        for text in ["a", "", &"a".repeat(300)] {
            assert_eq!(ask(meta, visible, &[("q", text)]).unwrap_err()[0], unknown[0].replacen('w', "q", 1));
        }
    }
    let told = ask(Book::META, FieldSet::ALL, &[("w", "a")]).unwrap_err();
    assert!(told[0].ends_with("count, q"), "{told:?}");
}

#[test]
fn it_is_checked_with_the_rest() {
    let errors = ask(Book::META, FieldSet::ALL, &[("q", " "), ("limit", "x"), ("q", "a")]).unwrap_err();
    assert_eq!(errors.len(), 3, "{errors:?}");
    assert!(errors.iter().any(|error| error.starts_with("q words: must be 1 to 10 words")), "{errors:?}");
    assert!(errors.iter().any(|error| error.starts_with("q duplicate")), "{errors:?}");
}

#[test]
fn a_page_token_is_for_one_search() {
    let first = ask(Book::META, FieldSet::ALL, &[("q", "a")]).unwrap();
    let token = first.next_page_token(&tokens(), &Cursor(vec![Value::Int(7)]));
    assert!(first.links("/books/", Some(&token)).contains("q=a"));
    assert!(ask(Book::META, FieldSet::ALL, &[("q", "a"), ("page_token", &token)]).unwrap().query.after.is_some());
    for parameters in [&[("q", "A"), ("page_token", token.as_str())][..], &[("page_token", &token)]] {
        let errors = ask(Book::META, FieldSet::ALL, parameters).unwrap_err();
        assert!(errors[0].starts_with("page_token mismatch"), "{errors:?}");
    }
}
