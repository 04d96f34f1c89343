package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/sage-x-project/sage/pkg/agent/hpke"
	"github.com/sage-x-project/sage/pkg/agent/session"
	corehttp "github.com/sage-x-project/sage/pkg/agent/transport/http"
)

// errand is what an initiator is told to do.
type errand struct {
	url, did, task, payload string
	// X25519 key of a responder without a card, b64u.
	kemKey string
	// How often the payload is sent, all at once.
	times int
}

// runClient does what the environment says (conformance/client/README.md).
func runClient(ctx context.Context) error {
	told := errand{
		url: os.Getenv("SAGE_URL"), did: os.Getenv("SAGE_EXPECTED_DID"), task: os.Getenv("SAGE_TASK"),
		payload: os.Getenv("SAGE_PAYLOAD"), kemKey: os.Getenv("SAGE_KEM_KEY"), times: 1,
	}
	if times, err := strconv.Atoi(os.Getenv("SAGE_REQUESTS")); err == nil {
		told.times = times
	}
	return ask(ctx, told)
}

// initiator is a session with a responder: the core's handshake, and our frames around its records.
type initiator struct {
	*channel
	sessions *session.Manager
	endpoint string
	posts    *http.Client
	own      *identity
	bytes    int64
}

// patience is how long everything together may take.
const patience = 5 * time.Second

func ask(ctx context.Context, told errand) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	made, err := shakeHands(ctx, told)
	if err != nil {
		return err
	}
	type result struct {
		plaintext []byte
		err       error
	}
	results := make(chan result, told.times)
	for range told.times {
		go func() {
			plaintext, err := made.send(ctx, told.task, []byte(told.payload))
			results <- result{plaintext, err}
		}()
	}
	answers := make([][]byte, 0, told.times)
	for range told.times {
		each := <-results
		if each.err != nil {
			return each.err
		}
		answers = append(answers, each.plaintext)
	}
	_, err = os.Stdout.Write(append(bytes.Join(answers, []byte("\n")), '\n'))
	return err
}

// shakeHands finds the responder's keys, and lets the core's client shake hands over the core's HTTP transport.
func shakeHands(ctx context.Context, told errand) (*initiator, error) {
	own, err := newIdentity()
	if err != nil {
		return nil, err
	}
	// Ours for the card and for session messages. The core's transport has a client of its own for the handshake.
	posts := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	found, err := findResponder(ctx, posts, told)
	if err != nil {
		return nil, err
	}
	kem, err := parseBase64url(found.Keys.Kem.X, 32)
	if err != nil {
		return nil, err
	}
	endpoint := strings.TrimSuffix(found.Endpoints.HTTP, "/")
	sessions := session.NewManager()
	known := resolver{kemKeys: map[string][]byte{found.DID: kem}}
	client := hpke.NewClient(corehttp.NewHTTPTransport(endpoint), known, own.signing, own.did, nil, sessions)
	id := "ctx-" + uuid.NewString()
	kid, err := client.Initialize(ctx, id, own.did, found.DID)
	if err != nil {
		return nil, err
	}
	made, err := newChannel(sessions, kid, id, own.did, uint64(found.Limits.MaxSessionRecords))
	if err != nil {
		return nil, err
	}
	return &initiator{made, sessions, endpoint, posts, own, found.Limits.MaxMessageBytes}, nil
}

// findResponder reads the card, or makes do with the KEM key that it was told.
func findResponder(ctx context.Context, client *http.Client, told errand) (*card, error) {
	if told.kemKey != "" {
		found := &card{DID: told.did, Limits: limits{MaxMessageBytes: maxMessageBytes, MaxSessionRecords: maxSessionRecords}}
		found.Keys.Kem.X, found.Endpoints.HTTP = told.kemKey, told.url
		return found, nil
	}
	if told.did == "" {
		fmt.Fprintln(os.Stderr, "go-core: no DID was named: who answers rests on the URL alone")
	}
	asked, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(told.url, "/")+"/.well-known/sage.json", nil)
	if err != nil {
		return nil, err
	}
	body, err := exchange(client, asked, maxMessageBytes)
	if err != nil {
		return nil, err
	}
	return parseCard(body, told.did, time.Now())
}

// exchange gives the body of an answer with status 200.
func exchange(client *http.Client, asked *http.Request, most int64) ([]byte, error) {
	answer, err := client.Do(asked)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, most+1))
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK || int64(len(body)) > most {
		return nil, fmt.Errorf("HTTP %d with %d bytes", answer.StatusCode, len(body))
	}
	return body, nil
}

// send asks for a task once, whatever comes of it (message.no-resend).
func (i *initiator) send(ctx context.Context, task string, plaintext []byte) ([]byte, error) {
	message := request{ID: uuid.NewString(), ContextID: i.context, TaskID: task, DID: i.own.did, Kid: i.kid}
	record, err := i.seal(plaintext, message.callerAAD())
	if err != nil {
		return nil, err
	}
	message.Payload = base64.StdEncoding.EncodeToString(record)
	body, err := json.Marshal(message)
	if err != nil {
		return nil, err
	}
	asked, err := http.NewRequestWithContext(ctx, http.MethodPost, i.endpoint+"/messages", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	// net/http would send a POST again on a connection that was lost, if it could read the body once more.
	asked.GetBody = nil
	asked.Header.Set("Content-Type", "application/json")
	answer, err := exchange(i.posts, asked, i.bytes)
	if err != nil {
		return nil, err
	}
	return i.read(answer, &message, record)
}

// authenticatedErrors are those that errors.md allows in a session response.
var authenticatedErrors = []string{
	"malformed", "task_unsupported", "payload_too_large", "internal",
	"encoding_unsupported", "stream_violation", "cancelled", "application_failed",
}

// read honours a response that belongs to its request and opens (message.response-honoured).
func (i *initiator) read(body []byte, asked *request, sent []byte) ([]byte, error) {
	var answer response
	if err := parseClosed(body, &answer); err != nil {
		return nil, err
	}
	isError := slices.Contains(authenticatedErrors, answer.Error)
	if answer.MessageID != asked.ID || answer.TaskID != asked.TaskID || answer.Kid != i.kid || answer.Detail != "" ||
		answer.Encoding != nil || answer.Stream != nil || answer.Success == isError || answer.Success && answer.Error != "" {
		return nil, errSchema
	}
	record, err := parseBase64(answer.Data)
	if err != nil {
		return nil, err
	}
	plaintext, seq, err := i.open(record, answer.callerAAD(sent))
	if err != nil {
		return nil, err
	}
	if i.sessions.ReplayGuardSeenOnce(i.kid, strconv.FormatUint(binary.BigEndian.Uint64(seq), 10)) {
		return nil, errRecord
	}
	if !answer.Success {
		return nil, errors.New(answer.Error)
	}
	return plaintext, nil
}
