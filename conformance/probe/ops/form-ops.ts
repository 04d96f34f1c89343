import { parseBase64, parseBase64url } from '../bytes/base64.js'
import { parseDid, parseTask, parseToken } from '../bytes/forms.js'
import { encodeHex } from '../bytes/hex.js'
import { parseJson, parseJsonObject } from '../bytes/json.js'
import { parseTime } from '../bytes/time.js'
import { requireSize } from '../crypto/raw-key.js'
import { canonicalCard, signCard, verifyCard } from '../identity/card.js'
import { encodeDidKey, parseDidKey } from '../identity/did-key.js'
import { canonicalize } from '../identity/jcs.js'
import { createResolver, type Resolve } from '../identity/resolver.js'
import { hex, object, optional, text, time, type Input } from './input.js'
import type { Operation } from './output.js'

/** The resolver that a question's `keys` stand for. */
export const resolverOf = (input: Input): Resolve => {
  const keys = object(input, 'keys')
  return createResolver(new Map(Object.keys(keys).map(did => [did, hex(keys, did)])))
}

/** The operations of vectors on texts: encodings, names, times, JSON, identities and cards. */
export const formOps = {
  'base64.decode': input => ({ bytes: parseBase64(text(input, 'text')) }),
  'base64url.decode': input => ({ bytes: parseBase64url(text(input, 'text')) }),

  'token.parse': input => {
    parseToken(text(input, 'text'))
    return {}
  },

  'task.parse': input => {
    parseTask(text(input, 'text'))
    return {}
  },

  'did.parse': input => ({ ...parseDid(text(input, 'text')) }),
  'did-key.decode': input => ({ publicKey: parseDidKey(text(input, 'did')) }),

  'did-key.encode': input => {
    const publicKey = hex(input, 'publicKey')
    requireSize(publicKey, 32, 'identity.did-key-form')
    return { did: encodeDidKey(publicKey) }
  },

  'time.parse': input => ({ unixNanoseconds: parseTime(text(input, 'text')) }),

  'json.parse': input => {
    parseJsonObject(hex(input, 'bytes'))
    return {}
  },

  jcs: input => ({ canonical: canonicalize(parseJson(text(input, 'json'), 'doubles')) }),

  'card.sign': input => {
    const card = object(input, 'card')
    const { signature } = signCard(card, hex(input, 'privateKey'))
    return { canonical: canonicalCard(card), signature: encodeHex(parseBase64url(signature)) }
  },

  'card.verify': input => ({
    did: verifyCard(text(input, 'card'), {
      now: time(input, 'now'),
      resolve: resolverOf(input),
      expectedDid: optional(input, 'expectedDid', text),
      latestIssuedAt: optional(input, 'latestIssuedAt', time),
    }).did,
  }),
} satisfies Record<string, Operation<Input>>
