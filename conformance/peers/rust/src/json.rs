//! Strict JSON (conventions.md), its canonical form (RFC 8785), and closed objects.
//!
//! `serde_json` already refuses a byte order mark, invalid UTF-8 and lone surrogates. What it lets
//! pass is refused here: a name twice, more than 16 levels, `1.0` and `1e0` for an integer.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::{Rejected, Result, require};

const MAX_DEPTH: usize = 16;

/// One object, read by every rule of conventions.md.
pub fn parse(bytes: &[u8]) -> Result<Value> {
    scan(bytes)?;
    let value = parse_any(bytes)?;
    require(value.is_object())?;
    Ok(value)
}

/// Any value, with fractions and exponents, as deep as `serde_json` goes: what JCS is defined for.
pub fn parse_any(bytes: &[u8]) -> Result<Value> {
    let text = std::str::from_utf8(bytes).map_err(|_| Rejected)?;
    serde_json::from_str::<Strict>(text).map(|strict| strict.0).map_err(|_| Rejected)
}

/// Looks at what is gone once the text is parsed: nesting, and how numbers are written. Whether
/// the text is JSON at all is left to the parser.
fn scan(bytes: &[u8]) -> Result<()> {
    let (mut depth, mut in_string, mut escaped, mut in_number) = (0_usize, false, false, false);
    for &byte in bytes {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'.' | b'e' | b'E' if in_number => return Err(Rejected),
            _ => {}
        }
        in_number = byte.is_ascii_digit();
        require(depth <= MAX_DEPTH)?;
    }
    Ok(())
}

/// A [`Value`] in which no object named a member twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    /// Also `-0`, which is the integer 0.
    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        if value == 0.0 {
            return Ok(0.into());
        }
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(element)) = elements.next_element()? {
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Strict(value))) = members.next_entry::<String, Strict>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a name twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

/// The JSON Canonicalization Scheme of RFC 8785.
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write_canonical(value, &mut out);
    out
}

fn write_canonical(value: &Value, out: &mut String) {
    match value {
        // As ECMAScript writes it. The formatter of Rust breaks some ties the other way.
        Value::Number(number) => {
            out.push_str(ryu_js::Buffer::new().format(number.as_f64().unwrap_or_default()));
        }
        Value::Array(elements) => {
            out.push('[');
            for (i, element) in elements.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_canonical(element, out);
            }
            out.push(']');
        }
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (i, (name, value)) in members.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write_canonical(value, out);
            }
            out.push('}');
        }
        // The escapes that `serde_json` writes are those of RFC 8785.
        null_bool_or_text => out.push_str(&null_bool_or_text.to_string()),
    }
}

/// An object whose schema names all members that it may have: each is taken out, and none may be
/// left at the end. A member that is `null` is of the wrong kind, not absent.
pub struct Members(Map<String, Value>);

impl Members {
    pub fn of(value: Value) -> Result<Self> {
        match value {
            Value::Object(object) => Ok(Self(object)),
            _ => Err(Rejected),
        }
    }

    pub fn any(&mut self, name: &str) -> Result<Value> {
        self.0.remove(name).ok_or(Rejected)
    }

    pub fn optional(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    pub fn text(&mut self, name: &str, valid: impl FnOnce(&str) -> bool) -> Result<String> {
        self.optional_text(name, valid)?.ok_or(Rejected)
    }

    pub fn optional_text(&mut self, name: &str, valid: impl FnOnce(&str) -> bool) -> Result<Option<String>> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) if valid(&text) => Ok(Some(text)),
            Some(_) => Err(Rejected),
        }
    }

    pub fn integer(&mut self, name: &str, range: std::ops::RangeInclusive<u64>) -> Result<u64> {
        self.any(name)?.as_u64().filter(|n| range.contains(n)).ok_or(Rejected)
    }

    pub fn truth(&mut self, name: &str) -> Result<bool> {
        self.any(name)?.as_bool().ok_or(Rejected)
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn end(self) -> Result<()> {
        require(self.0.is_empty())
    }
}
