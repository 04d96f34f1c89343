import { concat } from '../../bytes/concat.js'
import { u8 } from '../../bytes/integers.js'
import type { Parts } from '../../parts.js'
import type { Mistake } from './mistake.js'

type Block = (previous: Uint8Array, info: Uint8Array, counter: number) => Uint8Array

/** HKDF-Expand with another input to the HMAC of each block than RFC 5869 §2.3 has. */
const expandWith =
  (honest: Parts, block: Block): Parts['hkdfExpand'] =>
  (prk, info, length) => {
    const blocks: Uint8Array[] = []
    for (let counter = 1; counter <= Math.ceil(length / 32); counter++)
      blocks.push(honest.hmacSha256(prk, block(blocks.at(-1) ?? new Uint8Array(), info, counter)))
    return concat(...blocks).slice(0, length)
  }

export const extractExchanged: Mistake = {
  mistake: 'salt and ikm exchanged in HKDF-Extract',
  parts: honest => ({ hkdfExtract: (salt, ikm) => honest.hkdfExtract(ikm, salt) }),
}

export const counterStuck: Mistake = {
  mistake: 'the counter byte of HKDF-Expand stays 1 from the second block on',
  parts: honest => ({ hkdfExpand: expandWith(honest, (previous, info) => concat(previous, info, u8(1))) }),
}

export const counterFromZero: Mistake = {
  mistake: 'the counter byte of HKDF-Expand begins with 0',
  parts: honest => ({
    hkdfExpand: expandWith(honest, (previous, info, counter) => concat(previous, info, u8(counter - 1))),
  }),
}

export const blocksNotChained: Mistake = {
  mistake: 'HKDF-Expand leaves the block before out of the next one',
  parts: honest => ({ hkdfExpand: expandWith(honest, (_previous, info, counter) => concat(info, u8(counter))) }),
}

export const infoMissing: Mistake = {
  mistake: 'HKDF-Expand leaves info out',
  parts: honest => ({ hkdfExpand: (prk, _info, length) => honest.hkdfExpand(prk, new Uint8Array(), length) }),
}

export const membersAsWritten: Mistake = {
  mistake: 'members in the order in which they were written, not sorted',
  parts: () => ({ canonicalJson: JSON.stringify }),
}

export const cardLabelMissing: Mistake = {
  mistake: 'the label is missing from the signed text of the card',
  parts: () => ({ cardLabel: '' }),
}

export const cardLabelCut: Mistake = {
  mistake: 'the label of the signed text of the card ends without its line feed',
  parts: () => ({ cardLabel: 'sage/card|v1' }),
}
