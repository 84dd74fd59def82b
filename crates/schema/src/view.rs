//! Views: those that are there, those that should be, and what they must show.

use super::{
    View,
    dialect::Dialect,
    names::{hex, quote},
};
use sha2::{Digest, Sha256};

/// What the stamp of a view that the framework has made begins with.
pub(super) const STAMP: &str = "kwik:";

/// A view in one database. A table may stand in for one that is made elsewhere.
#[derive(Clone, Debug)]
pub(super) struct PhysicalView {
    pub(super) name: String,
    /// Tells its query from others; none for a view that the framework has not made.
    pub(super) stamp: Option<String>,
    /// Its columns and, where the database knows them, their types.
    pub(super) columns: Vec<(String, Option<String>)>,
    /// Why its columns cannot be told: its query is wrong (SQLite, which does not mind until it is asked).
    pub(super) fault: Option<String>,
}

/// The views of a database and of a schema.
#[derive(Debug, Default)]
pub(super) struct Views {
    pub(super) there: Vec<PhysicalView>,
    pub(super) wanted: Vec<View>,
}

impl View {
    fn query(&self, dialect: Dialect) -> &str {
        match dialect {
            Dialect::Postgres => &self.postgres,
            Dialect::Sqlite => &self.sqlite,
        }
    }

    /// What tells the query from others; none where the view is made elsewhere.
    fn stamp(&self, dialect: Dialect) -> Option<String> {
        let query = Some(self.query(dialect)).filter(|query| !query.is_empty())?;
        Some(format!("{STAMP}{}", hex(&Sha256::digest(query)[..16])))
    }

    /// As it would look in a database.
    pub(super) fn physical(&self, dialect: Dialect) -> PhysicalView {
        let columns = self.columns.iter().map(|column| (column.name.clone(), None)).collect();
        PhysicalView { name: self.name.clone(), stamp: self.stamp(dialect), columns, fault: None }
    }

    /// What it lacks of what its entity has: a sentence each.
    fn lacks(&self, there: &PhysicalView, dialect: Dialect) -> Vec<String> {
        if let Some(fault) = &there.fault {
            return vec![format!("view {}: {fault}", self.name)];
        }
        let lack = |column: &super::Column| {
            let (view, name) = (&self.name, &column.name);
            let wanted = dialect.column_type(column.kind);
            match there.columns.iter().find(|(found, _)| found == name) {
                None => Some(format!("view {view}: column {name} is missing")),
                Some((_, Some(found))) if !dialect.reads(found, wanted) => {
                    Some(format!("view {view}: column {name} is {found} and should be {wanted}; cast it in the query"))
                }
                Some(_) => None,
            }
        };
        self.columns.iter().filter_map(lack).collect()
    }
}

impl Views {
    fn there(&self, name: &str) -> Option<&PhysicalView> {
        self.there.iter().find(|view| view.name == name)
    }

    /// The views that the framework made for entities that are gone.
    fn left_over(&self) -> impl Iterator<Item = &PhysicalView> {
        self.there.iter().filter(|view| view.stamp.is_some() && !self.wanted.iter().any(|w| w.name == view.name))
    }

    /// Those that the framework makes and that are not as they should be.
    fn stale(&self, dialect: Dialect) -> impl Iterator<Item = &View> {
        self.wanted.iter().filter(move |view| {
            view.stamp(dialect)
                .is_some_and(|stamp| self.there(&view.name).is_none_or(|there| there.stamp.as_ref() != Some(&stamp)))
        })
    }

    /// The statements that remove views and, when tables are as they should be, those that make them. A view
    /// stands in the way of changes of what it reads, tables and other views: all go and come together.
    pub(super) fn remake(&self, dialect: Dialect, changed: bool) -> (Vec<String>, Vec<String>) {
        if !changed && self.stale(dialect).next().is_none() && self.left_over().next().is_none() {
            return (Vec::new(), Vec::new());
        }
        let own = || self.wanted.iter().filter(|view| !view.query(dialect).is_empty());
        let gone = own().filter_map(|view| self.there(&view.name)).chain(self.left_over());
        let gone: Vec<String> = gone.map(|view| quote(&view.name)).collect();
        let removal = match dialect {
            Dialect::Postgres if gone.is_empty() => Vec::new(),
            // One statement: they may read each other.
            Dialect::Postgres => vec![format!("DROP VIEW {};", gone.join(", "))],
            Dialect::Sqlite => gone.iter().map(|name| format!("DROP VIEW {name};")).collect(),
        };
        (removal, own().flat_map(|view| create(view, dialect)).collect())
    }

    /// What is wrong, whoever makes the views: a sentence each.
    pub(super) fn describe(&self, dialect: Dialect) -> Vec<String> {
        let stale = self.stale(dialect).filter(|view| self.there(&view.name).is_some());
        let stale = stale.map(|view| format!("view {} has another query than its entity", view.name));
        let left_over = self.left_over().map(|view| format!("view {} is no entity's", view.name));
        self.lacks(dialect).into_iter().chain(stale).chain(left_over).collect()
    }

    /// What entities would not find: a sentence each.
    pub(super) fn lacks(&self, dialect: Dialect) -> Vec<String> {
        let lacks = |view: &View| match self.there(&view.name) {
            Some(there) => view.lacks(there, dialect),
            None => vec![format!("view {} is missing", view.name)],
        };
        self.wanted.iter().flat_map(lacks).collect()
    }
}

fn create(view: &View, dialect: Dialect) -> Vec<String> {
    let (name, query, stamp) = (quote(&view.name), view.query(dialect), view.stamp(dialect).unwrap_or_default());
    // A comment must not swallow the semicolon.
    let end = if query.contains("--") { "\n;" } else { ";" };
    match dialect {
        Dialect::Postgres => {
            vec![format!("CREATE VIEW {name} AS\n{query}{end}"), format!("COMMENT ON VIEW {name} IS '{stamp}';")]
        }
        Dialect::Sqlite => vec![format!("CREATE VIEW {name} AS /* {stamp} */\n{query}{end}")],
    }
}
