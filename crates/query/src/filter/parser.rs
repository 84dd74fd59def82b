//! From the text of a filter to a [`Filter`], by recursive descent. It recurses at parentheses only,
//! which are bounded.

use super::{
    FilterError, MAX_FILTER_LENGTH, MAX_FILTER_NESTING, MAX_FILTER_REFERENCES, MAX_FILTER_TERMS, lexer::Lexer, value,
};
use crate::open_fields::OpenFields;
use kwik_domain::{Comparison, FieldMeta, Filter};

type Result<T> = std::result::Result<T, FilterError>;

/// What stands between a field and a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    /// One of the six comparisons.
    Compare(Comparison),
    /// `:`
    Has,
}

const SIGNS: [(&str, Operator); 7] = [
    ("<=", Operator::Compare(Comparison::Le)),
    (">=", Operator::Compare(Comparison::Ge)),
    ("!=", Operator::Compare(Comparison::Ne)),
    ("<", Operator::Compare(Comparison::Lt)),
    (">", Operator::Compare(Comparison::Gt)),
    ("=", Operator::Compare(Comparison::Eq)),
    (":", Operator::Has),
];

/// What stands between two conditions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Connective {
    And,
    Or,
}

/// The state of reading one filter.
pub(super) struct Parser<'a> {
    fields: OpenFields<'a>,
    lexer: Lexer<'a>,
    terms: usize,
}

impl<'a> Parser<'a> {
    /// Refuses what is too long before it looks at it.
    pub(super) fn new(fields: OpenFields<'a>, text: &'a str) -> Result<Self> {
        let lexer = Lexer::new(text);
        if text.len() > MAX_FILTER_LENGTH {
            let most = text.floor_char_boundary(MAX_FILTER_LENGTH);
            let message = format!("expected the filter to end here; it may have {MAX_FILTER_LENGTH} bytes");
            return Err(lexer.error(most, "limit", message));
        }
        Ok(Self { fields, lexer, terms: 0 })
    }

    pub(super) fn filter(mut self) -> Result<Filter> {
        if self.lexer.peek().is_none() { Ok(Filter::All) } else { self.expression(0) }
    }

    /// Conditions with the same connective between them, up to the end or the parenthesis that closes.
    fn expression(&mut self, depth: usize) -> Result<Filter> {
        let mut parts = vec![self.condition(depth)?];
        let mut joined = None;
        loop {
            let at = self.lexer.at();
            let Some(next) = self.connective(depth)? else { break };
            if joined.is_some_and(|connective| connective != next) {
                return self
                    .syntax(at, "expected parentheses where AND and OR mix, such as (id = 1 AND id != 2) OR id = 3");
            }
            joined = Some(next);
            parts.push(self.condition(depth)?);
        }
        Ok(match joined {
            None => parts.swap_remove(0),
            Some(Connective::And) => Filter::And(parts),
            Some(Connective::Or) => Filter::Or(parts),
        })
    }

    fn connective(&mut self, depth: usize) -> Result<Option<Connective>> {
        let at = self.lexer.at();
        match (self.lexer.peek(), depth) {
            (None, 0) | (Some(')'), 1..) => return Ok(None),
            (None, _) => return self.syntax(at, "expected AND, OR or a parenthesis that closes, not the end"),
            (Some(')'), 0) => return self.syntax(at, "expected no parenthesis that closes, since none is open"),
            _ => {}
        }
        let word = self.lexer.peek_name();
        let connective = match word {
            "AND" => Connective::And,
            "OR" => Connective::Or,
            _ if word.eq_ignore_ascii_case("and") || word.eq_ignore_ascii_case("or") => {
                return self.syntax(at, "expected AND or OR in upper case");
            }
            _ => return self.syntax(at, "expected AND or OR between two conditions, or the end"),
        };
        self.lexer.take_name();
        Ok(Some(connective))
    }

    fn condition(&mut self, depth: usize) -> Result<Filter> {
        let negated = self.lexer.peek_name() == "NOT";
        if negated {
            self.lexer.take_name();
        }
        let at = self.lexer.at();
        let condition = if self.lexer.take("(") {
            if depth == MAX_FILTER_NESTING {
                let message = format!("expected at most {MAX_FILTER_NESTING} parentheses in one another");
                return Err(self.lexer.error(at, "limit", message));
            }
            let inner = self.expression(depth + 1)?;
            // An expression below the top ends nowhere but here.
            self.lexer.take(")");
            inner
        } else {
            self.restriction(negated)?
        };
        Ok(if negated { !condition } else { condition })
    }

