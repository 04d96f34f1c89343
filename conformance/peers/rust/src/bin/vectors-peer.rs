//! Answers `sage-conformance vectors run`: one JSON request a line, one answer a line
//! (vectors/README.md).

use std::collections::HashMap;
use std::io::{BufRead, Write};

use ed25519_dalek::{SigningKey, VerifyingKey};
use sage::handshake::{self, Pending, Request, ResponseData, Strings, Transcript};
use sage::json::{self, Members};
use sage::kdf::{self, Secret};
use sage::message::{Message, ResponseHead, SessionMessage, Stream};
use sage::session::{self, Keys, Receiver};
use sage::{Rejected, Result, card, gzip, hpke, keys, text};
use serde_json::{Value, json};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line?)?;
        let answer = match answer(request["op"].as_str().unwrap_or_default(), &Input(&request["input"])) {
            Some(Ok(output)) => json!({ "id": request["id"], "outcome": "accept", "output": output }),
            Some(Err(Rejected)) => json!({ "id": request["id"], "outcome": "reject" }),
            None => json!({ "id": request["id"], "outcome": "unsupported" }),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

/// The members of an `input`. One that is missing or of another kind is rejected.
struct Input<'a>(&'a Value);

impl Input<'_> {
    fn text(&self, name: &str) -> Result<&str> {
        self.0[name].as_str().ok_or(Rejected)
    }

    fn number(&self, name: &str) -> Result<u64> {
        self.0[name].as_u64().ok_or(Rejected)
    }

    fn bytes(&self, name: &str) -> Result<Vec<u8>> {
        hex::decode(self.text(name)?).map_err(|_| Rejected)
    }

    fn array<const N: usize>(&self, name: &str) -> Result<[u8; N]> {
        self.bytes(name)?.try_into().map_err(|_| Rejected)
    }

    fn secret(&self, name: &str) -> Result<Secret> {
        self.array(name).map(Zeroizing::new)
    }

    fn x25519(&self, name: &str) -> Result<StaticSecret> {
        self.array::<32>(name).map(StaticSecret::from)
    }

    fn signing_key(&self) -> Result<SigningKey> {
        Ok(SigningKey::from_bytes(&self.array("privateKey")?))
    }

    fn time(&self, name: &str) -> Result<text::Nanoseconds> {
        text::parse_time(self.text(name)?)
    }

    fn resolver(&self) -> impl FnOnce(&str) -> Result<VerifyingKey> {
        let members = self.0["keys"].as_object().into_iter().flatten();
        let known: HashMap<_, _> = members.map(|(did, key)| (did.clone(), key.clone())).collect();
        move |did| match known.get(did) {
            Some(key) => keys::verifying_key(&hex::decode(key.as_str().ok_or(Rejected)?).map_err(|_| Rejected)?),
            None => keys::decode_did_key(did),
        }
    }

    fn strings(&self) -> Result<Strings> {
        Ok(Strings::new(self.text("ctx")?, self.text("initDid")?, self.text("respDid")?))
    }
}

fn nothing() -> Value {
    json!({})
}

