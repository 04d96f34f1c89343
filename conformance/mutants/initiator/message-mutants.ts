import { SageError } from '../../../reference/bytes/sage-error.js'
import { encodeUtf8 } from '../../../reference/bytes/utf8.js'
import type { Channel } from '../../../reference/transport/channel.js'
import {
  anyBase64Url,
  forgives,
  forgivesText,
  leavesOutWhatIsTooDeep,
  readsAnyBase64,
  readsJsonWith,
} from './lenient.js'
import { all, initiator, insert, mutant, omit, parts, type Fault, type Wrong } from './mutant.js'

const SECOND = 1_000_000_000n

/** The same random bytes again and again wherever `length` of them are drawn, after the first `fresh` times. */
const sameBytes = (length: number, fresh = 0): Wrong => ({
  asked: told => {
    let drawn = 0
    const entropy = (wanted: number): Uint8Array => {
      const isSame = wanted === length && drawn++ >= fresh
      return isSame ? new Uint8Array(wanted).fill(5) : Uint8Array.from(crypto.getRandomValues(new Uint8Array(wanted)))
    }
    return { ...told, options: { ...told.options, entropy } }
  },
})

const masked = (point: Uint8Array): Uint8Array => {
  const clear = Uint8Array.from(point)
  clear[31] = (clear[31] ?? 0) & 0x7f
  return clear
}

/** Follows a redirect of a POST wherever it leads. */
const followsRedirects: Fault = initiator(honest => ({
  open: async (transport, endpoint, options) => {
    const channel = await honest.open(transport, endpoint, options)
    if (transport.name !== 'http') return channel
    const exchange: Channel['exchange'] = async ({ body }) => {
      const headers = { 'content-type': 'application/json' }
      const text = Buffer.from(body).toString('utf8')
      const answer = await fetch(`${endpoint.href.replace(/\/$/, '')}/messages`, {
        method: 'POST',
        headers,
        body: text,
      })
      return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) }
    }
    return { ...channel, exchange }
  },
}))

/** Takes the card's limits for whatever it likes. */
const noLimits = forgives(value => {
  const limits = value['limits'] as Record<string, number> | undefined
  if (limits) limits['maxSessionRecords'] = 1_000_000
})

/** Takes the context id for what the response says it is, in the ack tag as in the signed text. */
const believesContext: Fault = parts(honest => {
  let said: string | undefined
  return {
    parseJson: bytes => {
      const value = honest.parseJson(bytes)
      if (typeof value['ctx'] === 'string') said = value['ctx']
      return value
    },
    ackTag: (key, about, steps) => honest.ackTag(key, { ...about, ctx: said ?? about.ctx }, steps),
  }
})

/** Verifies the signature over the DID that it expects, and never looks at the one that was sent. */
const signedDidIsItsOwn: Fault = parts(honest => {
  let expected: string | undefined
  return {
    info: (parties, steps) => {
      expected = parties.respDid
      return honest.info(parties, steps)
    },
    signedText: fields => honest.signedText({ ...fields, did: expected ?? fields.did }),
  }
})

/** Puts its own keys where the response does not repeat them. */
const echoesOptional: Fault = parts(honest => {
  const own: { enc?: Uint8Array; ephC?: Uint8Array } = {}
  return {
    exportAsSender: (input, steps) => {
      const made = honest.exportAsSender(input, steps)
      own.enc = made.enc
      return made
    },
    x25519PublicKey: privateKey => (own.ephC = honest.x25519PublicKey(privateKey)),
    parseJson: bytes => {
      const value = structuredClone(honest.parseJson(bytes)) as Record<string, unknown>
      if (value['ackTagB64'] === undefined) return value as ReturnType<typeof honest.parseJson>
      for (const name of ['enc', 'ephC'] as const) value[name] ??= Buffer.from(own[name] ?? []).toString('base64url')
      return value as ReturnType<typeof honest.parseJson>
    },
  }
})

