package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"filippo.io/edwards25519"
)

// What a reader of a card checks (identity.md). The core reads no cards: all of this is ours.

const (
	maxSkew         = 120 * time.Second
	maxCardLifetime = 30 * 24 * time.Hour
)

var (
	timeForm       = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z$`)
	unshownForm    = regexp.MustCompile("[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
	capabilityForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
	urlForm        = regexp.MustCompile(
		`^(https?|wss?)://([A-Za-z0-9._~%!$&'()*+,;=-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~%!$&'()*+,;=:@/-]*)?$`)
	httpForm = regexp.MustCompile(`^https?:`)
	wsForm   = regexp.MustCompile(`^wss?:`)
	errCard  = errors.New("card refused")
)

// parseBase64url takes the one b64u encoding of `size` bytes.
func parseBase64url(text string, size int) ([]byte, error) {
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(decoded) != size || base64.RawURLEncoding.EncodeToString(decoded) != text {
		return nil, errSchema
	}
	return decoded, nil
}

func parseTime(text string) (time.Time, error) {
	if !timeForm.MatchString(text) {
		return time.Time{}, errSchema
	}
	return time.Parse(time.RFC3339Nano, text)
}

// isAcceptable refuses keys that are not canonical or of small order (identity.key-canonical, identity.key-small-order).
func isAcceptable(key ed25519.PublicKey) bool {
	point, err := new(edwards25519.Point).SetBytes(key)
	if err != nil || !bytes.Equal(point.Bytes(), key) {
		return false
	}
	return new(edwards25519.Point).MultByCofactor(point).Equal(edwards25519.NewIdentityPoint()) == 0
}

// parseCard verifies a card, and that it is of the expected DID, where there is one.
func parseCard(body []byte, expected string, now time.Time) (*card, error) {
	var read card
	if err := parseClosed(body, &read); err != nil {
		return nil, err
	}
	if !isShaped(&read) || expected != "" && read.DID != expected {
		return nil, errCard
	}
	key, err := parseDidKey(read.DID)
	if err != nil || !isAcceptable(key) {
		return nil, errCard
	}
	signing, _ := parseBase64url(read.Keys.Signing.X, ed25519.PublicKeySize)
	signature, _ := parseBase64url(read.Signature, ed25519.SignatureSize)
	text, err := cardText(body)
	if err != nil || !bytes.Equal(signing, key) || !ed25519.Verify(key, text, signature) {
		return nil, errCard
	}
	issued, _ := parseTime(read.IssuedAt)
	expires, _ := parseTime(read.ExpiresAt)
	lifetime := expires.Sub(issued)
	if !now.Before(expires) || issued.Sub(now) > maxSkew || lifetime <= 0 || lifetime > maxCardLifetime {
		return nil, errCard
	}
	return &read, nil
}

// isShaped holds the members of a card against agent-card.schema.json.
func isShaped(read *card) bool {
	_, noSigning := parseBase64url(read.Keys.Signing.X, 32)
	_, noKem := parseBase64url(read.Keys.Kem.X, 32)
	_, noSignature := parseBase64url(read.Signature, 64)
	_, noIssue := parseTime(read.IssuedAt)
	_, noExpiry := parseTime(read.ExpiresAt)
	if errors.Join(noSigning, noKem, noSignature, noIssue, noExpiry) != nil {
		return false
	}
	signing, kem := read.Keys.Signing, read.Keys.Kem
	isNamed := read.Name == nil || *read.Name != "" && utf8.RuneCountInString(*read.Name) <= 128 &&
		!unshownForm.MatchString(*read.Name)
	return read.Sage == "1.0" && isDid(read.DID) && isNamed &&
		signing.Kty == "OKP" && signing.Crv == "Ed25519" && kem.Kty == "OKP" && kem.Crv == "X25519" &&
		areCapabilities(read.Capabilities) && areEndpoints(read) && areLimits(read.Limits)
}

func areCapabilities(names []string) bool {
	for index, name := range names {
		if !capabilityForm.MatchString(name) || index > 0 && names[index-1] >= name {
			return false
		}
	}
	return len(names) <= 64
}

func areEndpoints(read *card) bool {
	is := func(form *regexp.Regexp, url string) bool {
		return len(url) <= 2048 && form.MatchString(url) && urlForm.MatchString(url)
	}
	agrees := func(name string, form *regexp.Regexp, url *string) bool {
		isDeclared := slices.Contains(read.Capabilities, name)
		return isDeclared == (url != nil) && (url == nil || is(form, *url))
	}
	endpoints := read.Endpoints
	return is(httpForm, endpoints.HTTP) && agrees("ws", wsForm, endpoints.WS) &&
		agrees("health", httpForm, endpoints.Health) && agrees("metrics", httpForm, endpoints.Metrics)
}

func areLimits(read limits) bool {
	for _, limit := range []struct{ value, min, max int64 }{
		{read.MaxMessageBytes, 65536, 1 << 30},
		{read.MaxBatch, 1, 1024},
		{read.MaxSessionAgeSeconds, 1, 86400},
		{read.MaxSessionIdleSeconds, 1, 86400},
		{read.MaxSessionRecords, 16, 1 << 32},
		{read.MaxSessionsPerDid, 1, 1_000_000},
		{read.ProvisionalSeconds, 1, 300},
		{read.MaxStreams, 1, 1024},
		{read.StreamWindow, 1, 1024},
	} {
		if limit.value < limit.min || limit.value > limit.max {
			return false
		}
	}
	return true
}
