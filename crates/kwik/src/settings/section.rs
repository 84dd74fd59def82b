//! Settings of a program's own.

use super::{
    Environment, Settings, SettingsError,
    reader::{Reader, written},
};
use kwik_app::State;
use kwik_domain::Secret;
use std::{collections::BTreeMap, fmt::Display, ops::RangeInclusive, str::FromStr, time::Duration};

/// A section of settings of the program's own, added with [`App::settings`](crate::App::settings): variables that
/// begin with a prefix, read once before anything else is done.
///
/// ```
/// use kwik::{Section, SectionReader, SettingsError, domain::Secret};
///
/// struct Shop {
///     currency: String,
///     most_lines: u32,
///     payment_key: Option<Secret>,
/// }
///
/// impl Section for Shop {
///     const PREFIX: &'static str = "SHOP";
///
///     fn read(reader: &mut SectionReader) -> Result<Self, SettingsError> {
///         Ok(Self {
///             currency: reader.text("CURRENCY", "what prices are in; by default EUR").or("EUR".into())?,
///             most_lines: reader.number("MOST_LINES", "the most lines of an order; by default 100", 1..=1000).or(100)?,
///             payment_key: reader.secret("PAYMENT_KEY", "the key of the payment service").optional()?,
///         })
///     }
/// }
/// ```
pub trait Section: Sized + Send + Sync + 'static {
    /// What the names of its variables begin with: `SHOP` for `SHOP_CURRENCY`. Capital letters, digits and `_`.
    const PREFIX: &'static str;

    /// Reads it. It is called without any variables first, to learn which there are: read all of them, each time the
    /// same, before you compare them with each other.
    ///
    /// # Errors
    ///
    /// What the reader says, or [`SectionReader::wrong`].
    fn read(reader: &mut SectionReader) -> Result<Self, SettingsError>;
}

/// Reads the variables of a section, and learns their names and meanings by that. Names are those after the prefix.
pub struct SectionReader {
    prefix: &'static str,
    variables: Reader,
    /// Names and what help says of them, in the order in which they were asked for.
    asked: Vec<(String, String)>,
    /// Nothing is set and nothing is missing: only what is asked for matters.
    rehearsal: bool,
    production: bool,
}

/// A variable that was read; what happens where it is not set is still to be said.
#[must_use = "say what happens where it is not set: or, optional, required"]
pub struct Setting<T> {
    name: String,
    meaning: String,
    value: Result<Option<T>, SettingsError>,
    /// What stands for it in a rehearsal.
    rehearsed: Option<T>,
}

impl<T> Setting<T> {
    /// The value, or else this one.
    ///
    /// # Errors
    ///
    /// What is wrong with the value.
    pub fn or(self, default: T) -> Result<T, SettingsError> {
        Ok(self.value?.unwrap_or(default))
    }

    /// The value, if there is one.
    ///
    /// # Errors
    ///
    /// What is wrong with the value.
    pub fn optional(self) -> Result<Option<T>, SettingsError> {
        self.value
    }

    /// The value, which must be set.
    ///
    /// # Errors
    ///
    /// What is wrong with the value, or that there is none.
    pub fn required(self) -> Result<T, SettingsError> {
        let (name, meaning) = (self.name, self.meaning);
        let missing = || SettingsError::Invalid { name: name.into(), expected: format!("set: {meaning}") };
        self.value?.or(self.rehearsed).ok_or_else(missing)
    }
}

impl SectionReader {
    /// Text that is not empty.
    pub fn text(&mut self, name: &str, meaning: &str) -> Setting<String> {
        self.setting(name, meaning, Some(String::new()), |reader, name| Ok(reader.get(name).map(str::to_owned)))
    }

    /// Text that does not print.
    pub fn secret(&mut self, name: &str, meaning: &str) -> Setting<Secret> {
        self.setting(name, meaning, Some(Secret::new("")), |reader, name| Ok(reader.get(name).map(Secret::new)))
    }

    /// A number within bounds.
    pub fn number<T>(&mut self, name: &str, meaning: &str, bounds: RangeInclusive<T>) -> Setting<T>
    where
        T: FromStr + PartialOrd + Display + Clone,
    {
        let expected = format!("a number from {} to {}", bounds.start(), bounds.end());
        let meaning = format!("{meaning}; {expected}");
        let least = bounds.start().clone();
        self.setting(name, &meaning, Some(least), |reader, name| reader.parse(name, &expected, |n| bounds.contains(n)))
    }

    /// One of some words.
    pub fn choice<T: Copy>(&mut self, name: &str, meaning: &str, choices: &[(&str, T)]) -> Setting<T> {
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        let meaning = format!("{meaning}; {}", words.join(" or "));
        self.setting(name, &meaning, choices.first().map(|(_, first)| *first), |reader, name| {
            reader.choice(name, choices)
        })
    }