/** Initiators that are wrong in what they send, or in how they read the answer to a handshake. */
export const messageMutants = [
  mutant(
    'initiator-other-info',
    ['handshake.strings/request'],
    parts(honest => ({ info: (parties, steps) => `${honest.info(parties, steps)} ` })),
  ),
  mutant(
    'initiator-request-unsigned',
    ['handshake.strings/request'],
    parts(() => ({ signEd25519: () => new Uint8Array(64) })),
  ),
  mutant('initiator-clock-slow', ['handshake.strings/request'], {
    asked: told => {
      const late = { now: () => (BigInt(Date.now()) - 600_000n) * 1_000_000n, monotonic: () => performance.now() }
      return { ...told, options: { ...told.options, clock: late } }
    },
    fault: honest => ({ ...honest, guards: { ...honest.guards, card: [] } }),
  }),
  mutant(
    'initiator-directions-exchanged',
    ['message.request-aad/request'],
    parts(honest => ({
      sliceKeys: block => {
        const keys = honest.sliceKeys(block)
        return { ...keys, c2sEnc: keys.s2cEnc, s2cEnc: keys.c2sEnc }
      },
    })),
  ),
  mutant(
    'initiator-kid-not-bound',
    ['message.request-aad/request'],
    parts(honest => ({ requestAad: (envelope, steps) => honest.requestAad({ ...envelope, kid: '' }, steps) })),
  ),
  mutant(
    'initiator-ack-tag-of-another-label',
    ['message.response-aad/answer'],
    parts(honest => ({ ackTag: (key, about, steps) => honest.ackTag(key, { ...about, kid: 'kid' }, steps) })),
  ),
  mutant(
    'initiator-hash-of-the-base64',
    ['message.response-aad/answer'],
    parts(honest => ({
      requestHash: (record, steps) => honest.requestHash(encodeUtf8(Buffer.from(record).toString('base64')), steps),
    })),
  ),
  mutant('initiator-answer-not-given', ['message.response-aad/answer'], {
    drive: async ({ open, ask }) => {
      const session = await open()
      await ask(session)
      await session.close()
      return []
    },
  }),
  mutant('initiator-one-ephemeral-key', ['handshake.ephemeral-fresh/initiator'], sameBytes(32)),
  mutant('initiator-one-nonce', ['record.nonce-random/initiator'], sameBytes(12)),
  // A context id, the handshake's id and its nonce are drawn first.
  mutant('initiator-one-id', ['message.id-unique'], sameBytes(16, 3)),
  mutant(
    'initiator-numbers-wasted',
    ['record.seq-from-zero/initiator'],
    initiator(honest => ({
      openAnswer: (live, ...rest) => {
        live.seal(new Uint8Array(0), new Uint8Array(0))
        return honest.openAnswer(live, ...rest)
      },
    })),
  ),
  mutant(
    'initiator-limits-of-the-card-ignored',
    ['record.sender-exhausted/initiator', 'record.seq-limit/response'],
    noLimits,
  ),
  mutant(
    'initiator-endless-answers-read',
    ['handshake.response-schema/endless-body', 'message.response-honoured/endless-body'],
    initiator(honest => ({
      open: (transport, endpoint, options) =>
        honest.open(transport, endpoint, { ...options, maxMessageBytes: Infinity }),
    })),
  ),
  mutant(
    'initiator-response-of-this-minute-only',
    ['handshake.response-ts/within'],
    insert('before', ({ received, now }) => {
      const apart = received.ts > now ? received.ts - now : now - received.ts
      return apart > 60n * SECOND
    }),
  ),
  mutant(
    'initiator-response-of-five-seconds-more',
    ['handshake.response-ts'],
    all(
      omit('before', 'handshake.response-ts'),
      insert('before', ({ received, now }) => received.ts - now > 120n * SECOND || now - received.ts > 125n * SECOND),
    ),
  ),
  mutant(
    'initiator-response-of-five-seconds-less',
    ['handshake.response-ts/within'],
    insert('before', ({ received, now }) => received.ts - now > 115n * SECOND),
  ),
  mutant(
    'initiator-too-deep-is-left-out',
    ['conventions.json-depth/response', 'conventions.json-depth/answer', 'conventions.json-depth/card'],
    leavesOutWhatIsTooDeep,
  ),
  mutant(
    'initiator-unused-bits-taken',
    ['conventions.base64-canonical/response', 'conventions.base64-canonical/answer'],
    parts(honest => ({
      parseBase64: text => {
        const canonical = Buffer.from(text, 'base64').toString('base64')
        const isOtherwiseSame = canonical.length === text.length && canonical.slice(0, -4) === text.slice(0, -4)
        return honest.parseBase64(isOtherwiseSame ? canonical : text)
      },
    })),
  ),
  mutant(
    'initiator-high-bits-refused',
    ['identity.x25519-masking/eph-s', 'identity.x25519-masking/kem-key'],
    parts(honest => ({
      x25519: (privateKey, publicKey) => {
        if (((publicKey[31] ?? 0) & 0x80) !== 0) throw new SageError('authentication_failed', 'bit 255 is set')
        return honest.x25519(privateKey, publicKey)
      },
    })),
  ),
  mutant(
    'initiator-kem-key-made-canonical',
    ['identity.x25519-masking/kem-key'],
    parts(honest => ({
      exportAsSender: (input, steps) => honest.exportAsSender({ ...input, pkR: masked(input.pkR) }, steps),
    })),
  ),
  mutant(
    'initiator-byte-order-mark-skipped',
    ['conventions.json-utf8/response'],
    readsJsonWith(text => text.replace(/^\ufeff/, '')),
  ),
  mutant(
    'initiator-any-base64-in-answers',
    ['conventions.base64-canonical/response', 'conventions.base64-canonical/answer'],
    all(readsAnyBase64, forgivesText('sigB64', anyBase64Url)),
  ),
  mutant(
    'initiator-times-as-date-reads-them',
    ['conventions.time/response'],
    forgivesText('ts', ts => new Date(ts.replace('z', 'Z')).toISOString()),
  ),
  mutant(
    'initiator-hashes-optional',
    ['handshake.response-schema'],
    all(
      forgives(value => {
        if (value['ackTagB64'] === undefined) return
        for (const name of ['infoHash', 'exportCtxHash']) value[name] ??= 'A'.repeat(43)
      }),
      omit('before', 'handshake.response-hashes'),
    ),
  ),
  mutant('initiator-echoes-optional', ['handshake.response-schema'], echoesOptional),
  mutant(
    'initiator-context-of-the-answer',
    ['handshake.response-echo'],
    all(omit('before', 'handshake.response-echo'), believesContext),
  ),
  mutant(
    'initiator-signed-did-its-own',
    ['handshake.response-did'],
    all(omit('before', 'handshake.response-did'), signedDidIsItsOwn),
  ),
  mutant(
    'initiator-arrays-unwrapped',
    ['handshake.response-schema'],
    readsJsonWith(text => text.replace(/^\[(.*)\]$/s, '$1')),
  ),
  mutant(
    'initiator-points-made-canonical',
    ['identity.x25519-masking/eph-s'],
    parts(honest => ({
      th: (transcript, steps) => honest.th({ ...transcript, ephS: masked(transcript.ephS) }, steps),
    })),
  ),
  mutant('initiator-redirects-followed', ['http.no-redirect/handshake', 'http.no-redirect/request'], followsRedirects),
]
