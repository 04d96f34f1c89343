import { connect, createIdentity, isSageError, parseDirectory, serve } from 'sage-conformance'

const ada = createIdentity({ did: 'did:web:ada.example' })
const known = { [ada.did]: Buffer.from(ada.signingPublicKey).toString('base64url') }
const directory = parseDirectory(Buffer.from(JSON.stringify(known)))

const agent = await serve({
  identity: createIdentity(),
  resolver: directory.resolve,
  admit: directory.includes,
  limits: { maxMessageBytes: 65_536, maxSessionsPerDid: 4 },
  log: event => console.log(JSON.stringify(event)),
})

for (const identity of [ada, createIdentity()])
  try {
    const session = await connect(agent.url, { identity, expectedDid: agent.did })
    await session.ping()
    await session.close()
  } catch (error) {
    if (!isSageError(error) || !isSageError(error.cause)) throw error
    console.log(error.code, error.cause.code)
  }

await agent.close()
