package main

import (
	"encoding/binary"
	"errors"
	"sync"

	"github.com/sage-x-project/sage/pkg/agent/session"
)

// Records of session.md around what the core seals: be64(seq) before it, and before the additional data. The core has no
// sequence numbers; the counter, the limit and the layout are ours, the AEAD, its nonce and its keys are the core's.

const (
	seqBytes       = 8
	minRecordBytes = seqBytes + 12 + 16
)

var (
	errRecord    = errors.New("record refused")
	errExhausted = errors.New("no sequence number left")
)

// channel is a session of the core with the number of the next record that goes out.
type channel struct {
	session *session.SecureSession
	kid     string
	context string
	// DID of the initiator.
	initiator string
	// Records in each direction.
	limit uint64

	mu   sync.Mutex
	next uint64
}

func newChannel(manager *session.Manager, kid, context, initiator string, limit uint64) (*channel, error) {
	found, isAlive := manager.GetByKeyID(kid)
	if !isAlive {
		return nil, errors.New("the core does not know the session that it made")
	}
	secure, isSecure := found.(*session.SecureSession)
	if !isSecure {
		return nil, errors.New("the core's session has no EncryptWithAAD")
	}
	return &channel{session: secure, kid: kid, context: context, initiator: initiator, limit: limit}, nil
}

// seal makes the next record of this side (record.layout, record.seq-from-zero).
func (c *channel) seal(plaintext, callerAAD []byte) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next >= c.limit {
		return nil, errExhausted
	}
	seq := binary.BigEndian.AppendUint64(nil, c.next)
	sealed, err := c.session.EncryptWithAAD(plaintext, append(seq[:seqBytes:seqBytes], callerAAD...))
	if err != nil {
		return nil, err
	}
	c.next++
	return append(seq, sealed...), nil
}

// open gives the plaintext and the sequence number of a record (record.min-length, record.seq-limit, record.tag). What was
// accepted before is for the caller to know.
func (c *channel) open(record, callerAAD []byte) (plaintext, seq []byte, err error) {
	if len(record) < minRecordBytes {
		return nil, nil, errRecord
	}
	seq = record[:seqBytes:seqBytes]
	if binary.BigEndian.Uint64(seq) >= c.limit {
		return nil, nil, errRecord
	}
	plaintext, err = c.session.DecryptWithAAD(record[seqBytes:], append(seq, callerAAD...))
	return plaintext, seq, err
}
