//! Capability `gzip` (gzip.md).

use std::io::{Read, Write};

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Not exactly one member.
    Malformed,
    /// Longer than its limit when inflated.
    TooLarge,
}

/// Inflates exactly one member of RFC 1952 to at most `max` bytes, and not one byte further.
pub fn inflate(mut bytes: &[u8], max: u64) -> Result<Vec<u8>, Refused> {
    let mut plaintext = Vec::new();
    let outcome = GzDecoder::new(&mut bytes).take(max + 1).read_to_end(&mut plaintext);
    if plaintext.len() as u64 > max {
        return Err(Refused::TooLarge);
    }
    // Without an error the decoder has seen the end of the member, its CRC-32 and its length.
    if outcome.is_err() || !bytes.is_empty() {
        return Err(Refused::Malformed);
    }
    Ok(plaintext)
}

pub fn deflate(plaintext: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plaintext).and_then(|()| encoder.finish()).expect("writing to memory")
}
