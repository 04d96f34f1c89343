import { realpathSync } from 'node:fs'
import { stdin, stdout } from 'node:process'
import { fileURLToPath } from 'node:url'
import type { VectorOp } from '../../schemas/index.js'
import { cryptoOps } from './ops/crypto-ops.js'
import { formOps } from './ops/form-ops.js'
import { handshakeOps } from './ops/handshake-ops.js'
import { BadQuestion, isInput, type Input } from './ops/input.js'
import { render, type Operation, type Output } from './ops/output.js'
import { sessionOps } from './ops/session-ops.js'
import { Refusal, type Layer } from './refusal.js'

/** The answer to one question of a vector. `layer` and `rule` of a rejection are for people; nobody compares them. */
export type PeerAnswer =
  | { readonly outcome: 'accept'; readonly output: Output }
  | { readonly outcome: 'reject'; readonly layer: Layer; readonly rule: string }
  | { readonly outcome: 'unsupported' }

/** Answers the questions of vectors, `vectors/README.md`. */
export type Peer = (op: string, input: Input) => PeerAnswer

const operations: Record<VectorOp, Operation<Input>> = { ...cryptoOps, ...formOps, ...handshakeOps, ...sessionOps }

/**
 * The probe's answer, steps included; a function of its arguments alone.
 * @throws BadQuestion when `input` lacks a member of `op` or has one of another type
 */
export const answer: Peer = (op, input) => {
  if (!Object.hasOwn(operations, op)) return { outcome: 'unsupported' }
  try {
    return { outcome: 'accept', output: render(operations[op as VectorOp](input)) as Output }
  } catch (error) {
    if (error instanceof Refusal) return { outcome: 'reject', layer: error.layer, rule: error.rule }
    throw error
  }
}

/** The probe as a peer of `vectors check`, in process. */
export const createProbePeer = (): Peer => answer

/** The answer line to a line of the protocol of `vectors run`. */
export const answerLine = (line: string): string => {
  let question: unknown
  try {
    question = JSON.parse(line)
  } catch (cause) {
    throw new BadQuestion('the line is not JSON', { cause })
  }
  if (!isInput(question)) throw new BadQuestion('the line is not an object')
  const { id, op, input } = question
  if (typeof id !== 'string' || typeof op !== 'string' || !isInput(input))
    throw new BadQuestion('the line has not `id` and `op`, both texts, and `input`, an object')
  const given = answer(op, input)
  return JSON.stringify({ id, outcome: given.outcome, ...(given.outcome === 'accept' && { output: given.output }) })
}

// Not node:readline, which also ends a line at U+2028, a character that JSON may hold as it is.
async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of chunks) {
    const [first = '', ...others] = chunk.split('\n')
    rest += first
    for (const other of others) {
      yield rest
      rest = other
    }
  }
  if (rest !== '') yield rest
}

const serve = async (): Promise<void> => {
  // Whoever asked has gone: there is nobody left to answer.
  stdout.on('error', () => process.exit(2))
  let count = 0
  try {
    for await (const line of linesOf(stdin.setEncoding('utf8'))) {
      count += 1
      stdout.write(`${answerLine(line)}\n`)
    }
  } catch (error) {
    process.stderr.write(`core-peer: line ${count}: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 2
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await serve()
