//! What the crates below let pass, or do otherwise, if they are not told: one test for each trap.

use sage::session::{Receiver, seal};
use sage::{gzip, json, keys, text};

#[test]
fn json_is_strict() {
    for bad in [
        r#"{"a":1,"a":1}"#,
        r#"{"a":{"b":1,"b":1}}"#,
        r#"{"a":1.0}"#,
        r#"{"a":1e0}"#,
        r#"{"a":"\ud83d"}"#,
        "[]",
        "{} {}",
        "\u{feff}{}",
    ] {
        assert!(json::parse(bad.as_bytes()).is_err(), "{bad}");
    }
    let nested = |depth: usize| format!("{}{{}}{}", r#"{"a":"#.repeat(depth - 1), "}".repeat(depth - 1));
    assert!(json::parse(nested(16).as_bytes()).is_ok());
    assert!(json::parse(nested(17).as_bytes()).is_err());
    assert!(json::parse(br#"{"a":"1.0e5 {[{[\"","b":[true,false,10]}"#).is_ok());
}

#[test]
fn canonical_numbers_are_those_of_ecmascript() {
    let value = json::parse_any(b"[1424953923781206.25,1E30,-0,0.000001]").unwrap();
    assert_eq!(json::canonical(&value), "[1424953923781206.2,1e+30,0,0.000001]");
}

#[test]
fn base64_has_one_encoding() {
    assert!(text::from_b64("Zg==").is_ok());
    assert!(["Zg=", "Zg", "Zh==", "Zg==\n", "Zg==="].iter().all(|bad| text::from_b64(bad).is_err()));
    assert!(["Zg==", "Zh"].iter().all(|bad| text::from_b64u(bad).is_err()));
}

#[test]
fn keys_of_small_order_and_second_encodings_are_none() {
    let mut identity = [0; 32];
    identity[0] = 1;
    assert!(keys::verifying_key(&identity).is_err());
    assert!(keys::verifying_key(&[0xff; 32]).is_err());
    assert!(keys::is_low_order(&[0; 32]));
}

#[test]
fn a_match_reaches_no_further_back_than_the_beginning() {
    let member = gzip::deflate(b"abc");
    assert_eq!(gzip::inflate(&member, 3), Ok(b"abc".to_vec()));
    assert_eq!(gzip::inflate(&member, 2), Err(gzip::Refused::TooLarge));
    assert_eq!(gzip::inflate(&[&member[..], &[0]].concat(), 3), Err(gzip::Refused::Malformed));
    // A block of fixed codes: a match of length 3 and distance 1, before any literal. It makes
    // three zeros where a window of zeros is taken for the past; CRC-32 and length are theirs.
    let header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let early = [&header[..], &[0x03, 0x02, 0x00], &[0x12, 0xd9, 0x41, 0xff], &[3, 0, 0, 0]].concat();
    assert_eq!(gzip::inflate(&early, 3), Err(gzip::Refused::Malformed));
}

#[test]
fn a_record_is_accepted_once_and_only_within_the_window() {
    let key = [7; 32];
    let mut receiver = Receiver::new(5000);
    let mut deliver = |seq| receiver.open(&key, b"aad", &seal(&key, seq, &[0; 12], b"aad", b"")).is_ok();
    assert!(deliver(0) && !deliver(0));
    assert!(deliver(2000) && !deliver(2000 - 1024));
    assert!(deliver(2000 - 1023) && !deliver(2000 - 1023));
    assert!(deliver(2001) && deliver(1999) && !deliver(2000));
    assert!(deliver(4999) && !deliver(5000));
}