    fn restriction(&mut self, negated: bool) -> Result<Filter> {
        let (path, fields) = self.path()?;
        let at = self.lexer.at();
        let name = self.lexer.peek_name();
        let Some((index, field)) = fields.find(name) else {
            return if path.is_empty() { self.no_field(at, name, negated) } else { self.unknown(at, fields) };
        };
        self.lexer.take_name();
        let condition = self.comparison(index, field)?;
        Ok(path.into_iter().rev().fold(condition, |inner, index| Filter::Related(index, Box::new(inner))))
    }

    /// The references before a field, and the fields that may stand behind them.
    fn path(&mut self) -> Result<(Vec<usize>, OpenFields<'a>)> {
        let (mut path, mut fields) = (Vec::new(), self.fields);
        loop {
            let at = self.lexer.at();
            let Some(name) = self.lexer.take_step() else { return Ok((path, fields)) };
            if path.len() == MAX_FILTER_REFERENCES {
                let message = format!("expected at most {MAX_FILTER_REFERENCES} references before a field");
                return Err(self.lexer.error(at, "limit", message));
            }
            let Some((index, beyond)) = fields.follow(name) else { return self.unknown(at, fields) };
            path.push(index);
            fields = beyond;
        }
    }

    /// What stands behind a field.
    fn comparison(&mut self, index: usize, field: &FieldMeta) -> Result<Filter> {
        let operator_at = self.lexer.at();
        if self.lexer.peek_name() == "IN" {
            self.lexer.take_name();
            return self.one_of(index, field);
        }
        let Some(operator) = SIGNS.iter().find_map(|(sign, operator)| self.lexer.take(sign).then_some(*operator))
        else {
            return self.no_operator(operator_at);
        };
        let literal = self.lexer.take_value(value::such_as(field))?;
        self.count_term(literal.at)?;
        value::restriction(index, field, operator, &literal)
            .map_err(|why| self.lexer.error(why.at.unwrap_or(operator_at), why.code, why.message))
    }

    /// `("a", "b")`
    fn one_of(&mut self, index: usize, field: &FieldMeta) -> Result<Filter> {
        let at = self.lexer.at();
        if !self.lexer.take("(") {
            return self.syntax(at, "expected values in parentheses after IN, such as IN (1, 2)");
        }
        let mut values = Vec::new();
        loop {
            let literal = self.lexer.take_value(value::such_as(field))?;
            self.count_term(literal.at)?;
            let value = value::typed(field, &literal);
            values.push(value.map_err(|why| self.lexer.error(literal.at, why.code, why.message))?);
            if self.lexer.take(")") {
                return Ok(Filter::In(index, values));
            }
            let at = self.lexer.at();
            if !self.lexer.take(",") {
                return self.syntax(at, "expected a comma or the parenthesis that closes the values");
            }
        }
    }

    fn count_term(&mut self, at: usize) -> Result<()> {
        self.terms += 1;
        if self.terms > MAX_FILTER_TERMS {
            let message = format!("expected at most {MAX_FILTER_TERMS} comparisons, each value of an IN being one");
            return Err(self.lexer.error(at, "limit", message));
        }
        Ok(())
    }

    /// Why no condition begins here. What it says depends on what is written and on open fields alone.
    fn no_field<T>(&mut self, at: usize, name: &str, negated: bool) -> Result<T> {
        match self.lexer.peek() {
            _ if name == "NOT" && negated => self.syntax(at, "expected a field or a parenthesis after NOT"),
            _ if name.eq_ignore_ascii_case("not") => self.syntax(at, "expected NOT in upper case"),
            Some('-' | '!') => self.syntax(at, "expected NOT, which this language writes as a word"),
            _ if name.is_empty() || ["AND", "OR", "IN"].contains(&name) => {
                self.syntax(at, "expected a condition, such as id = 1, or a parenthesis that opens")
            }
            _ => self.unknown(at, self.fields),
        }
    }

    /// No field and no reference of that name.
    fn unknown<T>(&self, at: usize, fields: OpenFields<'_>) -> Result<T> {
        Err(self.lexer.error(at, "unknown", format!("expected {}", fields.expected_or_beyond())))
    }

    fn no_operator<T>(&mut self, at: usize) -> Result<T> {
        let word = self.lexer.peek_name();
        if word.eq_ignore_ascii_case("in") {
            return self.syntax(at, "expected IN in upper case");
        }
        if word.eq_ignore_ascii_case("not") {
            return self.syntax(at, "expected an operator; NOT stands before the field");
        }
        if word.eq_ignore_ascii_case("is") {
            return self.syntax(at, "expected an operator; null is looked for with = null and != null");
        }
        self.syntax(at, "expected one of: = != < <= > >= : IN")
    }

    fn syntax<T>(&self, at: usize, message: &'static str) -> Result<T> {
        Err(self.lexer.error(at, "syntax", message))
    }
}
