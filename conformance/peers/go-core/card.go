package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"
)

// The agent card of identity.md: the core has none, so all of this is ours, but for the key that signs.

// Of these the core keeps age and idle time; the number of records is kept by records.go. It has no other limit.
const (
	maxMessageBytes       = 8_388_608
	maxSessionAgeSeconds  = 3600
	maxSessionIdleSeconds = 600
	maxSessionRecords     = 1_000_000
)

type jwk struct {
	Kty string `json:"kty"`
	Crv string `json:"crv"`
	X   string `json:"x"`
}

type limits struct {
	MaxMessageBytes       int64 `json:"maxMessageBytes"`
	MaxBatch              int64 `json:"maxBatch"`
	MaxSessionAgeSeconds  int64 `json:"maxSessionAgeSeconds"`
	MaxSessionIdleSeconds int64 `json:"maxSessionIdleSeconds"`
	MaxSessionRecords     int64 `json:"maxSessionRecords"`
	MaxSessionsPerDid     int64 `json:"maxSessionsPerDid"`
	ProvisionalSeconds    int64 `json:"provisionalSeconds"`
	MaxStreams            int64 `json:"maxStreams"`
	StreamWindow          int64 `json:"streamWindow"`
}

type card struct {
	Sage string  `json:"sage"`
	DID  string  `json:"did"`
	Name *string `json:"name,omitempty"`
	Keys struct {
		Signing jwk `json:"signing"`
		Kem     jwk `json:"kem"`
	} `json:"keys"`
	Endpoints struct {
		HTTP    string  `json:"http"`
		WS      *string `json:"ws,omitempty"`
		Health  *string `json:"health,omitempty"`
		Metrics *string `json:"metrics,omitempty"`
	} `json:"endpoints"`
	Capabilities []string `json:"capabilities"`
	Limits       limits   `json:"limits"`
	IssuedAt     string   `json:"issuedAt"`
	ExpiresAt    string   `json:"expiresAt"`
	Signature    string   `json:"signature"`
}

func (r *responder) serveCard(w http.ResponseWriter, _ *http.Request) {
	own, err := r.card(time.Now())
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(own)
}

func (r *responder) card(now time.Time) ([]byte, error) {
	name := "SAGE Go core v1.5.2"
	own := card{
		Sage: "1.0", DID: r.identity.did, Name: &name, Capabilities: []string{"echo"},
		Limits: limits{
			maxMessageBytes, 64, maxSessionAgeSeconds, maxSessionIdleSeconds, maxSessionRecords, 1000, 60, 64, 32,
		},
		IssuedAt:  now.UTC().Format(time.RFC3339),
		ExpiresAt: now.UTC().Add(24 * time.Hour).Format(time.RFC3339),
	}
	signing := r.identity.signing.PublicKey().(ed25519.PublicKey)
	own.Keys.Signing = jwk{"OKP", "Ed25519", base64.RawURLEncoding.EncodeToString(signing)}
	own.Keys.Kem = jwk{"OKP", "X25519", base64.RawURLEncoding.EncodeToString(r.identity.kemPublic())}
	own.Endpoints.HTTP = r.origin
	if r.webSocket {
		endpoint := "ws" + r.origin[len("http"):] + "/ws"
		own.Endpoints.WS = &endpoint
		own.Capabilities = append(own.Capabilities, "ws")
	}
	unsigned, err := json.Marshal(own)
	if err != nil {
		return nil, err
	}
	text, err := cardText(unsigned)
	if err != nil {
		return nil, err
	}
	signature, err := r.identity.signing.Sign(text)
	if err != nil {
		return nil, err
	}
	own.Signature = base64.RawURLEncoding.EncodeToString(signature)
	return json.Marshal(own)
}

// cardText is what a card's signature is over: the label and the card in JCS, without its signature. For the names and
// numbers of a card encoding/json sorts and writes as JCS does, but for what it escapes.
func cardText(encoded []byte) ([]byte, error) {
	var members map[string]any
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.UseNumber()
	if err := decoder.Decode(&members); err != nil {
		return nil, err
	}
	delete(members, "signature")
	text := bytes.NewBufferString("sage/card|v1\n")
	encoder := json.NewEncoder(text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(members); err != nil {
		return nil, err
	}
	canonical := bytes.TrimSuffix(text.Bytes(), []byte("\n"))
	return escape.ReplaceAllFunc(canonical, func(escaped []byte) []byte {
		switch string(escaped) {
		case `\u2028`:
			return []byte("\u2028")
		case `\u2029`:
			return []byte("\u2029")
		}
		return escaped
	}), nil
}
