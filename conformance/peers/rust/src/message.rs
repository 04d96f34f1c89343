//! Envelopes, and what a record binds of them (messages.md), and the registry of errors (errors.md).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::json::Members;
use crate::kdf::{len16, sha256};
use crate::text::{from_b64, is_did, is_small_name, is_task, is_token};
use crate::{Rejected, Result, require};

/// The errors that this responder makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    Malformed,
    AuthenticationFailed,
    SessionUnknown,
    TaskUnsupported,
    MethodNotAllowed,
    PayloadTooLarge,
    UnsupportedMediaType,
    Unavailable,
    EncodingUnsupported,
    StreamViolation,
}

impl ErrorCode {
    pub fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::AuthenticationFailed => "authentication_failed",
            Self::SessionUnknown => "session_unknown",
            Self::TaskUnsupported => "task_unsupported",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::PayloadTooLarge => "payload_too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::Unavailable => "unavailable",
            Self::EncodingUnsupported => "encoding_unsupported",
            Self::StreamViolation => "stream_violation",
        }
    }

    /// The HTTP status of the plain error. Two of the codes have no plain form.
    pub fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::AuthenticationFailed | Self::SessionUnknown => 401,
            Self::TaskUnsupported => 404,
            Self::MethodNotAllowed => 405,
            Self::PayloadTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Unavailable => 503,
            Self::EncodingUnsupported | Self::StreamViolation => 200,
        }
    }

    /// The plain error. It has no `detail`, so that it repeats nothing and tells nothing.
    pub fn plain(self, message_id: Option<&str>) -> Value {
        let mut error = json!({ "success": false, "error": self.name() });
        if let Some(id) = message_id {
            error["message_id"] = id.into();
        }
        error
    }
}

pub enum Message {
    Handshake(HandshakeMessage),
    Session(SessionMessage),
}

impl Message {
    /// Reads a message by the schema of its kind, and its base64.
    pub fn parse(value: Value) -> Result<Self> {
        let members = Members::of(value)?;
        if members.has("kid") {
            SessionMessage::parse(members).map(Self::Session)
        } else {
            HandshakeMessage::parse(members).map(Self::Handshake)
        }
    }

    /// `did`, `id`, `context_id` and `task_id`, which headers may repeat.
    pub fn names(&self) -> [&str; 4] {
        match self {
            Self::Handshake(m) => [&m.did, &m.id, &m.context_id, &m.task_id],
            Self::Session(m) => [&m.did, &m.id, &m.context_id, &m.task_id],
        }
    }
}

pub struct HandshakeMessage {
    pub id: String,
    pub context_id: String,
    pub task_id: String,
    pub did: String,
    pub payload: Vec<u8>,
    pub signature: [u8; 64],
}

impl HandshakeMessage {
    fn parse(mut members: Members) -> Result<Self> {
        let message = Self {
            id: members.text("id", is_token)?,
            context_id: members.text("context_id", is_token)?,
            task_id: members.text("task_id", is_task)?,
            did: members.text("did", is_did)?,
            payload: from_b64(&members.text("payload", |_| true)?)?,
            signature: from_b64(&members.text("signature", |_| true)?)?.try_into().map_err(|_| Rejected)?,
        };
        members.optional_text("role", |role| role == "user")?;
        members.end()?;
        Ok(message)
    }
}

pub struct SessionMessage {
    pub id: String,
    pub context_id: String,
    pub task_id: String,
    pub did: String,
    pub kid: String,
    /// The bytes that `payload` encodes.
    pub record: Vec<u8>,
    pub encoding: Option<String>,
    pub stream: Option<Stream>,
    /// In ascending order of the bytes of the names.
    pub metadata: BTreeMap<String, String>,
}

impl SessionMessage {
    fn parse(mut members: Members) -> Result<Self> {
        let message = Self {
            id: members.text("id", is_token)?,
            context_id: members.text("context_id", is_token)?,
            task_id: members.text("task_id", is_task)?,
            did: members.text("did", is_did)?,
            kid: members.text("kid", is_token)?,
            record: from_b64(&members.text("payload", |_| true)?)?,
            encoding: members.optional_text("encoding", |name| is_small_name(name, b"-"))?,
            stream: members.optional("stream").map(Stream::parse).transpose()?,
            metadata: members.optional("metadata").map(parse_metadata).transpose()?.unwrap_or_default(),
        };
        members.end()?;
        Ok(message)
    }