fn answer(op: &str, input: &Input) -> Option<Result<Value>> {
    Some(match op {
        "hkdf" => hkdf(input),
        "hpke.export-sender" => export_sender(input),
        "hpke.export-receiver" => export_receiver(input),
        "x25519" => x25519(input),
        "ed25519.sign" => ed25519_sign(input),
        "ed25519.verify" => ed25519_verify(input),
        "ed25519.public-key" => input.bytes("publicKey").and_then(|key| keys::verifying_key(&key)).map(|_| nothing()),
        "aead.seal" => aead_seal(input),
        "aead.open" => aead_open(input),
        "handshake.initiator" => initiator(input),
        "handshake.responder" => responder(input),
        "handshake.ack-tag" => ack_tag(input),
        "handshake.sign-request" => sign_request(input),
        "handshake.sign-response" => sign_response(input),
        "handshake.open-request" => open_request(input),
        "handshake.open-response" => open_response(input),
        "key-schedule" => key_schedule(input),
        "record.seal" => record_seal(input),
        "record.open" => record_open(input),
        "record.receive" => record_receive(input),
        "aad.request" => aad_request(input),
        "aad.response" => aad_response(input),
        "gzip.open" => gzip_open(input),
        "base64.decode" => input.text("text").and_then(text::from_b64).map(|b| json!({ "bytes": hex::encode(b) })),
        "base64url.decode" => input.text("text").and_then(text::from_b64u).map(|b| json!({ "bytes": hex::encode(b) })),
        "token.parse" => input.text("text").and_then(|t| text::is_token(t).then(nothing).ok_or(Rejected)),
        "task.parse" => input.text("text").and_then(|t| text::is_task(t).then(nothing).ok_or(Rejected)),
        "did.parse" => {
            input.text("text").and_then(text::split_did).map(|(method, id)| json!({ "method": method, "id": id }))
        }
        "did-key.decode" => input
            .text("did")
            .and_then(keys::decode_did_key)
            .map(|key| json!({ "publicKey": hex::encode(key.as_bytes()) })),
        "did-key.encode" => input
            .bytes("publicKey")
            .and_then(|key| keys::verifying_key(&key))
            .map(|key| json!({ "did": keys::encode_did_key(&key) })),
        "time.parse" => {
            input.text("text").and_then(text::parse_time).map(|time| json!({ "unixNanoseconds": time.to_string() }))
        }
        "json.parse" => input.bytes("bytes").and_then(|bytes| json::parse(&bytes)).map(|_| nothing()),
        "jcs" => input
            .text("json")
            .and_then(|text| json::parse_any(text.as_bytes()))
            .map(|value| json!({ "canonical": json::canonical(&value) })),
        "card.sign" => card_sign(input),
        "card.verify" => card_verify(input),
        _ => return None,
    })
}

fn hkdf(input: &Input) -> Result<Value> {
    let prk = kdf::extract(&input.bytes("salt")?, &[&input.bytes("ikm")?]);
    // A length that no HKDF has needs no memory to be refused.
    let mut okm = vec![0; input.number("length")?.min(1 << 16) as usize];
    kdf::expand(&prk, &[&input.bytes("info")?], &mut okm)?;
    Ok(json!({ "prk": hex::encode(&prk[..]), "okm": hex::encode(okm) }))
}

fn export(exporter: &hpke::Exporter, input: &Input) -> Result<String> {
    let mut exported = vec![0; input.number("length")?.min(1 << 16) as usize];
    exporter.export(&input.bytes("exporterContext")?, &mut exported)?;
    Ok(hex::encode(exported))
}

fn export_sender(input: &Input) -> Result<Value> {
    let ephemeral = hpke::derive_key_pair(&input.bytes("ikmE")?);
    let exporter = hpke::setup_sender(&ephemeral, &input.array("pkR")?, &input.bytes("info")?)?;
    let enc = PublicKey::from(&ephemeral).to_bytes();
    Ok(json!({ "enc": hex::encode(enc), "exported": export(&exporter, input)? }))
}

fn export_receiver(input: &Input) -> Result<Value> {
    let exporter = hpke::setup_receiver(&input.x25519("skR")?, &input.array("enc")?, &input.bytes("info")?)?;
    Ok(json!({ "exported": export(&exporter, input)? }))
}

fn x25519(input: &Input) -> Result<Value> {
    let shared = keys::diffie_hellman(&input.x25519("privateKey")?, &input.array("publicKey")?)?;
    Ok(json!({ "sharedSecret": hex::encode(shared.as_bytes()) }))
}

fn ed25519_sign(input: &Input) -> Result<Value> {
    let key = input.signing_key()?;
    let signature = handshake::sign_request(&key, &input.bytes("message")?);
    Ok(json!({ "publicKey": hex::encode(key.verifying_key().as_bytes()), "signature": hex::encode(signature) }))
}

fn ed25519_verify(input: &Input) -> Result<Value> {
    let key = keys::verifying_key(&input.bytes("publicKey")?)?;
    keys::verify(&key, &input.bytes("message")?, &input.bytes("signature")?)?;
    Ok(nothing())
}

fn aead_seal(input: &Input) -> Result<Value> {
    let key = input.secret("key")?;
    let sealed = session::aead_seal(&key, &input.array("nonce")?, &input.bytes("aad")?, &input.bytes("plaintext")?);
    Ok(json!({ "ciphertext": hex::encode(sealed) }))
}

