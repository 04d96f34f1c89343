package main

import (
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/sage-x-project/sage/pkg/agent/transport"
)

const maxPingBytes = 4096

var statusOf = map[string]int{
	"malformed":              http.StatusBadRequest,
	"authentication_failed":  http.StatusUnauthorized,
	"session_unknown":        http.StatusUnauthorized,
	"task_unsupported":       http.StatusNotFound,
	"method_not_allowed":     http.StatusMethodNotAllowed,
	"payload_too_large":      http.StatusRequestEntityTooLarge,
	"unsupported_media_type": http.StatusUnsupportedMediaType,
	"internal":               http.StatusInternalServerError,
}

func plainError(code, id string) *framed {
	return &framed{statusOf[code], response{Error: code, MessageID: id}}
}

// answerRequest answers a session message: envelope and order of the checks are ours (error.precedence), opening, sealing
// and the guard against replay are the core's.
func (r *responder) answerRequest(read *transport.SecureMessage, body []byte) *framed {
	message, record, err := parseRequest(body)
	if err != nil {
		return plainError("malformed", message.ID)
	}
	// What the core's server made of the message counts, its headers included.
	message.ID, message.ContextID, message.TaskID, message.DID = read.ID, read.ContextID, read.TaskID, read.DID
	message.Metadata = read.Metadata

	live := r.find(message.Kid)
	if live == nil {
		return plainError("session_unknown", message.ID)
	}
	if message.DID != live.initiator || message.ContextID != live.context {
		return plainError("authentication_failed", message.ID)
	}
	plaintext, err := r.open(live, &message, record)
	if err != nil {
		return plainError("authentication_failed", message.ID)
	}
	answer, content := carryOut(&message, plaintext)
	return r.sealed(live, answer, content, record)
}

// open asks the core's guard against replay after the record has opened, so that a record that fails leaves no trace in it.
func (r *responder) open(live *liveChannel, message *request, record []byte) ([]byte, error) {
	live.use.RLock()
	defer live.use.RUnlock()
	plaintext, seq, err := live.open(record, message.callerAAD())
	if err != nil {
		return nil, err
	}
	if r.sessions.ReplayGuardSeenOnce(message.Kid, strconv.FormatUint(binary.BigEndian.Uint64(seq), 10)) {
		return nil, errRecord
	}
	return plaintext, nil
}

func (r *responder) sealed(live *liveChannel, answer response, content, record []byte) *framed {
	live.use.Lock()
	defer live.use.Unlock()
	data, err := live.seal(content, answer.callerAAD(record))
	if err != nil {
		return plainError("session_unknown", answer.MessageID)
	}
	if answer.TaskID == closeTask && answer.Success {
		r.sessions.RemoveSession(live.session.GetID())
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.channels, live.kid)
	}
	answer.Data = base64.StdEncoding.EncodeToString(data)
	return &framed{http.StatusOK, answer}
}

var delayForm = regexp.MustCompile(`^(0|[1-9][0-9]{0,3})$`)

// carryOut does the tasks of every responder, and echo.
func carryOut(message *request, plaintext []byte) (response, []byte) {
	answer := response{MessageID: message.ID, TaskID: message.TaskID, Kid: message.Kid}
	if code := refusalOf(message, plaintext); code != "" {
		answer.Error = code
		if message.Stream != nil {
			seq, end := uint32(0), true
			answer.Stream = &stream{ID: message.Stream.ID, Seq: &seq, End: &end}
		}
		return answer, nil
	}
	answer.Success = true
	if message.TaskID == closeTask {
		return answer, nil
	}
	if message.TaskID == echoTask {
		milliseconds, _ := strconv.Atoi(message.Metadata["delay-ms"])
		time.Sleep(time.Duration(milliseconds) * time.Millisecond)
	}
	return answer, plaintext
}

// refusalOf names the first error after the record has opened, in the order of errors.md.
func refusalOf(message *request, plaintext []byte) string {
	delay, isDelayed := message.Metadata["delay-ms"]
	switch {
	case message.TaskID != pingTask && message.TaskID != closeTask && message.TaskID != echoTask:
		return "task_unsupported"
	case message.Encoding != nil:
		return "encoding_unsupported"
	case message.Stream != nil:
		return "stream_violation"
	case message.TaskID == pingTask && len(plaintext) > maxPingBytes:
		return "payload_too_large"
	case message.TaskID == echoTask && isDelayed && !delayForm.MatchString(delay):
		return "malformed"
	}
	return ""
}
