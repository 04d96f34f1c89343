//! The handshake (handshake.md): one signed HPKE round trip.

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use serde_json::{Value, json};
use subtle::ConstantTimeEq;
use x25519_dalek::{PublicKey, StaticSecret};

use crate::json::{self, Members};
use crate::kdf::{Secret, expand32, extract, hmac, len16, sha256};
use crate::keys::{diffie_hellman, is_low_order, verify};
use crate::message::{ErrorCode, HandshakeMessage};
use crate::text::{Nanoseconds, SECOND, from_b64, from_b64u_array, is_did, is_token, parse_time, to_b64, to_b64u};
use crate::{Rejected, Result, hpke, require};

pub const TASK: &str = "hpke/complete@v1";
const SUITE: &str = "hpke-base+x25519+hkdf-sha256";
const COMBINER: &str = "e2e-x25519-hkdf-v1";
const MAX_CLOCK_DIFFERENCE: Nanoseconds = 120 * SECOND;

/// `info` and `exportCtx`, which bind a handshake to its context and its two agents.
pub struct Strings {
    pub info: String,
    pub export_ctx: String,
}

impl Strings {
    pub fn new(ctx: &str, init_did: &str, resp_did: &str) -> Self {
        let common = format!("|v1|suite={SUITE}|combiner={COMBINER}|ctx={ctx}");
        Self {
            info: format!("sage/hpke-info{common}|init={init_did}|resp={resp_did}"),
            export_ctx: format!("sage/hpke-export{common}"),
        }
    }
}

/// The seed of the initiator. Both private keys are new for every handshake.
pub fn initiator_seed(
    strings: &Strings,
    ephemeral: &StaticSecret,
    eph_c: &StaticSecret,
    kem_key: &[u8; 32],
    eph_s: &[u8; 32],
) -> Result<Secret> {
    let exporter = hpke::setup_sender(ephemeral, kem_key, strings.info.as_bytes())?;
    seed(strings, &exporter, eph_c, eph_s)
}

/// The seed of the responder.
pub fn responder_seed(
    strings: &Strings,
    kem_key: &StaticSecret,
    eph_s: &StaticSecret,
    enc: &[u8; 32],
    eph_c: &[u8; 32],
) -> Result<Secret> {
    let exporter = hpke::setup_receiver(kem_key, enc, strings.info.as_bytes())?;
    seed(strings, &exporter, eph_s, eph_c)
}

fn seed(strings: &Strings, exporter: &hpke::Exporter, own: &StaticSecret, other: &[u8; 32]) -> Result<Secret> {
    let context = strings.export_ctx.as_bytes();
    let exported = exporter.export32(context);
    let shared = diffie_hellman(own, other)?;
    let prk = extract(context, &[&exported[..], shared.as_bytes()]);
    Ok(expand32(&prk, &[b"SAGE-HPKE+E2E-Combiner"]))
}

/// What `ackTag` proves that both agents saw alike. Public keys stand in it as they were received.
pub struct Transcript<'a> {
    pub strings: &'a Strings,
    pub ctx: &'a str,
    pub nonce: &'a str,
    pub kid: &'a str,
    pub init_did: &'a str,
    pub resp_did: &'a str,
    pub enc: &'a [u8; 32],
    pub eph_c: &'a [u8; 32],
    pub eph_s: &'a [u8; 32],
}

impl Transcript<'_> {
    pub fn ack_tag(&self, seed: &Secret) -> [u8; 32] {
        let ack_key = hmac(&seed[..], &[b"SAGE-ack-key-v1", &1_u32.to_be_bytes()]);
        let parts: [&[u8]; 7] = [
            self.strings.info.as_bytes(),
            self.strings.export_ctx.as_bytes(),
            self.enc,
            self.eph_c,
            self.eph_s,
            self.init_did.as_bytes(),
            self.resp_did.as_bytes(),
        ];
        let th = sha256(&parts.map(|part| [&[0][..], part]).concat());
        let mut text = b"SAGE-ack-msg|v1|".to_vec();
        for part in [self.ctx, self.nonce, self.kid] {
            len16(&mut text, part);
        }
        *hmac(&ack_key[..], &[&text, &th])
    }
}

pub fn sign_request(key: &SigningKey, payload: &[u8]) -> [u8; 64] {
    key.sign(payload).to_bytes()
}