fn aead_open(input: &Input) -> Result<Value> {
    let key = input.secret("key")?;
    let opened = session::aead_open(&key, &input.array("nonce")?, &input.bytes("aad")?, &input.bytes("ciphertext")?)?;
    Ok(json!({ "plaintext": hex::encode(opened) }))
}

fn initiator(input: &Input) -> Result<Value> {
    let strings = input.strings()?;
    let ephemeral = hpke::derive_key_pair(&input.bytes("ikmE")?);
    let eph_c = input.x25519("ephCPrivateKey")?;
    let seed =
        handshake::initiator_seed(&strings, &ephemeral, &eph_c, &input.array("kemPublicKey")?, &input.array("ephS")?)?;
    Ok(json!({
        "info": strings.info,
        "exportCtx": strings.export_ctx,
        "enc": hex::encode(PublicKey::from(&ephemeral).as_bytes()),
        "ephC": hex::encode(PublicKey::from(&eph_c).as_bytes()),
        "seed": hex::encode(&seed[..]),
    }))
}

fn responder(input: &Input) -> Result<Value> {
    let strings = input.strings()?;
    let eph_s = input.x25519("ephSPrivateKey")?;
    let seed = handshake::responder_seed(
        &strings,
        &input.x25519("kemPrivateKey")?,
        &eph_s,
        &input.array("enc")?,
        &input.array("ephC")?,
    )?;
    Ok(json!({
        "info": strings.info,
        "exportCtx": strings.export_ctx,
        "ephS": hex::encode(PublicKey::from(&eph_s).as_bytes()),
        "seed": hex::encode(&seed[..]),
    }))
}

fn ack_tag(input: &Input) -> Result<Value> {
    let strings = input.strings()?;
    let transcript = Transcript {
        strings: &strings,
        ctx: input.text("ctx")?,
        nonce: input.text("nonce")?,
        kid: input.text("kid")?,
        init_did: input.text("initDid")?,
        resp_did: input.text("respDid")?,
        enc: &input.array("enc")?,
        eph_c: &input.array("ephC")?,
        eph_s: &input.array("ephS")?,
    };
    let tag = transcript.ack_tag(&input.secret("seed")?);
    Ok(json!({ "info": strings.info, "exportCtx": strings.export_ctx, "ackTag": hex::encode(tag) }))
}

fn sign_request(input: &Input) -> Result<Value> {
    let signature = handshake::sign_request(&input.signing_key()?, input.text("payload")?.as_bytes());
    Ok(json!({ "signature": text::to_b64(&signature) }))
}

fn sign_response(input: &Input) -> Result<Value> {
    let data = ResponseData {
        ctx: input.text("ctx")?,
        kid: input.text("kid")?,
        eph_s: &input.array("ephS")?,
        ack_tag: &input.array("ackTag")?,
        ts: input.text("ts")?,
        resp_did: input.text("respDid")?,
        info: input.text("info")?,
        export_ctx: input.text("exportCtx")?,
        enc: &input.array("enc")?,
        eph_c: &input.array("ephC")?,
    };
    let signature = data.sign(&input.signing_key()?);
    Ok(json!({ "signedText": data.signed_text(), "sigB64": text::to_b64u(&signature) }))
}

fn open_request(input: &Input) -> Result<Value> {
    let value = json::parse(input.text("message")?.as_bytes())?;
    let Message::Handshake(message) = Message::parse(value)? else { return Err(Rejected) };
    let request =
        Request::open(message, input.text("respDid")?, input.time("now")?, input.resolver()).map_err(|_| Rejected)?;
    request.check_agreement()?;
    Ok(json!({
        "ctx": request.ctx,
        "initDid": request.init_did,
        "nonce": request.nonce,
        "enc": hex::encode(request.enc),
        "ephC": hex::encode(request.eph_c),
    }))
}

fn open_response(input: &Input) -> Result<Value> {
    let request = Input(&input.0["request"]);
    let pending = Pending {
        id: request.text("id")?.into(),
        ctx: request.text("ctx")?.into(),
        init_did: request.text("initDid")?.into(),
        resp_did: request.text("respDid")?.into(),
        nonce: request.text("nonce")?.into(),
        ephemeral: hpke::derive_key_pair(&request.bytes("ikmE")?),
        eph_c: request.x25519("ephCPrivateKey")?,
        kem_key: request.array("kemPublicKey")?,
    };
    let (kid, seed) = pending.open(input.text("response")?.as_bytes(), input.time("now")?, input.resolver())?;
    Ok(json!({ "kid": kid, "seed": hex::encode(&seed[..]) }))
}

