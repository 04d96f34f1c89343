package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
)

// The envelope of messages.md and what a record binds of it: all of this is ours, for the core has no session messages.

const (
	pingTask  = "sage/ping@v1"
	closeTask = "sage/close@v1"
	echoTask  = "sage/echo@v1"
)

var (
	tokenForm         = regexp.MustCompile(`^[A-Za-z0-9._~:-]{1,128}$`)
	taskForm          = regexp.MustCompile(`^[A-Za-z0-9._~:/@-]{1,128}$`)
	didForm           = regexp.MustCompile(`^did:[a-z0-9]+:[A-Za-z0-9._:%-]+$`)
	encodingForm      = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
	metadataNameForm  = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)
	metadataValueForm = regexp.MustCompile(`^[\x20-\x7e]*$`)
)

func isDid(text string) bool { return len(text) >= 7 && len(text) <= 512 && didForm.MatchString(text) }

// stream is the member of that name: a chunk, a credit or a cancellation.
type stream struct {
	ID     string  `json:"id"`
	Seq    *uint32 `json:"seq,omitempty"`
	End    *bool   `json:"end,omitempty"`
	Credit *uint32 `json:"credit,omitempty"`
	Cancel *bool   `json:"cancel,omitempty"`
}

func (s *stream) isValid() bool {
	isChunk := s.Seq != nil && s.End != nil && s.Credit == nil && s.Cancel == nil
	isCredit := s.Seq == nil && s.End == nil && s.Credit != nil && s.Cancel == nil
	isCancel := s.Seq == nil && s.End == nil && s.Credit == nil && s.Cancel != nil && *s.Cancel
	return tokenForm.MatchString(s.ID) && (isChunk || isCredit || isCancel)
}

// request is a session message. Its payload is the record.
type request struct {
	ID        string            `json:"id"`
	ContextID string            `json:"context_id"`
	TaskID    string            `json:"task_id"`
	DID       string            `json:"did"`
	Kid       string            `json:"kid"`
	Payload   string            `json:"payload"`
	Encoding  *string           `json:"encoding,omitempty"`
	Stream    *stream           `json:"stream,omitempty"`
	Metadata  map[string]string `json:"metadata,omitempty"`
}

// response is a session response, or a plain error where it has no kid.
type response struct {
	Success   bool    `json:"success"`
	MessageID string  `json:"message_id,omitempty"`
	TaskID    string  `json:"task_id,omitempty"`
	Kid       string  `json:"kid,omitempty"`
	Data      string  `json:"data,omitempty"`
	Error     string  `json:"error,omitempty"`
	Encoding  *string `json:"encoding,omitempty"`
	Stream    *stream `json:"stream,omitempty"`
	Detail    string  `json:"detail,omitempty"`
}

var errSchema = errors.New("not valid against its schema")

// parseRequest reads a session message (message.schema, conventions.*). Where only the schema is broken it gives the id.
func parseRequest(body []byte) (message request, record []byte, err error) {
	if err := parseClosed(body, &message); err != nil {
		return request{ID: idOf(body)}, nil, err
	}
	isValid := tokenForm.MatchString(message.ID) && tokenForm.MatchString(message.ContextID) &&
		taskForm.MatchString(message.TaskID) && isDid(message.DID) && tokenForm.MatchString(message.Kid) &&
		(message.Encoding == nil || encodingForm.MatchString(*message.Encoding)) &&
		(message.Stream == nil || message.Stream.isValid()) && len(message.Metadata) <= 32
	for name, value := range message.Metadata {
		isValid = isValid && metadataNameForm.MatchString(name) && len(value) <= 1024 && metadataValueForm.MatchString(value)
	}
	if !isValid {
		return request{ID: idOf(body)}, nil, errSchema
	}
	record, err = parseBase64(message.Payload)
	return message, record, err
}

func idOf(body []byte) string {
	var named struct {
		ID string `json:"id"`
	}
	if parseStrict(body) != nil || json.Unmarshal(body, &named) != nil || !tokenForm.MatchString(named.ID) {
		return ""
	}
	return named.ID
}

// parseBase64 takes the one b64 encoding of its bytes (conventions.base64-canonical).
func parseBase64(text string) ([]byte, error) {
	decoded, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || base64.StdEncoding.EncodeToString(decoded) != text {
		return nil, errSchema
	}
	return decoded, nil
}

func len16(to []byte, text string) []byte {
	return append(binary.BigEndian.AppendUint16(to, uint16(len(text))), text...)
}

func textOf(member *string) string {
	if member == nil {
		return ""
	}
	return *member
}

func byteOf(truth bool) byte {
	if truth {
		return 1
	}
	return 0
}

func (s *stream) appendAAD(to []byte) []byte {
	if s == nil {
		return append(to, 0)
	}
	if s.Seq != nil {
		to = len16(append(to, 1), s.ID)
		return append(binary.BigEndian.AppendUint32(to, *s.Seq), byteOf(*s.End))
	}
	var credit uint32
	if s.Credit != nil {
		credit = *s.Credit
	}
	to = len16(append(to, 2), s.ID)
	return append(binary.BigEndian.AppendUint32(to, credit), byteOf(s.Cancel != nil))
}

// callerAAD of a request (message.request-aad).
func (m *request) callerAAD() []byte {
	aad := []byte("sage/request|v1")
	for _, part := range []string{m.ID, m.ContextID, m.TaskID, m.DID, m.Kid, textOf(m.Encoding)} {
		aad = len16(aad, part)
	}
	aad = binary.BigEndian.AppendUint16(m.Stream.appendAAD(aad), uint16(len(m.Metadata)))
	names := make([]string, 0, len(m.Metadata))
	for name := range m.Metadata {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		aad = len16(len16(aad, name), m.Metadata[name])
	}
	return aad
}

// callerAAD of a response to the request with this record (message.response-aad).
func (m *response) callerAAD(record []byte) []byte {
	aad := []byte("sage/response|v1")
	for _, part := range []string{m.MessageID, m.TaskID, m.Kid} {
		aad = len16(aad, part)
	}
	aad = len16(len16(append(aad, byteOf(m.Success)), m.Error), textOf(m.Encoding))
	hash := sha256.Sum256(record)
	return append(m.Stream.appendAAD(aad), hash[:]...)
}
