package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"regexp"
	"sync"
	"time"

	"github.com/sage-x-project/sage/pkg/agent/hpke"
	"github.com/sage-x-project/sage/pkg/agent/session"
	"github.com/sage-x-project/sage/pkg/agent/transport"
	corehttp "github.com/sage-x-project/sage/pkg/agent/transport/http"
	"github.com/sage-x-project/sage/pkg/agent/transport/websocket"
)

// responder serves the core. Every POST goes through the core's HTTP server, handshakes through its HPKE server, and the
// sessions are in its manager. What is framing, and the core has none, is in answer-request.go.
type responder struct {
	identity   *identity
	origin     string
	translate  bool
	webSocket  bool
	sessions   *session.Manager
	handshakes *hpke.Server

	mu       sync.Mutex
	channels map[string]*liveChannel
}

// liveChannel keeps the core's session from being closed while it seals or opens: the core's Close and Reset take no lock.
type liveChannel struct {
	*channel
	use sync.RWMutex
}

func newResponder(origin string, translate, webSocket bool) (*responder, error) {
	own, err := newIdentity()
	if err != nil {
		return nil, err
	}
	sessions := session.NewManager()
	// The core's own defaults, but for the number of messages: it counts both directions together, and ends after 1000.
	sessions.SetDefaultConfig(session.Config{
		MaxAge:      maxSessionAgeSeconds * time.Second,
		IdleTimeout: maxSessionIdleSeconds * time.Second,
		MaxMessages: 2 * maxSessionRecords,
	})
	handshakes := hpke.NewServer(own.signing, sessions, own.did, resolver{}, &hpke.ServerOpts{KEM: own.kem})
	return &responder{
		identity: own, origin: origin, translate: translate, webSocket: webSocket,
		sessions: sessions, handshakes: handshakes, channels: map[string]*liveChannel{},
	}, nil
}

func (r *responder) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/sage.json", r.serveCard)
	mux.Handle("/messages", r.serveMessages(corehttp.NewHTTPServer(r.handle)))
	if r.webSocket {
		mux.Handle("/ws", websocket.NewWSServer(r.shakeHands).Handler())
	}
	return loopbackOnly(mux)
}

var loopbackHost = regexp.MustCompile(`(?i)^(localhost|\[::1\]|127(\.[0-9]{1,3}){3})(:[0-9]{1,5})?$`)

// loopbackOnly keeps http.loopback-host: where one listens is the program's affair, and not the core's.
func loopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if !loopbackHost.MatchString(r.Host) || host[0] == '1' && net.ParseIP(host) == nil {
			http.Error(w, "not served under this name", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// passage is one POST on its way through the core's HTTP server, which hands on neither `kid`, `encoding` nor `stream` of
// a message, and can send no `kid`: the body is kept on the way in, and the answer of a session given beside it.
type passage struct {
	body   bytes.Buffer
	answer *framed
}

// framed is an answer of ours.
type framed struct {
	status int
	body   response
}

type passageKey struct{}

// serveMessages sends what the core's server answers, byte for byte, unless the message is of a session.
func (r *responder) serveMessages(core http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, incoming *http.Request) {
		passing := &passage{}
		kept := incoming.WithContext(context.WithValue(incoming.Context(), passageKey{}, passing))
		kept.Body = io.NopCloser(io.TeeReader(incoming.Body, &passing.body))
		held := &heldAnswer{ResponseWriter: w, status: http.StatusOK}
		core.ServeHTTP(held, kept)
		switch {
		case passing.answer != nil:
			passing.answer.write(w)
		case r.translate:
			translated(held).write(w)
		default:
			held.release()
		}
	})
}

// heldAnswer holds back what the core's server answers until it is known whether that is the answer.
type heldAnswer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (h *heldAnswer) WriteHeader(status int)         { h.status = status }
func (h *heldAnswer) Write(part []byte) (int, error) { return h.body.Write(part) }

func (h *heldAnswer) release() {
	h.ResponseWriter.WriteHeader(h.status)
	_, _ = h.ResponseWriter.Write(h.body.Bytes())
}

func (f *framed) write(w http.ResponseWriter) {
	encoded, err := json.Marshal(f.body)
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if f.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "SAGE")
	}
	w.WriteHeader(f.status)
	_, _ = w.Write(encoded)
}

// handle is what the core's HTTP server calls with a message that it has read.
func (r *responder) handle(ctx context.Context, message *transport.SecureMessage) (*transport.Response, error) {
	passing := ctx.Value(passageKey{}).(*passage)
	var member map[string]json.RawMessage
	if err := json.Unmarshal(passing.body.Bytes(), &member); err != nil {
		return nil, err
	}
	if _, isOfSession := member["kid"]; isOfSession {
		passing.answer = r.answerRequest(message, passing.body.Bytes())
		return &transport.Response{}, nil
	}
	return r.shakeHands(ctx, message)
}

// shakeHands is the core's handshake, and notes whose session came of it.
func (r *responder) shakeHands(ctx context.Context, message *transport.SecureMessage) (*transport.Response, error) {
	answer, err := r.handshakes.HandleMessage(ctx, message)
	if err != nil {
		return nil, err
	}
	var data struct{ Kid string }
	if err := json.Unmarshal(answer.Data, &data); err != nil {
		return nil, err
	}
	made, err := newChannel(r.sessions, data.Kid, message.ContextID, message.DID, maxSessionRecords)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.channels[data.Kid] = &liveChannel{channel: made}
	return answer, nil
}

// find gives the session of a kid, if it is alive by the core's count of age, idle time and messages.
func (r *responder) find(kid string) *liveChannel {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, isAlive := r.sessions.GetByKeyID(kid); !isAlive {
		delete(r.channels, kid)
		return nil
	}
	return r.channels[kid]
}
