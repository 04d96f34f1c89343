import { Type } from '@sinclair/typebox'

// What the reports of all commands have in common.

export const Text = Type.String()
export const Count = Type.Integer({ minimum: 0 })
export const Hex256 = Type.String({ pattern: '^[0-9a-f]{64}$' })
export const plain = { additionalProperties: false } as const

/** The suite that judged, and the requirements that it judged by. */
export const judgedBy = {
  suite: Type.Object({ name: Text, version: Text }, plain),
  requirements: Type.Object({ digest: Hex256, count: Count }, plain),
}

export const Digest = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: 'SHA-256 of the RFC 8785 form of all other members',
})
