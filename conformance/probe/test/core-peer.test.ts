import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { defaultLimits, roomPath, vectorOps, type VectorOp } from '../../../schemas/index.js'
import { encodeBase64url } from '../bytes/base64.js'
import { encodeHex, parseHex } from '../bytes/hex.js'
import { encodeUtf8 } from '../bytes/utf8.js'
import { answer, answerLine, createProbePeer } from '../core-peer.js'
import { deriveEd25519PublicKey } from '../crypto/ed25519.js'
import { BadQuestion, type Input } from '../ops/input.js'

const peer = createProbePeer()
const recording = JSON.parse(
  readFileSync(roomPath('vectors', 'recorded', 'handshake-sage-go-1.5.2.json'), 'utf8'),
) as Record<string, string> & { rand_reads: [string, string, string, string] }
const [ikmE, ephC, ephS, nonce] = recording.rand_reads
const text = (name: string): string => recording[name] ?? ''
const parties = { ctx: text('context_id'), initDid: text('init_did'), respDid: text('resp_did') }
const publicKeyOf = (seed: string) => encodeHex(deriveEd25519PublicKey(parseHex(seed)))
const keys = {
  [parties.initDid]: publicKeyOf(text('init_ed25519_seed')),
  [parties.respDid]: publicKeyOf(text('resp_ed25519_seed')),
}

/** The output of an operation that accepts. */
const output = (op: VectorOp, input: Input): Record<string, string> => {
  const given = peer(op, input)
  if (given.outcome !== 'accept') throw new Error(`${op}: ${JSON.stringify(given)}`)
  return given.output as Record<string, string>
}

const zeros = '00'.repeat(32)
const secret = '01'.repeat(32)