    /// A length of time within bounds: `90s`, `15m`, `8h` or `7d`.
    pub fn duration(&mut self, name: &str, meaning: &str, bounds: RangeInclusive<Duration>) -> Setting<Duration> {
        let (least, most) = (*bounds.start(), *bounds.end());
        let meaning = format!("{meaning}; from {} to {}", written(least), written(most));
        self.setting(name, &meaning, Some(least), |reader, name| reader.duration(name, least, most))
    }

    /// Parts separated by commas.
    pub fn list(&mut self, name: &str, meaning: &str) -> Setting<Vec<String>> {
        let meaning = format!("{meaning}; separated by commas");
        self.setting(name, &meaning, Some(Vec::new()), |reader, name| {
            let parts: Vec<_> = reader.list(name).map(str::to_owned).collect();
            Ok((!parts.is_empty()).then_some(parts))
        })
    }

    /// Whether the program runs in production, where nothing should be assumed.
    pub fn is_production(&self) -> bool {
        self.production
    }

    /// An error about a variable that only the section can find: `SHOP_FROM must be …`.
    pub fn wrong(&self, name: &str, expected: impl Into<String>) -> SettingsError {
        SettingsError::Invalid { name: self.whole(name).into(), expected: expected.into() }
    }

    fn whole(&self, name: &str) -> String {
        format!("{}_{name}", self.prefix)
    }

    fn setting<T>(
        &mut self,
        name: &str,
        meaning: &str,
        rehearsed: Option<T>,
        read: impl FnOnce(&Reader, &str) -> Result<Option<T>, SettingsError>,
    ) -> Setting<T> {
        let name = self.whole(name);
        self.asked.push((name.clone(), meaning.to_owned()));
        let value = read(&self.variables, &name);
        Setting { name, meaning: meaning.to_owned(), value, rehearsed: rehearsed.filter(|_| self.rehearsal) }
    }
}

/// A section that a program has declared, without its type.
#[derive(Clone, Copy)]
pub(crate) struct DeclaredSection {
    pub(crate) prefix: &'static str,
    asked: fn() -> Vec<(String, String)>,
    read: fn(&Settings, &mut State) -> Result<(), SettingsError>,
}

impl DeclaredSection {
    pub(crate) fn of<S: Section>() -> Self {
        Self { prefix: S::PREFIX, asked: asked::<S>, read: read::<S> }
    }

    /// A line of help for each of its variables.
    pub(crate) fn help(&self) -> Vec<String> {
        (self.asked)().into_iter().map(|(name, meaning)| format!("{name}: {meaning}")).collect()
    }

    /// Puts it among the state.
    pub(crate) fn read(&self, settings: &Settings, state: &mut State) -> Result<(), SettingsError> {
        (self.read)(settings, state)
    }

    /// What is wrong with the prefix beside those of the others.
    pub(crate) fn problem(&self, others: &[Self]) -> Option<String> {
        let prefix = self.prefix;
        let letters = prefix.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        if !letters || !prefix.starts_with(|c: char| c.is_ascii_uppercase()) || prefix.ends_with('_') {
            return Some(format!(
                "the prefix {prefix:?} of settings must be capital letters, digits and _, such as SHOP"
            ));
        }
        let within = |one: &str, other: &str| format!("{one}_").starts_with(&format!("{other}_"));
        let clash = |other: &&str| within(prefix, other) || within(other, prefix);
        let other = others.iter().map(|other| other.prefix).chain(["KWIK"]).find(clash)?;
        Some(format!("the prefix {prefix} of settings cannot be told from {other}; choose another"))
    }
}

fn asked<S: Section>() -> Vec<(String, String)> {
    let none = Reader(BTreeMap::new());
    let mut reader =
        SectionReader { prefix: S::PREFIX, variables: none, asked: Vec::new(), rehearsal: true, production: false };
    // What a section that compares its variables says of none of them is nobody's concern.
    let _ = S::read(&mut reader);
    reader.asked
}

fn read<S: Section>(settings: &Settings, state: &mut State) -> Result<(), SettingsError> {
    let variables = settings.own.0.clone();
    let names: Vec<_> = asked::<S>().into_iter().map(|(name, _)| name).collect();
    variables.refuse_unknown(&format!("{}_", S::PREFIX), &names, &[])?;
    let production = settings.environment == Environment::Production;
    let mut reader = SectionReader { prefix: S::PREFIX, variables, asked: Vec::new(), rehearsal: false, production };
    state.insert(S::read(&mut reader)?);
    Ok(())
}