    pub fn caller_aad(&self) -> Vec<u8> {
        let mut aad = b"sage/request|v1".to_vec();
        for text in [&self.id, &self.context_id, &self.task_id, &self.did, &self.kid] {
            len16(&mut aad, text);
        }
        len16(&mut aad, self.encoding.as_deref().unwrap_or_default());
        bind_stream(&mut aad, self.stream.as_ref());
        aad.extend_from_slice(&(self.metadata.len() as u16).to_be_bytes());
        for (name, value) in &self.metadata {
            len16(&mut aad, name);
            len16(&mut aad, value);
        }
        aad
    }
}

fn parse_metadata(value: Value) -> Result<BTreeMap<String, String>> {
    let Value::Object(object) = value else { return Err(Rejected) };
    require(object.len() <= 32)?;
    let entry = |(name, value): (String, Value)| {
        let Value::String(value) = value else { return Err(Rejected) };
        require(is_small_name(&name, b"_-"))?;
        require(value.len() <= 1024 && value.bytes().all(|b| (0x20..=0x7e).contains(&b)))?;
        Ok((name, value))
    };
    object.into_iter().map(entry).collect()
}

pub enum Stream {
    Chunk { id: String, seq: u32, end: bool },
    Credit { id: String, credit: u32 },
    Cancel { id: String },
}

impl Stream {
    pub fn parse(value: Value) -> Result<Self> {
        let mut members = Members::of(value)?;
        let id = members.text("id", is_token)?;
        let stream = if members.has("seq") {
            let seq = members.integer("seq", 0..=u32::MAX.into())? as u32;
            Self::Chunk { id, seq, end: members.truth("end")? }
        } else if members.has("credit") {
            Self::Credit { id, credit: members.integer("credit", 0..=u32::MAX.into())? as u32 }
        } else {
            require(members.truth("cancel")?)?;
            Self::Cancel { id }
        };
        members.end()?;
        Ok(stream)
    }
}

fn bind_stream(aad: &mut Vec<u8>, stream: Option<&Stream>) {
    let (kind, id, number, truth) = match stream {
        None => return aad.push(0),
        Some(Stream::Chunk { id, seq, end }) => (1, id, *seq, *end),
        Some(Stream::Credit { id, credit }) => (2, id, *credit, false),
        Some(Stream::Cancel { id }) => (2, id, 0, true),
    };
    aad.push(kind);
    len16(aad, id);
    aad.extend_from_slice(&number.to_be_bytes());
    aad.push(truth.into());
}

/// What a session response says beside its record.
pub struct ResponseHead<'a> {
    pub message_id: &'a str,
    pub task_id: &'a str,
    pub kid: &'a str,
    /// The error, if `success` is false.
    pub error: Option<&'a str>,
    pub encoding: Option<&'a str>,
    pub stream: Option<&'a Stream>,
}

impl ResponseHead<'_> {
    pub fn caller_aad(&self, request_record: &[u8]) -> Vec<u8> {
        let mut aad = b"sage/response|v1".to_vec();
        for text in [self.message_id, self.task_id, self.kid] {
            len16(&mut aad, text);
        }
        aad.push(self.error.is_none().into());
        len16(&mut aad, self.error.unwrap_or_default());
        len16(&mut aad, self.encoding.unwrap_or_default());
        bind_stream(&mut aad, self.stream);
        aad.extend_from_slice(&sha256(&[request_record]));
        aad
    }

    /// The session response around `data`, a record in b64. It is not for streams.
    pub fn response(&self, data: &str) -> Value {
        let mut response = json!({
            "success": self.error.is_none(),
            "message_id": self.message_id,
            "task_id": self.task_id,
            "kid": self.kid,
            "data": data,
        });
        for (name, value) in [("error", self.error), ("encoding", self.encoding)] {
            if let Some(value) = value {
                response[name] = value.into();
            }
        }
        response
    }
}
