//! The key schedule, records and the receive window (session.md).

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use zeroize::Zeroizing;

use crate::kdf::{Secret, expand, extract, sha256};
use crate::text::to_b64u;
use crate::{Rejected, Result, require};

pub const MIN_RECORD: usize = 8 + 12 + 16;
const WINDOW: u64 = 1024;

/// The six keys of a session; 1.0 uses the two of encryption.
pub struct Keys(Zeroizing<[u8; 192]>);

pub fn sid(seed: &Secret) -> String {
    to_b64u(&sha256(&[b"sage/hpke+e2e v1", &seed[..]])[..16])
}

impl Keys {
    pub fn derive(seed: &Secret) -> Self {
        let prk = extract(sid(seed).as_bytes(), &[&seed[..]]);
        let mut block = Zeroizing::new([0; 192]);
        let (role_less, directional) = block.split_at_mut(64);
        expand(&prk, &[b"sage-session-keys-v1"], role_less).expect("64 bytes are few enough");
        expand(&prk, &[b"sage-directional-keys-v1"], directional).expect("128 bytes are few enough");
        Self(block)
    }

    fn key(&self, number: usize) -> &[u8; 32] {
        self.0[32 * number..][..32].try_into().expect("32 bytes")
    }

    pub fn encrypt_key(&self) -> &[u8; 32] {
        self.key(0)
    }

    pub fn signing_key(&self) -> &[u8; 32] {
        self.key(1)
    }

    pub fn c2s_enc(&self) -> &[u8; 32] {
        self.key(2)
    }

    pub fn c2s_sign(&self) -> &[u8; 32] {
        self.key(3)
    }

    pub fn s2c_enc(&self) -> &[u8; 32] {
        self.key(4)
    }

    pub fn s2c_sign(&self) -> &[u8; 32] {
        self.key(5)
    }
}

pub fn aead_seal(key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let payload = Payload { msg: plaintext, aad };
    let cipher = ChaCha20Poly1305::new(key.into());
    cipher.encrypt(&Nonce::from(*nonce), payload).expect("no message is too long for the cipher")
}

pub fn aead_open(key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>> {
    let payload = Payload { msg: ciphertext, aad };
    let cipher = ChaCha20Poly1305::new(key.into());
    cipher.decrypt(&Nonce::from(*nonce), payload).map_err(|_| Rejected)
}

/// The nonce is 12 random bytes, save in a test that knows them.
pub fn seal(key: &[u8; 32], seq: u64, nonce: &[u8; 12], caller_aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let seq = seq.to_be_bytes();
    let ciphertext = aead_seal(key, nonce, &[&seq, caller_aad].concat(), plaintext);
    [&seq, &nonce[..], &ciphertext].concat()
}

pub fn sequence_number(record: &[u8]) -> Result<u64> {
    require(record.len() >= MIN_RECORD)?;
    Ok(u64::from_be_bytes(record[..8].try_into().expect("8 bytes")))
}

/// Opens a record whatever its number is; [`Receiver`] judges numbers.
pub fn open(key: &[u8; 32], caller_aad: &[u8], record: &[u8]) -> Result<(u64, Vec<u8>)> {
    let seq = sequence_number(record)?;
    let nonce: &[u8; 12] = record[8..20].try_into().expect("12 bytes");
    let plaintext = aead_open(key, nonce, &[&record[..8], caller_aad].concat(), &record[20..])?;
    Ok((seq, plaintext))
}

/// What a receiver remembers of one direction of a session. `&mut self` makes the test, the
/// opening and the mark one step: two copies at once cannot both be accepted (record.once).
pub struct Receiver {
    max_records: u64,
    highest: Option<u64>,
    /// Bit `seq % 1024` for each of the 1024 numbers up to `highest`.
    accepted: [u64; (WINDOW / 64) as usize],
}

impl Receiver {
    pub fn new(max_records: u64) -> Self {
        Self { max_records, highest: None, accepted: [0; _] }
    }

    pub fn open(&mut self, key: &[u8; 32], caller_aad: &[u8], record: &[u8]) -> Result<(u64, Vec<u8>)> {
        let seq = sequence_number(record)?;
        require(seq < self.max_records)?;
        if let Some(highest) = self.highest
            && seq <= highest
        {
            require(highest - seq < WINDOW && !self.is_accepted(seq))?;
        }
        let opened = open(key, caller_aad, record)?;
        self.mark(seq);
        Ok(opened)
    }

    fn is_accepted(&self, seq: u64) -> bool {
        let bit = seq % WINDOW;
        self.accepted[(bit / 64) as usize] & (1 << (bit % 64)) != 0
    }

    fn set(&mut self, seq: u64, accepted: bool) {
        let bit = seq % WINDOW;
        let word = &mut self.accepted[(bit / 64) as usize];
        *word = *word & !(1 << (bit % 64)) | u64::from(accepted) << (bit % 64);
    }

    fn mark(&mut self, seq: u64) {
        match self.highest {
            Some(highest) if seq <= highest => {}
            Some(highest) if seq - highest < WINDOW => {
                (highest + 1..seq).for_each(|skipped| self.set(skipped, false));
                self.highest = Some(seq);
            }
            _ => {
                self.accepted.fill(0);
                self.highest = Some(seq);
            }
        }
        self.set(seq, true);
    }
}