t.test('every operation of vectors/README.md has an answer, in members of the names given there', async t => {
  const members: Partial<Record<VectorOp, string>> = {}
  const ask = (op: VectorOp, input: Input) => {
    const given = output(op, input)
    members[op] = Object.keys(given).sort().join(' ')
    return given
  }
  ask('hkdf', { salt: '', ikm: '00', info: '', length: 42 })
  const pair = { pkR: text('resp_kem_public'), skR: text('resp_kem_private') }
  const context = { info: '', exporterContext: '', length: 32 }
  const sender = ask('hpke.export-sender', { ikmE, pkR: pair.pkR, ...context })
  t.equal(
    ask('hpke.export-receiver', { skR: pair.skR, enc: sender['enc'], ...context })['exported'],
    sender['exported'],
  )
  ask('x25519', { privateKey: ephC, publicKey: pair.pkR })
  const signed = ask('ed25519.sign', { privateKey: secret, message: '00' })
  ask('ed25519.verify', { publicKey: signed['publicKey'], message: '00', signature: signed['signature'] })
  ask('ed25519.public-key', { publicKey: signed['publicKey'] })
  const sealed = ask('aead.seal', { key: secret, nonce, aad: '', plaintext: '00' })
  t.equal(ask('aead.open', { key: secret, nonce, aad: '', ciphertext: sealed['ciphertext'] })['plaintext'], '00')

  const responder = { kemPrivateKey: pair.skR, ephSPrivateKey: ephS }
  const ephSPublic = encodeHex(Buffer.from((JSON.parse(text('response_data')) as { ephS: string }).ephS, 'base64url'))
  const initiator = ask('handshake.initiator', {
    ...parties,
    kemPublicKey: pair.pkR,
    ikmE,
    ephCPrivateKey: ephC,
    ephS: ephSPublic,
  })
  const shared = { enc: initiator['enc'], ephC: initiator['ephC'] }
  t.equal(ask('handshake.responder', { ...parties, ...responder, ...shared })['seed'], initiator['seed'])
  const data = JSON.parse(text('response_data')) as Record<string, string>
  const payload = JSON.parse(text('init_payload')) as Record<string, string>
  const tag = ask('handshake.ack-tag', {
    ...parties,
    ...shared,
    ephS: ephSPublic,
    seed: initiator['seed'],
    nonce: payload['nonce'],
    kid: text('kid'),
  })
  t.equal(encodeBase64url(parseHex(tag['ackTag'] ?? '')), data['ackTagB64'])
  t.equal(
    ask('handshake.sign-request', { privateKey: text('init_ed25519_seed'), payload: text('init_payload') })[
      'signature'
    ],
    (JSON.parse(text('http_request_body')) as { signature: string }).signature,
  )
  const { info, exportCtx } = initiator
  t.equal(
    ask('handshake.sign-response', {
      privateKey: text('resp_ed25519_seed'),
      ...parties,
      ...shared,
      ephS: ephSPublic,
      info,
      exportCtx,
      ackTag: tag['ackTag'],
      kid: text('kid'),
      ts: data['ts'],
    })['sigB64'],
    data['sigB64'],
  )
  ask('handshake.open-request', {
    message: text('http_request_body'),
    respDid: parties.respDid,
    now: payload['ts'],
    keys,
  })
  const request = {
    id: (JSON.parse(text('http_request_body')) as { id: string }).id,
    ...parties,
    nonce: payload['nonce'],
    ikmE,
    ephCPrivateKey: ephC,
    kemPublicKey: pair.pkR,
  }
  const opened = ask('handshake.open-response', {
    response: text('http_response_body'),
    request,
    now: data['ts'],
    keys,
  })
  t.equal(opened['kid'], text('kid'))
  t.equal(ask('key-schedule', { seed: opened['seed'] })['sid'], text('session_id'))

  const record = ask('record.seal', {
    key: secret,
    seq: '18446744073709551615',
    nonce,
    callerAad: '',
    plaintext: '00',
  })['record']
  t.equal(ask('record.open', { key: secret, callerAad: '', record })['seq'], '18446744073709551615')
  const first = output('record.seal', { key: secret, seq: '0', nonce, callerAad: '', plaintext: '00' })['record']
  const deliveries = [first, first, '00'].map(each => ({ record: each, callerAad: '' }))
  t.same(ask('record.receive', { key: secret, maxSessionRecords: '16', deliveries })['results'], [
    { accepted: true, seq: '0', plaintext: '00' },
    { accepted: false },
    { accepted: false },
  ])
  const message = { id: 'i', context_id: 'c', task_id: 't', did: parties.initDid, kid: 'k' }
  ask('aad.request', { ...message, encoding: 'gzip', stream: { id: 's', seq: 0, end: true }, metadata: { a: 'b' } })
  ask('aad.response', {
    success: false,
    error: 'internal',
    message_id: 'i',
    task_id: 't',
    kid: 'k',
    stream: { id: 's', cancel: true },
    requestRecord: '00',
  })
  const empty = '1f8b0800000000000003030000000000000000'.padEnd(40, '0')
  t.equal(ask('gzip.open', { bytes: empty, max: 1 })['plaintext'], '')

  t.equal(ask('base64.decode', { text: 'AA==' })['bytes'], '00')
  t.equal(ask('base64url.decode', { text: '_w' })['bytes'], 'ff')
  ask('token.parse', { text: 'a' })
  ask('task.parse', { text: 'sage/ping@v1' })
  t.same(ask('did.parse', { text: 'did:a:b:c' }), { method: 'a', id: 'b:c' })
  const { did } = ask('did-key.encode', { publicKey: signed['publicKey'] })
  t.equal(ask('did-key.decode', { did })['publicKey'], signed['publicKey'])
  t.equal(ask('time.parse', { text: '1969-12-31T23:59:59.999999999Z' })['unixNanoseconds'], '-1')
  ask('json.parse', { bytes: encodeHex(encodeUtf8('{}')) })
  t.equal(ask('jcs', { json: '{"b":1e2,"a":"\u2028"}' })['canonical'], '{"a":"\u2028","b":100}')
  const jwk = (crv: string) => ({ kty: 'OKP', crv, x: encodeBase64url(parseHex(signed['publicKey'] ?? '')) })
  const card = {
    sage: '1.0',
    did,
    keys: { signing: jwk('Ed25519'), kem: jwk('X25519') },
    endpoints: { http: 'https://a.example' },
    capabilities: [],
    limits: defaultLimits,
    issuedAt: '2026-01-01T00:00:00Z',
    expiresAt: '2026-01-02T00:00:00Z',
  }
  const signature = encodeBase64url(parseHex(ask('card.sign', { privateKey: secret, card })['signature'] ?? ''))
  t.equal(
    ask('card.verify', {
      card: JSON.stringify({ ...card, signature }),
      now: card.issuedAt,
      keys: {},
      expectedDid: did,
      latestIssuedAt: card.issuedAt,
    })['did'],
    did,
  )

  t.same(members, {
    hkdf: 'okm prk',
    'hpke.export-sender': 'enc exported',
    'hpke.export-receiver': 'exported',
    x25519: 'sharedSecret',
    'ed25519.sign': 'publicKey signature',
    'ed25519.verify': '',
    'ed25519.public-key': '',
    'aead.seal': 'ciphertext',
    'aead.open': 'plaintext',
    'handshake.initiator': 'enc ephC exportCtx exporter info prk seed ssE2E',
    'handshake.responder': 'ephS exportCtx exporter info prk seed ssE2E',
    'handshake.ack-tag': 'ackKey ackTag exportCtx info th',
    'handshake.sign-request': 'signature',
    'handshake.sign-response': 'exportCtxHash infoHash sigB64 signedText',
    'handshake.open-request': 'ctx enc ephC initDid nonce',
    'handshake.open-response': 'kid seed',
    'key-schedule': 'c2sEnc c2sSign encryptKey s2cEnc s2cSign sessionPrk sid signingKey',
    'record.seal': 'aad record',
    'record.open': 'plaintext seq',
    'record.receive': 'results',
    'aad.request': 'aad',
    'aad.response': 'aad requestHash',
    'gzip.open': 'plaintext',
    'base64.decode': 'bytes',
    'base64url.decode': 'bytes',
    'token.parse': '',
    'task.parse': '',
    'did.parse': 'id method',
    'did-key.decode': 'publicKey',
    'did-key.encode': 'did',
    'time.parse': 'unixNanoseconds',
    'json.parse': '',
    jcs: 'canonical',
    'card.sign': 'canonical signature',
    'card.verify': 'did',
  })
  t.same(Object.keys(members).sort(), [...vectorOps].sort())
})

