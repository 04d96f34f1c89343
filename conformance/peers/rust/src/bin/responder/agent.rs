//! What the responder answers: its card, its health, handshakes and session messages.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use ed25519_dalek::SigningKey;
use sage::card::{self, LIMITS};
use sage::handshake::{Request, ResponseData, Transcript, responder_seed};
use sage::keys::{decode_did_key, encode_did_key, random};
use sage::message::{ErrorCode, HandshakeMessage, Message, ResponseHead, SessionMessage};
use sage::session::{Keys, MIN_RECORD};
use sage::{gzip, json, text};
use serde_json::{Value, json};
use uuid::Uuid;
use x25519_dalek::{PublicKey, StaticSecret};

use crate::http::{Handler, Head, Response};
use crate::store::{Session, Store};

const MAX_PING: usize = 4096;
const CARD_RENEWED: Duration = Duration::from_secs(24 * 3600);
const CARD_LIFETIME: text::Nanoseconds = 7 * 24 * 3600 * text::SECOND;
const HINTS: [&str; 4] = ["X-SAGE-DID", "X-SAGE-Message-ID", "X-SAGE-Context-ID", "X-SAGE-Task-ID"];

/// The published limits that a responder without batches and streams keeps.
#[derive(Clone)]
pub struct Limits {
    pub message_bytes: usize,
    pub session_age: Duration,
    pub session_idle: Duration,
    pub session_records: u64,
    pub sessions_per_did: u64,
    pub provisional: Duration,
    published: Value,
}

impl Limits {
    /// The defaults, save those that are named.
    pub fn new(named: &[(String, u64)]) -> Result<Self, String> {
        let mut published: Value = LIMITS.iter().map(|&(name, default, ..)| (name, Value::from(default))).collect();
        for (name, value) in named {
            let limit = LIMITS.iter().find(|limit| limit.0 == name);
            let &(_, _, lowest, highest) = limit.ok_or_else(|| format!("no limit has the name {name}"))?;
            if !(lowest..=highest).contains(value) {
                return Err(format!("{name} is from {lowest} to {highest}"));
            }
            published[name] = (*value).into();
        }
        let get = |name: &str| published[name].as_u64().expect("every limit has a value");
        let seconds = |name| Duration::from_secs(get(name));
        Ok(Self {
            message_bytes: get("maxMessageBytes") as usize,
            session_age: seconds("maxSessionAgeSeconds"),
            session_idle: seconds("maxSessionIdleSeconds"),
            session_records: get("maxSessionRecords"),
            sessions_per_did: get("maxSessionsPerDid"),
            provisional: seconds("provisionalSeconds"),
            published,
        })
    }
}

pub struct Agent {
    did: String,
    signing_key: SigningKey,
    kem_key: StaticSecret,
    url: String,
    limits: Limits,
    pub store: Store,
    card: Mutex<Option<(Instant, String)>>,
}

impl Agent {
    /// An agent with new keys, which live as long as it does.
    pub fn new(url: String, limits: Limits) -> Self {
        let signing_key = SigningKey::from_bytes(&random());
        Self {
            did: encode_did_key(&signing_key.verifying_key()),
            signing_key,
            kem_key: StaticSecret::from(random()),
            url,
            store: Store::new(limits.clone()),
            limits,
            card: Mutex::default(),
        }
    }

    /// The card, signed anew every day.
    fn card(&self) -> String {
        let mut card = self.card.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match &*card {
            Some((signed, text)) if signed.elapsed() < CARD_RENEWED => text.clone(),
            _ => {
                let text = self.sign_card();
                *card = Some((Instant::now(), text.clone()));
                text
            }
        }
    }

    fn sign_card(&self) -> String {
        let jwk = |curve, key: &[u8]| json!({ "kty": "OKP", "crv": curve, "x": text::to_b64u(key) });
        let now = text::now();
        let mut card = json!({
            "sage": "1.0",
            "did": self.did,
            "name": "SAGE example in Rust",
            "keys": {
                "signing": jwk("Ed25519", self.signing_key.verifying_key().as_bytes()),
                "kem": jwk("X25519", PublicKey::from(&self.kem_key).as_bytes()),
            },
            "endpoints": { "http": self.url, "health": format!("{}/health", self.url) },
            "capabilities": ["echo", "gzip", "health"],
            "limits": self.limits.published,
            "issuedAt": text::format_time(now),
            "expiresAt": text::format_time(now + CARD_LIFETIME),
        });
        card["signature"] = text::to_b64u(&card::sign(&self.signing_key, &card)).into();
        card.to_string()
    }