/// A request that no rule up to `handshake.export-ctx-match` refuses. What is left to its
/// responder is the nonce, and then [`Request::check_agreement`].
pub struct Request {
    pub ctx: String,
    pub init_did: String,
    pub nonce: String,
    pub strings: Strings,
    pub enc: [u8; 32],
    pub eph_c: [u8; 32],
}

impl Request {
    /// The rules in their order.
    pub fn open(
        message: HandshakeMessage,
        resp_did: &str,
        now: Nanoseconds,
        resolve: impl FnOnce(&str) -> Result<VerifyingKey>,
    ) -> Result<Self, ErrorCode> {
        if message.task_id != TASK {
            return Err(ErrorCode::TaskUnsupported);
        }
        let claims = Payload::parse(&message.payload).map_err(|_| ErrorCode::Malformed)?;
        let authenticated = || {
            verify(&resolve(&message.did)?, &message.payload, &message.signature)?;
            require(claims.init_did == message.did)?;
            require(claims.resp_did == resp_did)?;
            require(is_fresh(claims.ts, now))?;
            let strings = Strings::new(&message.context_id, &message.did, resp_did);
            require(claims.info == strings.info)?;
            require(claims.export_ctx == strings.export_ctx)?;
            Ok::<_, Rejected>(strings)
        };
        let strings = authenticated().map_err(|_| ErrorCode::AuthenticationFailed)?;
        Ok(Self {
            ctx: message.context_id,
            init_did: message.did,
            nonce: claims.nonce,
            strings,
            enc: claims.enc,
            eph_c: claims.eph_c,
        })
    }

    /// handshake.low-order, the rule after the nonce.
    pub fn check_agreement(&self) -> Result<()> {
        require(!is_low_order(&self.enc) && !is_low_order(&self.eph_c))
    }
}

fn is_fresh(ts: Nanoseconds, now: Nanoseconds) -> bool {
    (ts - now).abs() <= MAX_CLOCK_DIFFERENCE
}

struct Payload {
    enc: [u8; 32],
    eph_c: [u8; 32],
    export_ctx: String,
    info: String,
    init_did: String,
    nonce: String,
    resp_did: String,
    ts: Nanoseconds,
}

impl Payload {
    fn parse(bytes: &[u8]) -> Result<Self> {
        let is_short = |text: &str| text.chars().count() <= 4096;
        let mut members = Members::of(json::parse(bytes)?)?;
        let payload = Self {
            enc: from_b64u_array(&members.text("enc", |_| true)?)?,
            eph_c: from_b64u_array(&members.text("ephC", |_| true)?)?,
            export_ctx: members.text("exportCtx", is_short)?,
            info: members.text("info", is_short)?,
            init_did: members.text("initDid", is_did)?,
            nonce: members.text("nonce", is_token)?,
            resp_did: members.text("respDid", is_did)?,
            ts: parse_time(&members.text("ts", |_| true)?)?,
        };
        members.end()?;
        Ok(payload)
    }
}

/// The values of response data that are not fixed. Texts are as they stand in the JSON.
pub struct ResponseData<'a> {
    pub ctx: &'a str,
    pub kid: &'a str,
    pub eph_s: &'a [u8; 32],
    pub ack_tag: &'a [u8; 32],
    pub ts: &'a str,
    pub resp_did: &'a str,
    pub info: &'a str,
    pub export_ctx: &'a str,
    pub enc: &'a [u8; 32],
    pub eph_c: &'a [u8; 32],
}

impl ResponseData<'_> {
    fn members(&self) -> [(&'static str, String); 12] {
        [
            ("v", "v1".into()),
            ("task", TASK.into()),
            ("ctx", self.ctx.into()),
            ("kid", self.kid.into()),
            ("ephS", to_b64u(self.eph_s)),
            ("ackTagB64", to_b64u(self.ack_tag)),
            ("ts", self.ts.into()),
            ("did", self.resp_did.into()),
            ("infoHash", to_b64u(&sha256(&[self.info.as_bytes()]))),
            ("exportCtxHash", to_b64u(&sha256(&[self.export_ctx.as_bytes()]))),
            ("enc", to_b64u(self.enc)),
            ("ephC", to_b64u(self.eph_c)),
        ]
    }

    /// The members in exactly this order. None of their characters needs an escape.
    pub fn signed_text(&self) -> String {
        let members = self.members().map(|(name, value)| format!("\"{name}\":\"{value}\""));
        format!("{{{}}}", members.join(","))
    }

    pub fn sign(&self, key: &SigningKey) -> [u8; 64] {
        key.sign(self.signed_text().as_bytes()).to_bytes()
    }

    /// The handshake response.
    pub fn response(&self, key: &SigningKey, message_id: &str) -> Value {
        let text = self.signed_text();
        let members = text.strip_suffix('}').expect("an object");
        let data = format!("{members},\"sigB64\":\"{}\"}}", to_b64u(&self.sign(key)));
        json!({
            "success": true,
            "message_id": message_id,
            "task_id": TASK,
            "data": to_b64(data.as_bytes()),
        })
    }
}

