//! Variables of the environment as values.

use super::SettingsError;
use std::{collections::BTreeMap, str::FromStr, time::Duration};

/// Variables by name.
#[derive(Clone)]
pub(super) struct Reader(pub(super) BTreeMap<String, String>);

impl Reader {
    /// A set, non-empty variable.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(super) fn parse<T: FromStr>(
        &self,
        name: &str,
        expected: &str,
        allowed: impl FnOnce(&T) -> bool,
    ) -> Result<Option<T>, SettingsError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let parsed = text.trim().parse().ok().filter(allowed);
        parsed
            .map(Some)
            .ok_or_else(|| SettingsError::Invalid { name: name.to_owned().into(), expected: expected.to_owned() })
    }

    pub(super) fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, SettingsError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        let chosen = choices.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        chosen
            .map(Some)
            .ok_or_else(|| SettingsError::Invalid { name: name.to_owned().into(), expected: words.join(" or ") })
    }

    pub(super) fn list(&self, name: &str) -> impl Iterator<Item = &str> {
        self.get(name).unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty())
    }

    /// A misspelt setting must not be one that is silently left out: those that begin with the prefix are known,
    /// or meant for something else.
    pub(super) fn refuse_unknown<N: AsRef<str>>(
        &self,
        prefix: &str,
        known: &[N],
        others: &[&str],
    ) -> Result<(), SettingsError> {
        let is_known = |name: &str| known.iter().any(|known| known.as_ref() == name);
        let unknown = self.0.keys().find(|name| {
            name.starts_with(prefix) && !is_known(name) && !others.iter().any(|other| name.starts_with(other))
        });
        let Some(name) = unknown else { return Ok(()) };
        let alike = known.iter().map(AsRef::as_ref).filter(|known| distance(name, known) <= 3);
        let suggestion = alike.min_by_key(|known| distance(name, known)).map(|known| known.to_owned().into());
        Err(SettingsError::Unknown { name: name.chars().take(64).collect(), suggestion })
    }

    /// A length of time: a whole number with `s`, `m`, `h` or `d`.
    pub(super) fn duration(
        &self,
        name: &str,
        least: Duration,
        most: Duration,
    ) -> Result<Option<Duration>, SettingsError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let parsed = duration(text.trim()).filter(|length| (least..=most).contains(length));
        let (least, most) = (written(least), written(most));
        let expected = || format!("a length of time such as 90s, 15m, 8h or 7d, from {least} to {most}");
        parsed.map(Some).ok_or_else(|| SettingsError::Invalid { name: name.to_owned().into(), expected: expected() })
    }
}

fn duration(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86400,
        _ => return None,
    };
    number.checked_mul(seconds).map(Duration::from_secs)
}

/// As it is given: in the largest unit that it is a whole number of.
pub(super) fn written(length: Duration) -> String {
    let seconds = length.as_secs();
    let units = [(86400, 'd'), (3600, 'h'), (60, 'm')];
    let unit = units.into_iter().find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit));
    let (unit, letter) = unit.unwrap_or((1, 's'));
    format!("{}{letter}", seconds / unit)
}

/// How many letters differ (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
