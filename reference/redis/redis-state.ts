import { createHash } from 'node:crypto'
import type { SharedBeat, SharedEntry, SharedLook, SharedRules, SharedState } from '../agent/shared-state.js'
import type { Claim } from '../handshake/responder-guards.js'
import { SageError } from '../bytes/sage-error.js'
import { scripts, type Script } from './scripts.js'

/**
 * All that is asked of a client of Redis or Valkey: it sends a command and gives the reply, texts as texts, integers as numbers,
 * nothing as null, or rejects with what the server says.
 */
export interface RedisClient {
  /** Sends one command, its name first. */
  command(args: readonly string[]): Promise<unknown>
}

/** How state is shared by way of a server. */
export interface RedisOptions {
  readonly client: RedisClient
  /** What the names of all keys begin with, `sage` by default. */
  readonly prefix?: string
  /**
   * Is the server as good as new: has no responder of this identity ever accepted a handshake that another server remembered?
   * Unless that is said, an empty server is taken for one that has lost what it knew, and for four minutes no handshake is accepted.
   */
  readonly startsEmpty?: boolean
  /** Milliseconds of the clock by which sessions live: the server's by default. */
  readonly time?: () => number
  /** Name of the run of the server, which is another after it was started anew: what it says itself by default. */
  readonly run?: () => string
}

const isUnknownScript = (error: unknown): boolean => error instanceof Error && error.message.startsWith('NOSCRIPT')

const isTexts = (reply: unknown[]): reply is string[] => reply.every(item => typeof item === 'string')

const unexpected = (): SageError => new SageError('unavailable', 'the server gave another reply than the script does')

/** One of these texts. @throws SageError `unavailable` */
const oneOf = <Text extends string>(reply: unknown, ...texts: readonly Text[]): Text => {
  const text = texts.find(text => text === reply)
  if (text === undefined) throw unexpected()
  return text
}

class RedisState implements SharedState {
  private readonly base: string
  private readonly rules: string
  private isNew: boolean

  constructor(
    private readonly options: RedisOptions,
    rules: SharedRules,
  ) {
    const { did, caps, ...others } = rules
    const tag = createHash('sha256').update(did).digest('base64url').slice(0, 22)
    this.base = `${options.prefix ?? 'sage'}:{${tag}}`
    this.isNew = options.startsEmpty === true
    this.rules = JSON.stringify({ ...caps, ...others })
  }

  async beat(kids: readonly string[]): Promise<SharedBeat> {
    const reply = await this.run(scripts.beat, ...kids)
    if (!Array.isArray(reply)) throw unexpected()
    const [isSettled, live, provisional, ...gone] = reply as unknown[]
    if (typeof live !== 'number' || typeof provisional !== 'number' || !isTexts(gone)) throw unexpected()
    return { isSettled: isSettled === 1, live: live - provisional, provisional, gone }
  }

  async claim(nonce: string, initiator: string): Promise<Claim> {
    return oneOf(await this.run(scripts.claim, nonce, initiator), 'fresh', 'seen', 'full')
  }

  async add({ kid, initiator, sealed }: SharedEntry): Promise<'added' | 'taken' | 'full'> {
    return oneOf(await this.run(scripts.add, kid, initiator, sealed), 'added', 'taken', 'full')
  }

  async look(kid: string, seq: bigint): Promise<SharedLook | undefined> {
    const reply = await this.run(scripts.look, kid, String(seq))
    if (reply === null) return undefined
    if (!Array.isArray(reply)) throw unexpected()
    const [sealed, highest, isOpen] = reply as unknown[]
    if (typeof sealed !== 'string' || typeof highest !== 'string') throw unexpected()
    return { sealed, highest: BigInt(highest), isOpen: isOpen === 1 }
  }

  async mark(kid: string, seq: bigint): Promise<'marked' | 'refused' | 'gone'> {
    return oneOf(await this.run(scripts.mark, kid, String(seq)), 'marked', 'refused', 'gone')
  }

  async draw(kid: string): Promise<bigint | undefined> {
    const reply = await this.run(scripts.draw, kid)
    if (reply === null) return undefined
    if (typeof reply !== 'string') throw unexpected()
    return BigInt(reply)
  }

  async end(kid: string): Promise<void> {
    oneOf(await this.run(scripts.end, kid), 'ended')
  }

  /** By the name of the script; by its text where the server does not know it yet. */
  private async run({ text, sha }: Script, ...own: readonly string[]): Promise<unknown> {
    const { client, time, run } = this.options
    const given = [time === undefined ? '' : String(time()), run?.() ?? '', this.isNew ? 'new' : '']
    const args = ['1', this.base, this.rules, ...given, ...own]
    const reply = await client.command(['EVALSHA', sha, ...args]).catch((error: unknown) => {
      if (!isUnknownScript(error)) throw error
      return client.command(['EVAL', text, ...args])
    })
    // What is empty after this has lost something.
    this.isNew = false
    return reply
  }
}

/** Sessions and nonces on a server of Redis 7 or Valkey 7.2, or later: what `serve({ shared: { state, keys } })` takes. */
export const redisState =
  (options: RedisOptions): ((rules: SharedRules) => SharedState) =>
  rules =>
    new RedisState(options, rules)