/// What an initiator keeps of its request until the response is there.
pub struct Pending {
    pub id: String,
    pub ctx: String,
    pub init_did: String,
    pub resp_did: String,
    pub nonce: String,
    pub ephemeral: StaticSecret,
    pub eph_c: StaticSecret,
    pub kem_key: [u8; 32],
}

impl Pending {
    /// The `kid` and the seed, unless a rule of the initiator refuses the response.
    pub fn open(
        &self,
        response: &[u8],
        now: Nanoseconds,
        resolve: impl FnOnce(&str) -> Result<VerifyingKey>,
    ) -> Result<(String, Secret)> {
        let mut message = Members::of(json::parse(response)?)?;
        require(message.truth("success")?)?;
        require(message.text("message_id", is_token)? == self.id)?;
        message.text("task_id", |task| task == TASK)?;
        let data = from_b64(&message.text("data", |_| true)?)?;
        message.end()?;

        let mut data = Members::of(json::parse(&data)?)?;
        let version = data.text("v", |v| v.chars().count() <= 16)?;
        let task = data.text("task", |task| task.chars().count() <= 128)?;
        let ctx = data.text("ctx", is_token)?;
        let kid = data.text("kid", is_token)?;
        let eph_s: [u8; 32] = from_b64u_array(&data.text("ephS", |_| true)?)?;
        let ack_tag: [u8; 32] = from_b64u_array(&data.text("ackTagB64", |_| true)?)?;
        let ts = data.text("ts", |ts| parse_time(ts).is_ok())?;
        let did = data.text("did", is_did)?;
        let info_hash: [u8; 32] = from_b64u_array(&data.text("infoHash", |_| true)?)?;
        let export_ctx_hash: [u8; 32] = from_b64u_array(&data.text("exportCtxHash", |_| true)?)?;
        let enc: [u8; 32] = from_b64u_array(&data.text("enc", |_| true)?)?;
        let eph_c: [u8; 32] = from_b64u_array(&data.text("ephC", |_| true)?)?;
        let signature: [u8; 64] = from_b64u_array(&data.text("sigB64", |_| true)?)?;
        data.end()?;

        let strings = Strings::new(&self.ctx, &self.init_did, &self.resp_did);
        require(version == "v1" && task == TASK)?;
        require(ctx == self.ctx)?;
        require(enc == PublicKey::from(&self.ephemeral).to_bytes())?;
        require(eph_c == PublicKey::from(&self.eph_c).to_bytes())?;
        require(did == self.resp_did)?;
        require(info_hash == sha256(&[strings.info.as_bytes()]))?;
        require(export_ctx_hash == sha256(&[strings.export_ctx.as_bytes()]))?;
        require(is_fresh(parse_time(&ts)?, now))?;
        let seed = initiator_seed(&strings, &self.ephemeral, &self.eph_c, &self.kem_key, &eph_s)?;
        let transcript = Transcript {
            strings: &strings,
            ctx: &self.ctx,
            nonce: &self.nonce,
            kid: &kid,
            init_did: &self.init_did,
            resp_did: &self.resp_did,
            enc: &enc,
            eph_c: &eph_c,
            eph_s: &eph_s,
        };
        require(transcript.ack_tag(&seed).ct_eq(&ack_tag).into())?;
        let signed = ResponseData {
            ctx: &ctx,
            kid: &kid,
            eph_s: &eph_s,
            ack_tag: &ack_tag,
            ts: &ts,
            resp_did: &did,
            info: &strings.info,
            export_ctx: &strings.export_ctx,
            enc: &enc,
            eph_c: &eph_c,
        };
        verify(&resolve(&did)?, signed.signed_text().as_bytes(), &signature)?;
        Ok((kid, seed))
    }
}
