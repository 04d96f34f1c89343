const suite = 'suite=hpke-base+x25519+hkdf-sha256|combiner=e2e-x25519-hkdf-v1'

/** Who shakes hands, and in which context. */
export interface Parties {
  readonly ctx: string
  readonly initDid: string
  readonly respDid: string
}

/** `info` of the HPKE setup. */
export const infoOf = ({ ctx, initDid, respDid }: Parties): string =>
  `sage/hpke-info|v1|${suite}|ctx=${ctx}|init=${initDid}|resp=${respDid}`

/** `exportCtx`, the exporter context of HPKE and the salt of the combiner. */
export const exportCtxOf = (ctx: string): string => `sage/hpke-export|v1|${suite}|ctx=${ctx}`
