//! Whole requests.

use crate::sample::{META, pairs, tokens};
use kwik_domain::{Comparison, Count, Cursor, Error, FieldSet, Filter, Order, Page, Value};
use kwik_query::ListRequest;

fn parse(parameters: &[(&str, &str)]) -> Result<ListRequest, Error> {
    ListRequest::parse(&META, FieldSet::ALL, pairs(parameters), &tokens())
}

/// The parameters that are wrong, and the codes of what is wrong with them.
fn wrong(parameters: &[(&str, &str)]) -> Vec<(String, &'static str)> {
    match parse(parameters).expect_err("something is wrong") {
        Error::InvalidQuery(errors) => errors.into_iter().map(|e| (e.parameter.into_owned(), e.issue.code)).collect(),
        other => panic!("{other}"),
    }
}

#[test]
fn parameters_become_a_query() {
    let query = parse(&[]).unwrap().query;
    assert_eq!((query.filter, query.order, query.after), (Filter::All, vec![], None));
    assert_eq!((query.page, query.count), (Page { skip: 0, limit: 100 }, Count::Exact));

    let query = parse(&[
        ("skip", "5"),
        ("limit", "1000"),
        ("sorting", "name:desc,id"),
        ("filter_key", "status"),
        ("value", "open"),
        ("filter", "id > 3"),
        ("count", "none"),
    ]);
    let query = query.unwrap().query;
    let status = Filter::Compare(crate::sample::STATUS, Comparison::Eq, Value::Text("open".to_owned()));
    assert_eq!(query.filter, Filter::Compare(0, Comparison::Gt, Value::Int(3)) & status);
    assert_eq!(query.order, [Order { field: 1, descending: true }, Order::KEY]);
    assert_eq!((query.page, query.count), (Page { skip: 5, limit: 1000 }, Count::None));
    assert_eq!(parse(&[("count", "estimated")]).unwrap().query.count, Count::Estimated);
    assert_eq!(parse(&[("filter", "")]).unwrap().query.filter, Filter::All);
}

#[test]
fn everything_wrong_is_said_at_once() {
    let all = [
        ("skip", "-1"),
        ("limit", "1001"),
        ("sorting", "nonsense"),
        ("filter_key", "id"),
        ("value", "x"),
        ("filter", "id ="),
        ("count", "some"),
        ("color", "red"),
    ];
    let expected = [
        ("skip", "range"),
        ("limit", "range"),
        ("sorting", "unknown"),
        ("filter", "syntax"),
        ("value", "type"),
        ("count", "variant"),
        ("color", "unknown"),
    ];
    assert_eq!(wrong(&all), expected.map(|(name, code)| (name.to_owned(), code)));
    let cases = [
        (vec![("filter_key", "id")], ("value", "required")),
        (vec![("value", "1")], ("filter_key", "required")),
        (vec![("filter_key", "status"), ("value", "lost")], ("value", "variant")),
        (vec![("count", "exact"), ("count", "exact")], ("count", "duplicate")),
        (vec![("page_token", "")], ("page_token", "invalid")),
        (vec![("", "")], ("", "unknown")),
    ];
    for (parameters, (name, code)) in cases {
        assert_eq!(wrong(&parameters), [(name.to_owned(), code)], "{parameters:?}");
    }
}

#[test]
fn no_parameter_tells_an_unseen_field_from_an_unknown_one() {
    let visible = FieldSet::ALL.without(3);
    let message = |name: &str, parameter: &str| {
        let filter = format!("{name} = 1");
        let parameters = match parameter {
            "filter_key" => pairs(&[("filter_key", name), ("value", "1")]),
            "filter" => pairs(&[("filter", &filter)]),
            other => pairs(&[(other, name)]),
        };
        ListRequest::parse(&META, visible, parameters, &tokens()).unwrap_err().to_string()
    };
    for parameter in ["sorting", "filter_key", "filter"] {
        for name in ["concealed", "password", "salary", "size"] {
            assert_eq!(message(name, parameter), message("nonsense", parameter));
        }
    }
}

#[test]
fn a_token_goes_on_where_its_page_ended() {
    let parameters = [("sorting", "name:desc"), ("filter", "id > 3"), ("limit", "2")];
    let cursor = Cursor(vec![Value::Null, Value::Int(7)]);
    let token = parse(&parameters).unwrap().next_page_token(&tokens(), &cursor);
    let with = |others: &[(&'static str, &'static str)]| {
        let mut all = others.to_vec();
        all.push(("page_token", &token));
        all.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect::<Vec<_>>()
    };
    let opened = |others: &[(&'static str, &'static str)]| {
        ListRequest::parse(&META, FieldSet::ALL, with(others), &tokens()).map(|request| request.query.after)
    };
    assert_eq!(opened(&parameters).unwrap(), Some(cursor.clone()));
    // How much of it is asked for may change, and so may the order of the parameters.
    let other = [("count", "none"), ("filter", "id > 3"), ("limit", "5"), ("sorting", "name:desc")];
    assert_eq!(opened(&other).unwrap(), Some(cursor));
    for other in [
        vec![("sorting", "name:desc")],
        vec![("sorting", "name:asc"), ("filter", "id > 3")],
        vec![("sorting", "name:desc"), ("filter", "id > 4")],
        vec![("sorting", "name:desc"), ("filter", "id > 3"), ("filter_key", "id"), ("value", "1")],
    ] {
        assert!(opened(&other).unwrap_err().to_string().contains("page_token must be used with the same"), "{other:?}");
    }
    let skipped = opened(&[("sorting", "name:desc"), ("filter", "id > 3"), ("skip", "0")]).unwrap_err();
    assert!(skipped.to_string().contains("skip must not be given beside page_token"), "{skipped}");
}

#[test]
fn links_lead_to_the_first_page_and_the_next() {
    let request = parse(&[("limit", "2"), ("skip", "4"), ("filter", "name:\"ä&b\"")]).unwrap();
    let first = "</api/v1/samples/?limit=2&filter=name%3A%22%C3%A4%26b%22>; rel=\"first\"";
    assert_eq!(request.links("/api/v1/samples/", None), first);
    let next = "</api/v1/samples/?limit=2&filter=name%3A%22%C3%A4%26b%22&page_token=abc-_>; rel=\"next\"";
    assert_eq!(request.links("/api/v1/samples/", Some("abc-_")), format!("{first}, {next}"));
    assert_eq!(parse(&[]).unwrap().links("/a/", None), "</a/>; rel=\"first\"");
}
