package main

import (
	"context"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	gorilla "github.com/gorilla/websocket"
	"github.com/sage-x-project/sage/pkg/agent/crypto/keys"
	"github.com/sage-x-project/sage/pkg/agent/hpke"
	"github.com/sage-x-project/sage/pkg/agent/session"
	"github.com/sage-x-project/sage/pkg/agent/transport"
	"github.com/sage-x-project/sage/pkg/agent/transport/websocket"
)

// Facts about the core that the README states: each test fails when its fact is no longer one.

func must[Value any](value Value, err error) Value {
	if err != nil {
		panic(err)
	}
	return value
}

func TestTheReplayGuardLetsTwoCopiesAtOnceThrough(t *testing.T) {
	if runtime.GOMAXPROCS(0) < 2 {
		t.Skip("nothing is at once on one processor")
	}
	cache := session.NewNonceCache(time.Minute)
	defer cache.Close()
	deadline := time.Now().Add(10 * time.Second)
	for round := 0; time.Now().Before(deadline); round++ {
		var accepted atomic.Int32
		var start, done sync.WaitGroup
		start.Add(1)
		for range 8 {
			done.Add(1)
			go func() {
				defer done.Done()
				start.Wait()
				if !cache.Seen("kid", strconv.Itoa(round)) {
					accepted.Add(1)
				}
			}()
		}
		start.Done()
		done.Wait()
		if accepted.Load() > 1 {
			t.Logf("%d of eight copies were new in round %d", accepted.Load(), round)
			return
		}
	}
	t.Error("one copy in eight was new in every round")
}

// liar is a responder that holds both keys of its DID.
type liar struct {
	own *identity
	// Signed, and bound by the tag, in the place of the context that was asked for.
	context string
	// Put into the data after it has been signed.
	late map[string]string
}

func (l liar) Send(_ context.Context, message *transport.SecureMessage) (*transport.Response, error) {
	asked := must(hpke.ParseHPKEInitPayloadWithEphCFromJSON(message.Payload))
	said := message.ContextID
	if l.context != "" {
		said = l.context
	}
	exporter := must(keys.HPKEOpenSharedSecretWithPriv(l.own.kem.PrivateKey(), asked.Enc, asked.Info, asked.ExportCtx, 32))
	ephemeral := must(ecdh.X25519().GenerateKey(rand.Reader))
	secret := must(ephemeral.ECDH(must(ecdh.X25519().NewPublicKey(asked.EphC))))
	seed := must(hkdf.Key(sha256.New, append(exporter, secret...), asked.ExportCtx, "SAGE-HPKE+E2E-Combiner", 32))
	ephS, kid := ephemeral.PublicKey().Bytes(), "kid-"+uuid.NewString()
	tag := hpke.MakeAckTag(seed, said, asked.Nonce, kid, asked.Info, asked.ExportCtx, asked.Enc, asked.EphC, ephS,
		[]byte(asked.InitDID), []byte(asked.RespDID))
	b64u := base64.RawURLEncoding.EncodeToString
	infoHash, exportHash := sha256.Sum256(asked.Info), sha256.Sum256(asked.ExportCtx)
	names := strings.Fields("v task ctx kid ephS ackTagB64 ts did infoHash exportCtxHash enc ephC")
	values := []string{
		"v1", message.TaskID, said, kid, b64u(ephS), b64u(tag), time.Now().UTC().Format(time.RFC3339Nano), l.own.did,
		b64u(infoHash[:]), b64u(exportHash[:]), b64u(asked.Enc), b64u(asked.EphC),
	}
	data := map[string]string{}
	signed := make([]string, len(names))
	for index, name := range names {
		data[name] = values[index]
		signed[index] = `"` + name + `":"` + values[index] + `"`
	}
	data["sigB64"] = b64u(must(l.own.signing.Sign([]byte("{" + strings.Join(signed, ",") + "}"))))
	for name, value := range l.late {
		data[name] = value
		if value == "" {
			delete(data, name)
		}
	}
	return &transport.Response{Success: true, MessageID: message.ID, TaskID: message.TaskID, Data: must(json.Marshal(data))}, nil
}