    fn message(&self, head: &Head, body: &[u8]) -> Response {
        let Ok(value) = json::parse(body) else {
            return plain(ErrorCode::Malformed, None);
        };
        let id = value["id"].as_str().filter(|id| text::is_token(id)).map(str::to_owned);
        let answer = || {
            let message = Message::parse(value).map_err(|_| ErrorCode::Malformed)?;
            for (name, said) in HINTS.into_iter().zip(message.names()) {
                let mut hints = head.values(name);
                if hints.next().is_some_and(|hint| hint != said.as_bytes()) || hints.next().is_some() {
                    return Err(ErrorCode::Malformed);
                }
            }
            match message {
                Message::Handshake(message) => self.handshake(message),
                Message::Session(message) => self.request(&message),
            }
        };
        match answer() {
            Ok(answer) => json_response(200, &answer),
            Err(error) => plain(error, id.as_deref()),
        }
    }

    fn handshake(&self, message: HandshakeMessage) -> Result<Value, ErrorCode> {
        let message_id = message.id.clone();
        let request = Request::open(message, &self.did, text::now(), decode_did_key)?;
        self.store.use_nonce(&request.init_did, &request.nonce)?;
        request.check_agreement().map_err(|_| ErrorCode::AuthenticationFailed)?;

        let ephemeral = StaticSecret::from(random());
        let eph_s = PublicKey::from(&ephemeral).to_bytes();
        let seed = responder_seed(&request.strings, &self.kem_key, &ephemeral, &request.enc, &request.eph_c)
            .map_err(|_| ErrorCode::AuthenticationFailed)?;
        let kid = format!("kid-{}", Uuid::new_v4());
        let ack_tag = Transcript {
            strings: &request.strings,
            ctx: &request.ctx,
            nonce: &request.nonce,
            kid: &kid,
            init_did: &request.init_did,
            resp_did: &self.did,
            enc: &request.enc,
            eph_c: &request.eph_c,
            eph_s: &eph_s,
        }
        .ack_tag(&seed);
        let response = ResponseData {
            ctx: &request.ctx,
            kid: &kid,
            eph_s: &eph_s,
            ack_tag: &ack_tag,
            ts: &text::format_time(text::now()),
            resp_did: &self.did,
            info: &request.strings.info,
            export_ctx: &request.strings.export_ctx,
            enc: &request.enc,
            eph_c: &request.eph_c,
        }
        .response(&self.signing_key, &message_id);
        self.store.add(Session::new(kid, request.init_did, request.ctx, Keys::derive(&seed), &self.limits))?;
        Ok(response)
    }

    /// An error of this function is plain: the record has not opened, or nothing can be sealed.
    fn request(&self, message: &SessionMessage) -> Result<Value, ErrorCode> {
        let session = self.store.session(&message.kid)?;
        if message.did != session.init_did || message.context_id != session.ctx || message.record.len() < MIN_RECORD {
            return Err(ErrorCode::AuthenticationFailed);
        }
        let plaintext = session.open(&message.caller_aad(), &message.record)?;
        let outcome = self.task(message, plaintext);
        let is_closed = message.task_id == "sage/close@v1" && outcome.is_ok();
        let response = self.seal(message, &session, outcome);
        if is_closed || response.is_err() {
            self.store.end(&session);
        }
        response
    }

    /// The plaintext of the answer and its encoding. An error of this function is authenticated.
    fn task(&self, message: &SessionMessage, plaintext: Vec<u8>) -> Result<(Vec<u8>, Option<&'static str>), ErrorCode> {
        if !["sage/ping@v1", "sage/close@v1", "sage/echo@v1"].contains(&&*message.task_id) {
            return Err(ErrorCode::TaskUnsupported);
        }
        let is_gzip = match message.encoding.as_deref() {
            None => false,
            Some("gzip") => true,
            Some(_) => return Err(ErrorCode::EncodingUnsupported),
        };
        let plaintext = if is_gzip {
            gzip::inflate(&plaintext, self.limits.message_bytes as u64).map_err(|refused| match refused {
                gzip::Refused::Malformed => ErrorCode::Malformed,
                gzip::Refused::TooLarge => ErrorCode::PayloadTooLarge,
            })?
        } else {
            plaintext
        };
        if message.stream.is_some() {
            return Err(ErrorCode::StreamViolation);
        }
        match &*message.task_id {
            "sage/ping@v1" if plaintext.len() > MAX_PING => Err(ErrorCode::PayloadTooLarge),
            "sage/ping@v1" => Ok((plaintext, None)),
            "sage/close@v1" => Ok((Vec::new(), None)),
            _ => {
                std::thread::sleep(delay(message)?);
                Ok(if is_gzip { (gzip::deflate(&plaintext), Some("gzip")) } else { (plaintext, None) })
            }
        }
    }