fn key_schedule(input: &Input) -> Result<Value> {
    let seed = input.secret("seed")?;
    let keys = Keys::derive(&seed);
    Ok(json!({
        "sid": session::sid(&seed),
        "encryptKey": hex::encode(keys.encrypt_key()),
        "signingKey": hex::encode(keys.signing_key()),
        "c2sEnc": hex::encode(keys.c2s_enc()),
        "c2sSign": hex::encode(keys.c2s_sign()),
        "s2cEnc": hex::encode(keys.s2c_enc()),
        "s2cSign": hex::encode(keys.s2c_sign()),
    }))
}

fn record_seal(input: &Input) -> Result<Value> {
    let seq = input.text("seq")?.parse().map_err(|_| Rejected)?;
    let record = session::seal(
        &*input.secret("key")?,
        seq,
        &input.array("nonce")?,
        &input.bytes("callerAad")?,
        &input.bytes("plaintext")?,
    );
    Ok(json!({ "record": hex::encode(record) }))
}

fn record_open(input: &Input) -> Result<Value> {
    let (seq, plaintext) = session::open(&*input.secret("key")?, &input.bytes("callerAad")?, &input.bytes("record")?)?;
    Ok(json!({ "seq": seq.to_string(), "plaintext": hex::encode(plaintext) }))
}

fn record_receive(input: &Input) -> Result<Value> {
    let key = input.secret("key")?;
    let mut receiver = Receiver::new(input.text("maxSessionRecords")?.parse().map_err(|_| Rejected)?);
    let mut results = Vec::new();
    for delivery in input.0["deliveries"].as_array().ok_or(Rejected)? {
        let delivery = Input(delivery);
        results.push(match receiver.open(&key, &delivery.bytes("callerAad")?, &delivery.bytes("record")?) {
            Ok((seq, plaintext)) => {
                json!({ "accepted": true, "seq": seq.to_string(), "plaintext": hex::encode(plaintext) })
            }
            Err(Rejected) => json!({ "accepted": false }),
        });
    }
    Ok(json!({ "results": results }))
}

fn aad_request(input: &Input) -> Result<Value> {
    let mut message = input.0.clone();
    message["payload"] = "".into();
    match Message::parse(message)? {
        Message::Session(message) => Ok(json!({ "aad": hex::encode(SessionMessage::caller_aad(&message)) })),
        Message::Handshake(_) => Err(Rejected),
    }
}

fn aad_response(input: &Input) -> Result<Value> {
    let stream = match &input.0["stream"] {
        Value::Null => None,
        stream => Some(Stream::parse(stream.clone())?),
    };
    let mut success = Members::of(json!({ "success": input.0["success"] }))?;
    let head = ResponseHead {
        message_id: input.text("message_id")?,
        task_id: input.text("task_id")?,
        kid: input.text("kid")?,
        error: input.0["error"].as_str(),
        encoding: input.0["encoding"].as_str(),
        stream: stream.as_ref(),
    };
    if success.truth("success")? != head.error.is_none() {
        return Err(Rejected);
    }
    Ok(json!({ "aad": hex::encode(head.caller_aad(&input.bytes("requestRecord")?)) }))
}

fn gzip_open(input: &Input) -> Result<Value> {
    let plaintext = gzip::inflate(&input.bytes("bytes")?, input.number("max")?).map_err(|_| Rejected)?;
    Ok(json!({ "plaintext": hex::encode(plaintext) }))
}

fn card_sign(input: &Input) -> Result<Value> {
    let card = &input.0["card"];
    let signature = card::sign(&input.signing_key()?, card);
    Ok(json!({ "canonical": json::canonical(card), "signature": hex::encode(signature) }))
}

fn card_verify(input: &Input) -> Result<Value> {
    let reader = card::Reader {
        now: input.time("now")?,
        resolve: input.resolver(),
        expected_did: input.0["expectedDid"].as_str(),
        latest_issued_at: match input.0["latestIssuedAt"] {
            Value::Null => None,
            _ => Some(input.time("latestIssuedAt")?),
        },
    };
    Ok(json!({ "did": reader.verify(input.text("card")?.as_bytes())? }))
}
