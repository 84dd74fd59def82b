//! What filters mean.

use crate::sample::{META, STATUS, TEXT};
use kwik_domain::{Comparison, FieldSet, Filter, Kind, TextMatch, Value};
use kwik_query::{MAX_FILTER_LENGTH, MAX_FILTER_NESTING, MAX_FILTER_TERMS, parse_filter};

fn parse(text: &str) -> Filter {
    parse_filter(&META, FieldSet::ALL, text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn compare(field: usize, comparison: Comparison, text: &str) -> Filter {
    Filter::Compare(field, comparison, Value::parse(META.fields[field].kind, text).unwrap())
}

fn text(text_match: TextMatch, text: &str) -> Filter {
    Filter::Text(TEXT, text_match, text.to_owned())
}

#[test]
fn restrictions_are_typed_by_their_field() {
    use Comparison::{Eq, Ge, Gt, Le, Lt, Ne};
    let cases = [
        ("id=1", compare(0, Eq, "1")),
        (" id\t!=\n-1 ", compare(0, Ne, "-1")),
        ("id<1", compare(0, Lt, "1")),
        ("id <= \"1\"", compare(0, Le, "1")),
        ("size > '1'", compare(3, Gt, "1")),
        ("weight >= 1.5e3", compare(4, Ge, "1500")),
        ("price >= 1000.50", compare(5, Ge, "1000.50")),
        ("active = true", compare(2, Eq, "true")),
        ("active != false", compare(2, Ne, "false")),
        ("code = 01890a5d-ac96-774b-bcce-b302099a8057", compare(6, Eq, "01890a5d-ac96-774b-bcce-b302099a8057")),
        ("day < 2026-01-31", compare(7, Lt, "2026-01-31")),
        ("moment >= 2026-01-31T10:30:00+01:00", compare(8, Ge, "2026-01-31T09:30:00Z")),
        ("opens < 09:30:00", compare(9, Lt, "09:30:00.000000")),
        ("opens = \"09:30:00.5\"", compare(9, Eq, "09:30:00.5")),
        ("status = open", compare(STATUS, Eq, "open")),
        ("status != \"on hold\"", compare(STATUS, Ne, "on hold")),
        ("name = Müller", compare(TEXT, Eq, "Müller")),
        ("name < b", compare(TEXT, Lt, "b")),
        (r#"name = "say \"hi\" \\ \*""#, compare(TEXT, Eq, r#"say "hi" \ *"#)),
        ("name = \"\"", compare(TEXT, Eq, "")),
        ("name = \"null\"", compare(TEXT, Eq, "null")),
        ("name = \"NOT a = b\"", compare(TEXT, Eq, "NOT a = b")),
    ];
    for (filter, expected) in cases {
        assert_eq!(parse(filter), expected, "{filter}");
    }
    let scale = parse("price = 1.500");
    assert!(matches!(scale, Filter::Compare(_, _, Value::Decimal(price)) if price.to_string() == "1.500"));
}

#[test]
fn text_is_looked_for() {
    use TextMatch::{Contains, EndsWith, StartsWith};
    let cases = [
        ("name:ac", text(Contains, "ac")),
        ("name : \"a c\"", text(Contains, "a c")),
        (r"name:'\*'", text(Contains, "*")),
        ("name:12:30", text(Contains, "12:30")),
        ("name = \"ac*\"", text(StartsWith, "ac")),
        ("name = '*ac'", text(EndsWith, "ac")),
        ("name = \"*ac*\"", text(Contains, "ac")),
        (r#"name = "*\*""#, text(EndsWith, "*")),
        (r#"name = "\**""#, text(StartsWith, "*")),
        ("name = \"**\"", text(Contains, "")),
        ("name != \"ac*\"", !text(StartsWith, "ac")),
    ];
    for (filter, expected) in cases {
        assert_eq!(parse(filter), expected, "{filter}");
    }
}

#[test]
fn nulls_are_asked_for() {
    for (index, field) in META.fields.iter().enumerate().take(crate::sample::OPEN) {
        let is_null = [format!("{} = null", field.name), format!("{} != *", field.name)];
        let is_not = [format!("{}:*", field.name), format!("{}!=null", field.name), format!("{} = \"*\"", field.name)];
        for (filters, expected) in [(&is_null[..], Filter::IsNull(index)), (&is_not[..], !Filter::IsNull(index))] {
            for filter in filters {
                assert_eq!(parse(filter), expected, "{filter}");
            }
        }
    }
}

#[test]
fn conditions_combine() {
    let (a, b, c) = (compare(0, Comparison::Eq, "1"), compare(0, Comparison::Eq, "2"), compare(0, Comparison::Eq, "3"));
    let and = |parts: &[&Filter]| Filter::And(parts.iter().map(|part| (*part).clone()).collect());
    let or = |parts: &[&Filter]| Filter::Or(parts.iter().map(|part| (*part).clone()).collect());
    let cases = [
        ("", Filter::All),
        (" \n", Filter::All),
        ("((id=1))", a.clone()),
        ("id=1 AND id=2 AND id=3", and(&[&a, &b, &c])),
        ("id=1 OR(id=2)OR id=3", or(&[&a, &b, &c])),
        ("(id=1 AND id=2) OR id=3", or(&[&and(&[&a, &b]), &c])),
        ("id=1 AND (id=2 OR id=3)", and(&[&a, &or(&[&b, &c])])),
        ("NOT id=1 AND id=2", and(&[&!a.clone(), &b])),
        ("NOT(id=1 OR id=2)", !or(&[&a, &b])),
        ("id IN (1)", Filter::In(0, vec![Value::Int(1)])),
        ("NOT id IN(1,'2' , 3)", !Filter::In(0, [1, 2, 3].map(Value::Int).to_vec())),
        (
            "status IN (open, \"on hold\")",
            Filter::In(STATUS, ["open", "on hold"].map(|v| Value::Text(v.into())).to_vec()),
        ),
    ];
    for (filter, expected) in cases {
        assert_eq!(parse(filter), expected, "{filter}");
    }
}

#[test]
fn limits_are_reached_and_not_passed() {
    let nested = |depth: usize| format!("{}id=1{}", "(".repeat(depth), ")".repeat(depth));
    let listed = |n: usize| format!("id IN ({})", vec!["1"; n].join(","));
    let long = |n: usize| format!("{:n$}", "id=1");
    let cases: [(&dyn Fn(usize) -> String, usize); 4] = [
        (&nested, MAX_FILTER_NESTING),
        (&listed, MAX_FILTER_TERMS),
        (&|n| format!("id=7 OR {}", listed(n - 1)), MAX_FILTER_TERMS),
        (&long, MAX_FILTER_LENGTH),
    ];
    for (text, most) in cases {
        parse(&text(most));
        let error = parse_filter(&META, FieldSet::ALL, &text(most + 1)).unwrap_err();
        assert_eq!(error.code, "limit", "{error}");
        assert!(error.message.contains(&most.to_string()), "{error}");
    }
}

#[test]
fn no_text_reaches_the_end_of_the_stack() {
    let texts =
        ["(".repeat(4096), "NOT ".repeat(1000), "(NOT".repeat(1000), "NOT(".repeat(1024), "id=1 AND(".repeat(455)];
    let small = std::thread::Builder::new().stack_size(128 * 1024);
    let run = move || texts.iter().all(|text| parse_filter(&META, FieldSet::ALL, text).is_err());
    assert!(small.spawn(run).unwrap().join().unwrap());
}

#[test]
fn kinds_of_the_sample_are_what_the_tables_say() {
    assert!(META.fields.iter().zip(crate::sample::KINDS).all(|(field, kind)| field.kind == kind));
    assert_eq!(META.fields[STATUS].kind, Kind::Text);
}