    fn seal(
        &self,
        message: &SessionMessage,
        session: &Session,
        outcome: Result<(Vec<u8>, Option<&'static str>), ErrorCode>,
    ) -> Result<Value, ErrorCode> {
        let head = |error: Option<ErrorCode>, encoding| ResponseHead {
            message_id: &message.id,
            task_id: &message.task_id,
            kid: &message.kid,
            error: error.map(ErrorCode::name),
            encoding,
            stream: None,
        };
        let (head, plaintext) = match outcome {
            Ok((plaintext, encoding)) => {
                let success = head(None, encoding);
                let around = success.response("").to_string().len();
                if around + (MIN_RECORD + plaintext.len()).div_ceil(3) * 4 <= self.limits.message_bytes {
                    (success, plaintext)
                } else {
                    (head(Some(ErrorCode::PayloadTooLarge), None), Vec::new())
                }
            }
            Err(error) => (head(Some(error), None), Vec::new()),
        };
        let record = session.seal(&head.caller_aad(&message.record), &plaintext, &self.limits)?;
        Ok(head.response(&text::to_b64(&record)))
    }
}

/// task.echo-delay-form: 0 to 9999, without leading zeros.
fn delay(message: &SessionMessage) -> Result<Duration, ErrorCode> {
    let Some(text) = message.metadata.get("delay-ms") else { return Ok(Duration::ZERO) };
    let is_decimal = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if !is_decimal || text.len() > 1 && text.starts_with('0') {
        return Err(ErrorCode::Malformed);
    }
    text.parse().map(Duration::from_millis).map_err(|_| ErrorCode::Malformed)
}

impl Handler for Agent {
    fn judge(&self, head: &Head) -> Result<(), Response> {
        let mut hosts = head.values("Host");
        let is_here = hosts.next().is_some_and(is_loopback)
            && hosts.next().is_none()
            && head.authority.as_ref().is_none_or(|authority| is_loopback(authority.as_bytes()));
        if !is_here {
            return Err(plain(ErrorCode::Malformed, None));
        }
        let method = head.method.as_str();
        match head.path.as_str() {
            "/messages" => {
                if method != "POST" {
                    return Err(plain(ErrorCode::MethodNotAllowed, None).with("Allow", "POST"));
                }
                if !is_json(head) || head.values("Content-Encoding").next().is_some() {
                    return Err(plain(ErrorCode::UnsupportedMediaType, None));
                }
                Ok(())
            }
            "/.well-known/sage.json" | "/health" if !["GET", "HEAD"].contains(&method) => {
                Err(Response::empty(405).with("Allow", "GET, HEAD"))
            }
            "/.well-known/sage.json" | "/health" => Ok(()),
            _ => Err(Response::empty(404)),
        }
    }

    fn max_body(&self) -> usize {
        self.limits.message_bytes
    }

    fn too_large(&self) -> Response {
        plain(ErrorCode::PayloadTooLarge, None)
    }

    fn overloaded(&self) -> Response {
        plain(ErrorCode::Unavailable, None)
    }

    fn answer(&self, head: &Head, body: &[u8]) -> Response {
        match head.path.as_str() {
            "/.well-known/sage.json" => {
                Response { body: self.card(), ..Response::empty(200) }.with("Content-Type", "application/json")
            }
            "/health" => health(head.query.as_deref()),
            _ => self.message(head, body),
        }
    }
}

fn json_response(status: u16, value: &Value) -> Response {
    Response { body: value.to_string(), ..Response::empty(status) }
        .with("Content-Type", "application/json")
        .with("Cache-Control", "no-store")
}

fn plain(error: ErrorCode, message_id: Option<&str>) -> Response {
    let response = json_response(error.status(), &error.plain(message_id));
    match error.status() {
        401 => response.with("WWW-Authenticate", "SAGE"),
        503 => response.with("Retry-After", "1"),
        _ => response,
    }
}

/// This responder takes messages as long as it can answer at all, so that both probes pass.
fn health(query: Option<&str>) -> Response {
    let probes: Vec<_> = query.unwrap_or_default().split('&').filter_map(|part| part.strip_prefix("probe=")).collect();
    if !matches!(probes.as_slice(), [] | ["live"] | ["ready"]) {
        return Response::empty(400).with("Cache-Control", "no-store");
    }
    Response { body: json!({ "status": "pass" }).to_string(), ..Response::empty(200) }
        .with("Content-Type", "application/health+json")
        .with("Cache-Control", "no-store")
}

/// `application/json`, with at most the parameter `charset=utf-8`.
fn is_json(head: &Head) -> bool {
    let mut types = head.values("Content-Type");
    let (Some(value), None) = (types.next(), types.next()) else { return false };
    let value = value.to_ascii_lowercase();
    let mut parts = value.splitn(2, |&b| b == b';').map(<[u8]>::trim_ascii);
    parts.next() == Some(b"application/json")
        && parts.next().is_none_or(|parameter| [&b"charset=utf-8"[..], b"charset=\"utf-8\""].contains(&parameter))
}

/// http.loopback-host, of the whole value.
fn is_loopback(host: &[u8]) -> bool {
    let Ok(host) = std::str::from_utf8(host) else { return false };
    let (name, port) = match host.strip_prefix("[::1]") {
        Some(port) => ("localhost", port),
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let is_port = port.is_empty()
        || port.strip_prefix(':').is_some_and(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    let is_name = name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    is_name && is_port
}