func TestWhatTheCoresClientAcceptsOfAResponse(t *testing.T) {
	own, responder := must(newIdentity()), must(newIdentity())
	known := resolver{kemKeys: map[string][]byte{responder.did: responder.kemPublic()}}
	for name, fact := range map[string]struct {
		liar       liar
		isAccepted bool
	}{
		"an honest one":                            {liar{}, true},
		"another context, consistently":            {liar{context: "ctx-other"}, true},
		"another DID, on the path":                 {liar{late: map[string]string{"did": own.did}}, true},
		"without enc and ephC":                     {liar{late: map[string]string{"enc": "", "ephC": ""}}, true},
		"another time than was signed":             {liar{late: map[string]string{"ts": "2020-01-01T00:00:00Z"}}, false},
		"a hash of something else, on the path":    {liar{late: map[string]string{"infoHash": strings.Repeat("A", 43)}}, false},
		"another context than was signed, on path": {liar{late: map[string]string{"ctx": "ctx-other"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			fact.liar.own = responder
			client := hpke.NewClient(fact.liar, known, own.signing, own.did, nil, session.NewManager())
			_, err := client.Initialize(context.Background(), "ctx-"+uuid.NewString(), own.did, responder.did)
			if (err == nil) != fact.isAccepted {
				t.Errorf("accepted: %v (%v)", err == nil, err)
			}
		})
	}
}

// captured keeps the message that a client sends, and answers with an error.
type captured struct{ message *transport.SecureMessage }

func (c *captured) Send(_ context.Context, message *transport.SecureMessage) (*transport.Response, error) {
	c.message = message
	return &transport.Response{}, nil
}

// handshakeOf makes a signed handshake of an initiator with a chosen context and nonce.
func handshakeOf(own *identity, to *responder, id, nonce string) *transport.SecureMessage {
	known := resolver{kemKeys: map[string][]byte{to.identity.did: to.identity.kemPublic()}}
	kept := &captured{}
	client := hpke.NewClient(kept, known, own.signing, own.did, nil, session.NewManager())
	_, _ = client.Initialize(context.Background(), id, own.did, to.identity.did)
	var payload map[string]string
	if err := json.Unmarshal(kept.message.Payload, &payload); err != nil {
		panic(err)
	}
	payload["nonce"] = nonce
	kept.message.Payload = must(json.Marshal(payload))
	kept.message.Signature = must(own.signing.Sign(kept.message.Payload))
	return kept.message
}

func TestOneInitiatorUsesUpTheNonceOfAnotherInTheSameContext(t *testing.T) {
	to := must(newResponder("http://127.0.0.1:1", false, false))
	id, nonce := "ctx-"+uuid.NewString(), uuid.NewString()
	if _, err := to.shakeHands(context.Background(), handshakeOf(must(newIdentity()), to, id, nonce)); err != nil {
		t.Fatal(err)
	}
	_, err := to.shakeHands(context.Background(), handshakeOf(must(newIdentity()), to, id, nonce))
	if err == nil || !strings.Contains(err.Error(), "replay") {
		t.Errorf("the other initiator was answered with %v", err)
	}
}

func TestTheWebSocketServer(t *testing.T) {
	to := must(newResponder("http://127.0.0.1:1", false, true))
	server := httptest.NewServer(websocket.NewWSServer(to.shakeHands).Handler())
	defer server.Close()
	dial := func(header http.Header) (*gorilla.Conn, *http.Response, error) {
		return gorilla.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), header)
	}
	handshake := func() []byte {
		made := handshakeOf(must(newIdentity()), to, "ctx-"+uuid.NewString(), uuid.NewString())
		return must(json.Marshal(map[string]any{
			"id": made.ID, "context_id": made.ContextID, "task_id": made.TaskID, "did": made.DID,
			"payload": made.Payload, "signature": made.Signature,
		}))
	}

	t.Run("takes the page of any origin, and selects no subprotocol", func(t *testing.T) {
		header := http.Header{"Origin": {"https://elsewhere.example"}, "Sec-Websocket-Protocol": {"sage.v1"}}
		conn, answer, err := dial(header)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if selected := answer.Header.Get("Sec-Websocket-Protocol"); selected != "" {
			t.Errorf("selected %q", selected)
		}
	})
	t.Run("takes a handshake in a binary message", func(t *testing.T) {
		conn, _, err := dial(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		var answer struct{ Success bool }
		if conn.WriteMessage(gorilla.BinaryMessage, handshake()) != nil || conn.ReadJSON(&answer) != nil || !answer.Success {
			t.Error("refused")
		}
	})
	t.Run("takes more than the limit in one message", func(t *testing.T) {
		conn, _, err := dial(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		var answer struct{ Success bool }
		padded := append(handshake(), []byte(strings.Repeat(" ", maxMessageBytes))...)
		if conn.WriteMessage(gorilla.TextMessage, padded) != nil || conn.ReadJSON(&answer) != nil || !answer.Success {
			t.Error("refused")
		}
	})
	t.Run("ends the connection on what is no JSON without a close frame", func(t *testing.T) {
		conn, _, err := dial(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.WriteMessage(gorilla.TextMessage, []byte("{"))
		if _, _, err := conn.ReadMessage(); !gorilla.IsCloseError(err, gorilla.CloseAbnormalClosure) {
			t.Error(err)
		}
	})
	t.Run("drops the kid of a session message", func(t *testing.T) {
		conn, _, err := dial(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		message := `{"id":"a","context_id":"c","task_id":"sage/ping@v1","did":"did:key:z","kid":"k","payload":"AAAA"}`
		_ = conn.WriteMessage(gorilla.TextMessage, []byte(message))
		_, answer, err := conn.ReadMessage()
		if err != nil || !strings.Contains(string(answer), "unsupported task") {
			t.Errorf("%s %v", answer, err)
		}
	})
}
