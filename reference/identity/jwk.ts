import { encodeBase64Url, parseBase64Url } from '../bytes/base64.js'
import type { Curve } from '../crypto/raw-key.js'

/** A public key as a JWK of RFC 8037, with exactly these members. */
export interface PublicJwk<Crv extends Curve = Curve> {
  readonly kty: 'OKP'
  readonly crv: Crv
  readonly x: string
}

/** The JWK of a public key (32 bytes). */
export const encodeJwk = <Crv extends Curve>(crv: Crv, publicKey: Uint8Array): PublicJwk<Crv> => ({
  kty: 'OKP',
  crv,
  x: encodeBase64Url(publicKey),
})

/**
 * The 32 bytes of a JWK that its schema has passed.
 * @throws SageError `malformed` when `x` is not the canonical b64u of 32 bytes
 */
export const parseJwk = ({ x }: { readonly x: string }): Uint8Array => parseBase64Url(x, 32)
