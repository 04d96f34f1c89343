//! The agent card (identity.md).

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use serde_json::Value;

use crate::json::{self, Members, canonical};
use crate::keys::verify;
use crate::text::{Nanoseconds, SECOND, from_b64u_array, is_did, is_small_name, parse_time};
use crate::{Rejected, Result, require};

const LABEL: &[u8] = b"sage/card|v1\n";
const MAX_AHEAD: Nanoseconds = 120 * SECOND;
const MAX_LIFETIME: Nanoseconds = 30 * 24 * 3600 * SECOND;
/// The capabilities that have an endpoint of their own.
const WITH_ENDPOINT: [&str; 3] = ["health", "metrics", "ws"];

/// The limits of messages.md: name, default, lowest and highest value.
pub const LIMITS: [(&str, u64, u64, u64); 9] = [
    ("maxMessageBytes", 8_388_608, 65_536, 1 << 30),
    ("maxBatch", 64, 1, 1024),
    ("maxSessionAgeSeconds", 3600, 1, 86_400),
    ("maxSessionIdleSeconds", 600, 1, 86_400),
    ("maxSessionRecords", 1_000_000, 16, 1 << 32),
    ("maxSessionsPerDid", 1000, 1, 1_000_000),
    ("provisionalSeconds", 60, 1, 300),
    ("maxStreams", 64, 1, 1024),
    ("streamWindow", 32, 1, 1024),
];

/// The signature of a card that has none yet.
pub fn sign(key: &SigningKey, card: &Value) -> [u8; 64] {
    key.sign(&signed_bytes(card)).to_bytes()
}

fn signed_bytes(card: &Value) -> Vec<u8> {
    [LABEL, canonical(card).as_bytes()].concat()
}

/// What a reader knows when it judges a card.
pub struct Reader<'a, R> {
    pub now: Nanoseconds,
    pub resolve: R,
    pub expected_did: Option<&'a str>,
    /// `issuedAt` of the latest card that it has accepted for the DID.
    pub latest_issued_at: Option<Nanoseconds>,
}

impl<R: FnOnce(&str) -> Result<VerifyingKey>> Reader<'_, R> {
    /// The DID of a card that no rule refuses.
    pub fn verify(self, card: &[u8]) -> Result<String> {
        let mut value = json::parse(card)?;
        let card = Card::parse(value.clone())?;
        let key = (self.resolve)(&card.did)?;
        value.as_object_mut().ok_or(Rejected)?.remove("signature");
        verify(&key, &signed_bytes(&value), &card.signature)?;
        require(card.signing_key == *key.as_bytes())?;
        require(self.expected_did.is_none_or(|did| did == card.did))?;
        require(self.now < card.expires_at)?;
        require(card.issued_at <= self.now + MAX_AHEAD)?;
        require((1..=MAX_LIFETIME).contains(&(card.expires_at - card.issued_at)))?;
        require(self.latest_issued_at.is_none_or(|latest| latest <= card.issued_at))?;
        Ok(card.did)
    }
}

struct Card {
    did: String,
    signing_key: [u8; 32],
    issued_at: Nanoseconds,
    expires_at: Nanoseconds,
    signature: [u8; 64],
}

impl Card {
    /// The schema, and the two rules that it cannot say in full.
    fn parse(value: Value) -> Result<Self> {
        let mut members = Members::of(value)?;
        members.text("sage", |version| version == "1.0")?;
        members.optional_text("name", is_name)?;
        let mut keys = Members::of(members.any("keys")?)?;
        let mut endpoints = Members::of(members.any("endpoints")?)?;
        let capabilities = capabilities(members.any("capabilities")?)?;
        let mut limits = Members::of(members.any("limits")?)?;

        endpoints.text("http", |url| is_endpoint(url, "http"))?;
        for name in WITH_ENDPOINT {
            let scheme = if name == "ws" { "ws" } else { "http" };
            let endpoint = endpoints.optional_text(name, |url| is_endpoint(url, scheme))?;
            require(endpoint.is_some() == capabilities.iter().any(|capability| capability == name))?;
        }
        endpoints.end()?;
        for (name, _, lowest, highest) in LIMITS {
            limits.integer(name, lowest..=highest)?;
        }
        limits.end()?;

        let card = Self {
            did: members.text("did", is_did)?,
            signing_key: jwk(keys.any("signing")?, "Ed25519")?,
            issued_at: parse_time(&members.text("issuedAt", |_| true)?)?,
            expires_at: parse_time(&members.text("expiresAt", |_| true)?)?,
            signature: from_b64u_array(&members.text("signature", |_| true)?)?,
        };
        jwk(keys.any("kem")?, "X25519")?;
        keys.end()?;
        members.end()?;
        Ok(card)
    }
}

fn jwk(value: Value, curve: &str) -> Result<[u8; 32]> {
    let mut members = Members::of(value)?;
    members.text("kty", |kty| kty == "OKP")?;
    members.text("crv", |crv| crv == curve)?;
    let key = from_b64u_array(&members.text("x", |_| true)?)?;
    members.end()?;
    Ok(key)
}

fn capabilities(value: Value) -> Result<Vec<String>> {
    let Value::Array(elements) = value else { return Err(Rejected) };
    let name = |element| match element {
        Value::String(name) if is_small_name(&name, b"-") => Ok(name),
        _ => Err(Rejected),
    };
    let names: Vec<_> = elements.into_iter().map(name).collect::<Result<_>>()?;
    require(names.len() <= 64 && names.is_sorted_by(|a, b| a < b))?;
    Ok(names)
}

fn is_name(name: &str) -> bool {
    let is_bidi =
        |c| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (1..=128).contains(&name.chars().count()) && !name.chars().any(|c| c.is_control() || is_bidi(c))
}

/// An absolute URL without user information, query or fragment, of `scheme` or `scheme` with an s.
fn is_endpoint(url: &str, scheme: &str) -> bool {
    const UNRESERVED: &[u8] = b"._~%!$&'()*+,;=-";
    let Some((found, rest)) = url.split_once("://") else { return false };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = match authority.strip_prefix('[') {
        Some(address) => match address.split_once(']') {
            Some((address, port)) => (Err(address), port),
            None => return false,
        },
        None => {
            let (name, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
            (Ok(name), port)
        }
    };
    let is_host = match host {
        Ok(name) => !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || UNRESERVED.contains(&b)),
        Err(address) => !address.is_empty() && address.bytes().all(|b| b.is_ascii_hexdigit() || b":.".contains(&b)),
    };
    let is_port = port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|port| (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit()));
    let is_path = path.bytes().all(|b| b.is_ascii_alphanumeric() || UNRESERVED.contains(&b) || b":@/".contains(&b));
    url.len() <= 2048 && found.strip_suffix('s').unwrap_or(found) == scheme && is_host && is_port && is_path
}