t.test('a refusal is a rejection with its layer', async t => {
  t.match(peer('base64.decode', { text: 'A' }), { outcome: 'reject', layer: 'encoding' })
  t.match(peer('x25519', { privateKey: secret, publicKey: zeros }), { outcome: 'reject', layer: 'agreement' })
  t.match(peer('x25519', { privateKey: '00', publicKey: zeros }), { outcome: 'reject', layer: 'length' })
  t.match(peer('ed25519.public-key', { publicKey: zeros }), { outcome: 'reject', layer: 'key' })
  t.match(peer('ed25519.verify', { publicKey: publicKeyOf(secret), message: '', signature: '' }), {
    outcome: 'reject',
    layer: 'signature',
  })
  t.match(peer('key-schedule', { seed: '00' }), { outcome: 'reject', layer: 'length' })
  t.match(peer('hkdf', { salt: '', ikm: '', info: '', length: 8161 }), { outcome: 'reject', layer: 'length' })
  t.match(peer('did-key.encode', { publicKey: '00' }), { outcome: 'reject', layer: 'length' })
})

t.test('an unknown operation is unsupported, whatever its name', async t => {
  for (const op of ['', 'hkdf ', 'toString', '__proto__', 'constructor'])
    t.same(answer(op, {}), { outcome: 'unsupported' }, op)
})

t.test("a question that is not well put is the asker's fault", async t => {
  const wrong: [VectorOp, Input][] = [
    ['hkdf', {}],
    ['hkdf', { salt: '0', ikm: '', info: '', length: 1 }],
    ['hkdf', { salt: '', ikm: '', info: '', length: 1.5 }],
    ['hkdf', { salt: '', ikm: '', info: '', length: -1 }],
    ['record.receive', { key: '', maxSessionRecords: '1', deliveries: [1] }],
    ['record.receive', { key: '', maxSessionRecords: '18446744073709551616', deliveries: [] }],
    ['record.receive', { key: '', maxSessionRecords: '01', deliveries: [] }],
    ['aad.response', { success: 'true', message_id: '', task_id: '', kid: '', requestRecord: '' }],
    ['card.sign', { privateKey: secret, card: [] }],
    ['card.verify', { card: '', now: '2026-01-01T00:00:00Z', keys: { a: 1 } }],
    ['card.verify', { card: '', now: 'today', keys: {} }],
  ]
  for (const [op, input] of wrong) t.throws(() => answer(op, input), BadQuestion, op)
  for (const line of [
    '',
    'x',
    '[]',
    '1',
    '{}',
    '{"id":1,"op":"jcs","input":{}}',
    '{"id":"a","op":"jcs"}',
    '{"id":"a","op":"jcs","input":[]}',
  ])
    t.throws(() => answerLine(line), BadQuestion, line)
})

t.test('the process answers line for line and stops at a bad one, with one line of its own', async t => {
  const run = (input: string) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [fileURLToPath(new URL('../core-peer.js', import.meta.url))],
      { input, encoding: 'utf8' },
    )
    return {
      status,
      answers: stdout
        .split('\n')
        .slice(0, -1)
        .map(line => JSON.parse(line) as unknown),
      errors: stderr.split('\n').slice(0, -1),
    }
  }
  const question = (id: string, json: string) => `${JSON.stringify({ id, op: 'jcs', input: { json } })}\n`
  t.same(run(question('a\u2028', '"\u2028"') + question('b', '[') + '{"id":"c","op":"?","input":{}}'), {
    status: 0,
    answers: [
      { id: 'a\u2028', outcome: 'accept', output: { canonical: '"\u2028"' } },
      { id: 'b', outcome: 'reject' },
      { id: 'c', outcome: 'unsupported' },
    ],
    errors: [],
  })
  t.same(run(`${question('a', '1')}oops\n${question('b', '1')}`), {
    status: 2,
    answers: [{ id: 'a', outcome: 'accept', output: { canonical: '1' } }],
    errors: ['core-peer: line 2: the line is not JSON'],
  })
})
