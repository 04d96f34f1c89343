//! Sessions and used nonces. Every bound refuses; none makes room by forgetting.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use sage::kdf::{len16, sha256};
use sage::keys::random;
use sage::message::ErrorCode;
use sage::session::{self, Keys, Receiver};

use crate::agent::Limits;

const MAX_SESSIONS: usize = 10_000;
const MAX_NONCES: usize = 100_000;
const NONCE_LIFE: Duration = Duration::from_secs(600);

pub struct Session {
    pub kid: String,
    pub init_did: String,
    pub ctx: String,
    keys: Keys,
    made: Instant,
    state: Mutex<State>,
}

struct State {
    receiver: Receiver,
    next_seq: u64,
    last_used: Instant,
    is_confirmed: bool,
    has_ended: bool,
}

impl Session {
    pub fn new(kid: String, init_did: String, ctx: String, keys: Keys, limits: &Limits) -> Self {
        let made = Instant::now();
        let state = State {
            receiver: Receiver::new(limits.session_records),
            next_seq: 0,
            last_used: made,
            is_confirmed: false,
            has_ended: false,
        };
        Self { kid, init_did, ctx, keys, made, state: Mutex::new(state) }
    }

    /// Accepts a record; what is refused leaves no trace.
    pub fn open(&self, caller_aad: &[u8], record: &[u8]) -> Result<Vec<u8>, ErrorCode> {
        let mut state = lock(&self.state);
        if state.has_ended {
            return Err(ErrorCode::SessionUnknown);
        }
        let (_, plaintext) = state
            .receiver
            .open(self.keys.c2s_enc(), caller_aad, record)
            .map_err(|_| ErrorCode::AuthenticationFailed)?;
        state.is_confirmed = true;
        state.last_used = Instant::now();
        Ok(plaintext)
    }

    /// Seals the next record, unless the last number is used.
    pub fn seal(&self, caller_aad: &[u8], plaintext: &[u8], limits: &Limits) -> Result<Vec<u8>, ErrorCode> {
        let mut state = lock(&self.state);
        if state.next_seq >= limits.session_records {
            return Err(ErrorCode::SessionUnknown);
        }
        let seq = state.next_seq;
        state.next_seq += 1;
        state.last_used = Instant::now();
        Ok(session::seal(self.keys.s2c_enc(), seq, &random(), caller_aad, plaintext))
    }

    fn is_over(&self, limits: &Limits) -> bool {
        let state = lock(&self.state);
        state.has_ended
            || self.made.elapsed() >= limits.session_age
            || state.last_used.elapsed() >= limits.session_idle
            || !state.is_confirmed && self.made.elapsed() >= limits.provisional
            || state.next_seq >= limits.session_records
    }
}

pub struct Store {
    limits: Limits,
    tables: Mutex<Tables>,
}

#[derive(Default)]
struct Tables {
    sessions: HashMap<String, Arc<Session>>,
    sessions_of_did: HashMap<String, u64>,
    nonces: HashMap<[u8; 32], Instant>,
}

impl Store {
    pub fn new(limits: Limits) -> Self {
        Self { limits, tables: Mutex::default() }
    }

    /// Tests and sets a nonce in one step. Room for the session is looked for first, so that a
    /// full responder does not use up nonces.
    pub fn use_nonce(&self, init_did: &str, nonce: &str) -> Result<(), ErrorCode> {
        let mut pair = Vec::new();
        len16(&mut pair, init_did);
        len16(&mut pair, nonce);
        let pair = sha256(&[&pair]);
        let mut tables = lock(&self.tables);
        if tables.nonces.get(&pair).is_some_and(|used| used.elapsed() <= NONCE_LIFE) {
            return Err(ErrorCode::AuthenticationFailed);
        }
        tables.check_room(init_did, &self.limits)?;
        if tables.nonces.len() >= MAX_NONCES {
            return Err(ErrorCode::Unavailable);
        }
        tables.nonces.insert(pair, Instant::now());
        Ok(())
    }

    pub fn add(&self, session: Session) -> Result<(), ErrorCode> {
        let mut tables = lock(&self.tables);
        tables.check_room(&session.init_did, &self.limits)?;
        *tables.sessions_of_did.entry(session.init_did.clone()).or_default() += 1;
        tables.sessions.insert(session.kid.clone(), Arc::new(session));
        Ok(())
    }

    pub fn session(&self, kid: &str) -> Result<Arc<Session>, ErrorCode> {
        let mut tables = lock(&self.tables);
        let session = tables.sessions.get(kid).cloned().ok_or(ErrorCode::SessionUnknown)?;
        if session.is_over(&self.limits) {
            tables.remove(kid);
            return Err(ErrorCode::SessionUnknown);
        }
        Ok(session)
    }

    /// Ends a session. Its keys are erased when the requests that it has opened are answered.
    pub fn end(&self, session: &Session) {
        lock(&session.state).has_ended = true;
        lock(&self.tables).remove(&session.kid);
    }

    /// Drops what is over, so that keys are erased in time and not when somebody asks.
    pub fn sweep(&self) {
        let mut tables = lock(&self.tables);
        let over: Vec<_> = tables.sessions.values().filter(|session| session.is_over(&self.limits)).cloned().collect();
        over.iter().for_each(|session| tables.remove(&session.kid));
        tables.nonces.retain(|_, used| used.elapsed() <= NONCE_LIFE);
    }
}

impl Tables {
    fn check_room(&self, init_did: &str, limits: &Limits) -> Result<(), ErrorCode> {
        let of_did = self.sessions_of_did.get(init_did).copied().unwrap_or_default();
        if self.sessions.len() >= MAX_SESSIONS || of_did >= limits.sessions_per_did {
            return Err(ErrorCode::Unavailable);
        }
        Ok(())
    }

    fn remove(&mut self, kid: &str) {
        let Some(session) = self.sessions.remove(kid) else { return };
        if let Some(count) = self.sessions_of_did.get_mut(&session.init_did) {
            *count -= 1;
            if *count == 0 {
                self.sessions_of_did.remove(&session.init_did);
            }
        }
    }
}

/// No lock is held across code that can panic with its data half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
