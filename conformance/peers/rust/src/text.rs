//! Names, times and binary values in text (conventions.md).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, Time};

use crate::{Rejected, Result, require};

/// Nanoseconds since 1970-01-01. Times are compared at the precision in which they are written.
pub type Nanoseconds = i128;

pub const SECOND: Nanoseconds = 1_000_000_000;

fn made_of(text: &str, lengths: std::ops::RangeInclusive<usize>, others: &[u8]) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || others.contains(&b))
}

pub fn is_token(text: &str) -> bool {
    made_of(text, 1..=128, b"._~:-")
}

pub fn is_task(text: &str) -> bool {
    made_of(text, 1..=128, b"._~:-/@")
}

pub fn is_did(text: &str) -> bool {
    split_did(text).is_ok()
}

/// The method and the id of a DID.
pub fn split_did(text: &str) -> Result<(&str, &str)> {
    require((7..=512).contains(&text.len()))?;
    let (method, id) = text.strip_prefix("did:").and_then(|rest| rest.split_once(':')).ok_or(Rejected)?;
    require(!method.is_empty() && method.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))?;
    require(made_of(id, 1..=512, b"._:%-"))?;
    Ok((method, id))
}

/// A name of up to 32 characters that begins with a small letter: of an encoding or a capability
/// (`others` is `-`), or of a metadata entry (`_-`).
pub(crate) fn is_small_name(text: &str, others: &[u8]) -> bool {
    made_of(text, 1..=32, others)
        && text.as_bytes()[0].is_ascii_lowercase()
        && !text.bytes().any(|b| b.is_ascii_uppercase())
}

/// The engines of the crate accept nothing but the one encoding of the bytes: exact padding, and
/// zeros in the unused bits (conventions.base64-canonical).
pub fn from_b64(text: &str) -> Result<Vec<u8>> {
    STANDARD.decode(text).map_err(|_| Rejected)
}

pub fn to_b64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub fn from_b64u(text: &str) -> Result<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Rejected)
}

pub fn to_b64u(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A b64u value of exactly `N` bytes.
pub fn from_b64u_array<const N: usize>(text: &str) -> Result<[u8; N]> {
    from_b64u(text)?.try_into().map_err(|_| Rejected)
}

/// Exactly the form of conventions.time, which is narrower than RFC 3339.
pub fn parse_time(text: &str) -> Result<Nanoseconds> {
    let bytes = text.as_bytes();
    require(bytes.len() >= 20 && bytes[bytes.len() - 1] == b'Z')?;
    for (at, mark) in [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')] {
        require(bytes[at] == mark)?;
    }
    let year = digits(&bytes[0..4])? as i32;
    let month = Month::try_from(digits(&bytes[5..7])? as u8).map_err(|_| Rejected)?;
    let date = Date::from_calendar_date(year, month, digits(&bytes[8..10])? as u8).map_err(|_| Rejected)?;
    let [hour, minute, second] = [11, 14, 17].map(|at| digits(&bytes[at..at + 2]).map(|n| n as u8));
    let fraction = match &bytes[19..bytes.len() - 1] {
        [] => 0,
        [b'.', fraction @ ..] if (1..=9).contains(&fraction.len()) => {
            digits(fraction)? * 10_u32.pow(9 - fraction.len() as u32)
        }
        _ => return Err(Rejected),
    };
    let time = Time::from_hms_nano(hour?, minute?, second?, fraction).map_err(|_| Rejected)?;
    Ok(date.with_time(time).assume_utc().unix_timestamp_nanos())
}

fn digits(bytes: &[u8]) -> Result<u32> {
    require(bytes.iter().all(u8::is_ascii_digit))?;
    Ok(bytes.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
}

pub fn now() -> Nanoseconds {
    OffsetDateTime::now_utc().unix_timestamp_nanos()
}

/// The text of a time, to the second.
pub fn format_time(nanoseconds: Nanoseconds) -> String {
    OffsetDateTime::from_unix_timestamp((nanoseconds.div_euclid(SECOND)) as i64)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .expect("a clock between the years 0 and 9999")
}
