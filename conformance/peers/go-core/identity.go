package main

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"errors"
	"strings"

	"github.com/mr-tron/base58"
	sagecrypto "github.com/sage-x-project/sage/pkg/agent/crypto"
	"github.com/sage-x-project/sage/pkg/agent/crypto/keys"
	"github.com/sage-x-project/sage/pkg/agent/did"
)

// identity is an agent's DID and the core's key pairs behind it.
type identity struct {
	did     string
	signing sagecrypto.KeyPair
	kem     sagecrypto.KeyPair
}

func newIdentity() (*identity, error) {
	signing, err := keys.GenerateEd25519KeyPair()
	if err != nil {
		return nil, err
	}
	kem, err := keys.GenerateX25519KeyPair()
	if err != nil {
		return nil, err
	}
	return &identity{encodeDidKey(signing.PublicKey().(ed25519.PublicKey)), signing, kem}, nil
}

func (own *identity) kemPublic() []byte { return own.kem.PublicKey().(*ecdh.PublicKey).Bytes() }

var ed25519Codec = []byte{0xed, 0x01}

func encodeDidKey(key ed25519.PublicKey) string {
	return "did:key:z" + base58.Encode(append(bytes.Clone(ed25519Codec), key...))
}

// parseDidKey gives the 32 bytes that a did:key of Ed25519 names (identity.did-key-form). Whether they are a key that one
// should accept is left to the core, which gets the keys of its registry in the same way: as 32 bytes.
func parseDidKey(text string) (ed25519.PublicKey, error) {
	encoded, isBase58 := strings.CutPrefix(text, "did:key:z")
	decoded, err := base58.Decode(encoded)
	if !isBase58 || err != nil || len(decoded) != 34 || !bytes.HasPrefix(decoded, ed25519Codec) {
		return nil, errors.New("not a did:key of Ed25519")
	}
	if key := ed25519.PublicKey(decoded[2:]); encodeDidKey(key) == text {
		return key, nil
	}
	return nil, errors.New("not the one encoding of this did:key")
}

// resolver is the core's did.Resolver for did:key, which the core itself cannot resolve. Of the methods the core's
// handshake calls the first two.
type resolver struct {
	// X25519 keys of responders, out of cards that were verified.
	kemKeys map[string][]byte
}

var errNoRegistry = errors.New("did:key has no registry")

func (r resolver) ResolvePublicKey(_ context.Context, name did.AgentDID) (interface{}, error) {
	return parseDidKey(string(name))
}

func (r resolver) ResolveKEMKey(_ context.Context, name did.AgentDID) (interface{}, error) {
	if key, isKnown := r.kemKeys[string(name)]; isKnown {
		return key, nil
	}
	return nil, errors.New("no KEM key known")
}

func (r resolver) Resolve(context.Context, did.AgentDID) (*did.AgentMetadata, error) {
	return nil, errNoRegistry
}

func (r resolver) VerifyMetadata(
	context.Context, did.AgentDID, *did.AgentMetadata,
) (*did.VerificationResult, error) {
	return nil, errNoRegistry
}

func (r resolver) ListAgentsByOwner(context.Context, string) ([]*did.AgentMetadata, error) {
	return nil, errNoRegistry
}

func (r resolver) Search(context.Context, did.SearchCriteria) ([]*did.AgentMetadata, error) {
	return nil, errNoRegistry
}
