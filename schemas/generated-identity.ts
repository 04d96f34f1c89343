import { Type, type Static } from '@sinclair/typebox'
import { Base64UrlOf32, closed, Did } from './forms.js'

/** What `keygen --json` answers: nothing private is in it. */
export const GeneratedIdentity = Type.Object(
  {
    generatedIdentity: Type.Literal('sage-conformance/1'),
    file: Type.String({ description: 'where the private keys are' }),
    did: Did,
    signing: Type.String({ pattern: Base64UrlOf32.pattern!, description: 'Ed25519 public key' }),
    kem: Type.String({ pattern: Base64UrlOf32.pattern!, description: 'X25519 public key' }),
  },
  closed('generated-identity', 'An identity that was made, by its public keys'),
)

/** Type of {@link GeneratedIdentity}. */
export type GeneratedIdentity = Static<typeof GeneratedIdentity>
