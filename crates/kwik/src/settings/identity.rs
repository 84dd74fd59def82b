//! The section of sign-in, sessions and passwords.

use super::{SettingsError, SmtpSettings, reader::Reader};
use kwik_credentials::argon2::HashSettings;
use kwik_domain::{Rate, Secret};
use kwik_identity::{IdentitySettings, lines};
use std::{sync::Arc, time::Duration};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_hours(1);
const YEAR: Duration = Duration::from_hours(365 * 24);

pub(super) fn identity(reader: &Reader) -> Result<IdentitySettings, SettingsError> {
    let mut settings = IdentitySettings::default();
    let lifetimes = &mut settings.lifetimes;
    for (name, lifetime, most) in [
        ("KWIK_ACCESS_TOKEN_LIFETIME", &mut lifetimes.access, 24 * HOUR),
        ("KWIK_REFRESH_TOKEN_LIFETIME", &mut lifetimes.refresh, YEAR),
        ("KWIK_SESSION_LIFETIME", &mut lifetimes.session, YEAR),
        ("KWIK_IMPERSONATION_LIFETIME", &mut lifetimes.impersonation, HOUR),
        ("KWIK_RESET_LIFETIME", &mut lifetimes.reset, 24 * HOUR),
    ] {
        *lifetime = reader.duration(name, SECOND, most)?.unwrap_or(*lifetime);
    }
    passwords(reader, &mut settings)?;
    let throttle = &mut settings.throttle;
    rate(reader, ["KWIK_ACCOUNT_BURST", "KWIK_ACCOUNT_INTERVAL"], &mut throttle.account)?;
    rate(reader, ["KWIK_ADDRESS_BURST", "KWIK_ADDRESS_INTERVAL"], &mut throttle.address)?;
    settings.reset_link = reader.get("KWIK_RESET_LINK").map(str::to_owned);
    if settings.reset_link.as_ref().is_some_and(|link| !link.contains("{token}")) {
        let expected = "an address with {token} in it, such as https://shop.example/reset?token={token}".to_owned();
        return Err(SettingsError::Invalid { name: "KWIK_RESET_LINK".into(), expected });
    }
    Ok(settings)
}

fn passwords(reader: &Reader, settings: &mut IdentitySettings) -> Result<(), SettingsError> {
    let rules = &mut settings.passwords;
    let number = |name, least: usize, most: usize| {
        reader.parse(name, &format!("a number of characters from {least} to {most}"), |n: &usize| {
            (least..=most).contains(n)
        })
    };
    rules.most = number("KWIK_PASSWORD_MAX_LENGTH", 8, 1024)?.unwrap_or(rules.most);
    rules.least = number("KWIK_PASSWORD_MIN_LENGTH", 1, rules.most)?.unwrap_or(rules.least);
    if let Some(path) = reader.get("KWIK_PASSWORD_LIST") {
        let list = std::fs::read_to_string(path).map_err(|reason| SettingsError::Invalid {
            name: "KWIK_PASSWORD_LIST".into(),
            expected: format!("a file with a password a line ({reason})"),
        })?;
        rules.refused = Arc::new(lines(&list));
    }
    Ok(())
}

/// A burst of 0 refuses nothing.
fn rate(reader: &Reader, [burst, interval]: [&'static str; 2], rate: &mut Rate) -> Result<(), SettingsError> {
    let tries = reader.parse(burst, "a number of tries from 0 (no limit) to 1000000", |n: &u32| *n <= 1_000_000)?;
    rate.burst = tries.unwrap_or(rate.burst);
    rate.interval = reader.duration(interval, SECOND, 24 * HOUR)?.unwrap_or(rate.interval);
    Ok(())
}

pub(super) fn hash(reader: &Reader) -> Result<HashSettings, SettingsError> {
    let mut settings = HashSettings::default();
    let memory =
        reader.parse("KWIK_HASH_MEMORY", "a number of KiB from 8 to 4194304", |n: &u32| (8..=4_194_304).contains(n))?;
    let passes =
        reader.parse("KWIK_HASH_PASSES", "a number of passes from 1 to 100", |n: &u32| (1..=100).contains(n))?;
    let at_once = reader
        .parse("KWIK_HASH_AT_ONCE", "a number of passwords from 1 to 1024", |n: &usize| (1..=1024).contains(n))?;
    settings.memory_kib = memory.unwrap_or(settings.memory_kib);
    settings.passes = passes.unwrap_or(settings.passes);
    settings.at_once = at_once.unwrap_or(settings.at_once);
    Ok(settings)
}

pub(super) fn smtp(reader: &Reader) -> Result<Option<SmtpSettings>, SettingsError> {
    match (reader.get("KWIK_SMTP_URL"), reader.get("KWIK_MAIL_FROM")) {
        (None, _) => Ok(None),
        (Some(url), Some(from)) => Ok(Some(SmtpSettings { url: Secret::new(url), from: from.to_owned() })),
        (Some(_), None) => Err(SettingsError::Invalid {
            name: "KWIK_MAIL_FROM".into(),
            expected: "set where KWIK_SMTP_URL is: the address that letters come from".to_owned(),
        }),
    }
}
