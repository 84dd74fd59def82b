//! What `expand=` asks for.

use crate::{Link, relation::Relation};
use kwik_domain::{EntityMeta, Error, Issue, ParameterError, Result};

/// How far relations are followed: `lines.product.supplier`.
const DEEPEST: usize = 3;
/// How many relations are followed at once. Each costs a statement or two.
const MOST: usize = 20;

/// A relation that is to be followed, and what is to be followed from there.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) name: &'static str,
    pub(crate) relation: Relation,
    pub(crate) nested: Vec<Wanted>,
}

/// Reads `customer,lines.product`.
///
/// # Errors
///
/// [`Error::InvalidQuery`] when it names what is not there, or asks for too much.
pub(crate) fn wanted(meta: &'static EntityMeta, links: &[Link], text: &str) -> Result<Vec<Wanted>> {
    let mut all = Vec::new();
    let mut left = MOST;
    for path in text.split(',').filter(|path| !path.is_empty()) {
        follow(meta, links, &mut all, path.trim(), DEEPEST, &mut left)?;
    }
    Ok(all)
}

fn follow(
    meta: &'static EntityMeta,
    links: &[Link],
    wanted: &mut Vec<Wanted>,
    path: &str,
    depth: usize,
    left: &mut usize,
) -> Result<()> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let relations = Relation::all(meta, links);
    let Some((name, relation)) = relations.iter().find(|(other, _)| *other == name) else {
        return Err(unknown(meta, &relations));
    };
    let at = if let Some(at) = wanted.iter().position(|other| other.name == *name) {
        at
    } else {
        *left = left.checked_sub(1).ok_or_else(|| wrong("length", format!("must name at most {MOST} relations")))?;
        wanted.push(Wanted { name, relation: *relation, nested: Vec::new() });
        wanted.len() - 1
    };
    match rest {
        None => Ok(()),
        Some(_) if depth == 1 => Err(wrong("depth", format!("must follow at most {DEEPEST} relations in a row"))),
        Some(rest) => follow(relation.target(), links, &mut wanted[at].nested, rest, depth - 1, left),
    }
}

fn unknown(meta: &'static EntityMeta, relations: &[(&'static str, Relation)]) -> Error {
    let names: Vec<_> = relations.iter().map(|(name, _)| *name).collect();
    let known = if names.is_empty() { "has none".to_owned() } else { format!("has: {}", names.join(", ")) };
    wrong("unknown", format!("must name relations, of which {} {known}", meta.name))
}

fn wrong(code: &'static str, message: String) -> Error {
    Error::InvalidQuery(vec![ParameterError::new("expand", Issue::new(code, message))])
}
