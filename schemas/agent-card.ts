import { Type, type Static } from '@sinclair/typebox'
import { Base64UrlOf32, Base64UrlOf64, closed, Did, Time } from './forms.js'
import { Limits } from './limits.js'

/** The capabilities that SAGE 1.0 defines, in the order in which a card lists them. */
export const capabilities = ['batch', 'echo', 'gzip', 'health', 'metrics', 'stream', 'ws'] as const

/** A capability that SAGE 1.0 defines. */
export type Capability = (typeof capabilities)[number]

/** The capabilities that have an endpoint of their own in the card. */
export const endpointCapabilities = ['health', 'metrics', 'ws'] as const satisfies readonly Capability[]

const jwk = (crv: string) =>
  Type.Object({ kty: Type.Literal('OKP'), crv: Type.Literal(crv), x: Base64UrlOf32 }, { additionalProperties: false })

// RFC 3986: host as registered name or IP literal, port, path; lower-case scheme, no user information, query or fragment.
const regName = "[A-Za-z0-9._~%!$&'()*+,;=-]+"
const path = "(?:/[A-Za-z0-9._~%!$&'()*+,;=:@/-]*)?"

const url = (schemes: string) =>
  Type.String({
    pattern: `^(?:${schemes})://(?:${regName}|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?${path}$`,
    maxLength: 2048,
  })

const declares = (name: string) => ({
  properties: { capabilities: { type: 'array', contains: { const: name } } },
  required: ['capabilities'],
})

const hasEndpoint = (name: string) => ({
  properties: { endpoints: { type: 'object', required: [name], properties: { [name]: true } } },
  required: ['endpoints'],
})

/** The card that an agent publishes at `/.well-known/sage.json` (identity.md). */
export const AgentCard = Type.Object(
  {
    sage: Type.Literal('1.0'),
    did: Did,
    name: Type.Optional(
      Type.String({
        description: 'for people; no control and no bidirectional formatting characters',
        pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]*$',
        minLength: 1,
        maxLength: 128,
      }),
    ),
    keys: Type.Object({ signing: jwk('Ed25519'), kem: jwk('X25519') }, { additionalProperties: false }),
    endpoints: Type.Object(
      {
        http: url('https?'),
        ws: Type.Optional(url('wss?')),
        health: Type.Optional(url('https?')),
        metrics: Type.Optional(url('https?')),
      },
      { additionalProperties: false },
    ),
    capabilities: Type.Array(Type.String({ pattern: '^[a-z][a-z0-9-]{0,31}$' }), {
      description: 'sorted and unique; a reader ignores the names it does not know',
      uniqueItems: true,
      maxItems: 64,
    }),
    limits: Limits,
    issuedAt: Time,
    expiresAt: Time,
    signature: Base64UrlOf64,
  },
  {
    ...closed('agent-card', 'SAGE 1.0 agent card'),
    allOf: endpointCapabilities.flatMap(name => [
      { if: declares(name), then: hasEndpoint(name), else: { not: hasEndpoint(name) } },
    ]),
  },
)

/** Type of {@link AgentCard}. */
export type AgentCard = Static<typeof AgentCard>
