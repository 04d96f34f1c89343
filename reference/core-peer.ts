import { realpathSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { encodeHex } from './bytes/hex.js'
import { isJsonObject, type JsonObject } from './bytes/json.js'
import { isSageError, malformed } from './bytes/sage-error.js'
import { formOperations } from './core/form-operations.js'
import { honestCoreGuards, type CoreGuards } from './core/guards.js'
import { handshakeOperations } from './core/handshake-operations.js'
import { identityOperations } from './core/identity-operations.js'
import { OpInput } from './core/op-input.js'
import type { Operations } from './core/operation.js'
import { primitiveOperations } from './core/primitive-operations.js'
import { sessionOperations } from './core/session-operations.js'
import { honestParts, type Parts } from './parts.js'
import type { VectorOp } from '../schemas/index.js'

// The core of the protocol behind the line protocol of vectors/README.md.

const operations: Operations<VectorOp> = {
  ...primitiveOperations,
  ...formOperations,
  ...identityOperations,
  ...handshakeOperations,
  ...sessionOperations,
}

/** What an operation comes to. Byte strings are hex, 64-bit integers are decimal texts. */
export type OpAnswer =
  { readonly outcome: 'accept'; readonly output: JsonObject } | { readonly outcome: 'reject' | 'unsupported' }

/** Carries out an operation of vectors/README.md. Throws only what is a fault of the core and no rejection. */
export type CorePeer = (op: string, input: JsonObject) => OpAnswer

const encodeMember = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return encodeHex(value)
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return value.map(encodeMember)
  return typeof value === 'object' && value !== null ? encodeOutput(value) : value
}

const encodeOutput = (output: object): JsonObject =>
  Object.fromEntries(Object.entries(output).map(([name, value]) => [name, encodeMember(value)])) as JsonObject

/** The core made of `parts` and `guards`; it answers with all steps of an operation beside its output. */
export const createCorePeer =
  (parts: Parts = honestParts, guards: CoreGuards = honestCoreGuards): CorePeer =>
  (op, input) => {
    const operation = Object.hasOwn(operations, op) ? operations[op as VectorOp] : undefined
    if (operation === undefined) return { outcome: 'unsupported' }
    try {
      return { outcome: 'accept', output: encodeOutput(operation(new OpInput(input), { parts, guards })) }
    } catch (error) {
      if (isSageError(error)) return { outcome: 'reject' }
      throw error
    }
  }

const parseLine = (line: string): JsonObject => {
  try {
    const request: unknown = JSON.parse(line)
    if (isJsonObject(request)) return request
  } catch {
    // The text of the line is not repeated: it may hold anything.
  }
  throw malformed('the line is not a JSON object')
}

/**
 * The answer, one line of JSON, to a request, one line of JSON.
 * @throws SageError `malformed` when the line is no request
 */
export const answer = (line: string, parts: Parts = honestParts): string => {
  const { id, op, input } = parseLine(line)
  if (typeof id !== 'string' || typeof op !== 'string' || !isJsonObject(input))
    throw malformed('the line is not {"id", "op", "input"}')
  return JSON.stringify({ id, ...createCorePeer(parts)(op, input) })
}

const main = async (): Promise<void> => {
  try {
    for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity }))
      process.stdout.write(`${answer(line)}\n`)
  } catch (error) {
    process.stderr.write(`core-peer: ${isSageError(error) ? error.message : 'internal error'}\n`)
    process.exitCode = 2
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main()
