/** A response as it stood on the wire: header names in lower case, values and their order untouched. */
export interface WireResponse {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
}

/** Why bytes are not an HTTP response, in a name fit for a report. */
export class NotHttp extends Error {
  override readonly name = 'NotHttp'
}

const MAX_HEAD_BYTES = 64 * 1024
const MAX_BODY_BYTES = 64 * 1024 * 1024
const TOO_LONG = 'a body beyond what the suite reads'
const EMPTY = Buffer.alloc(0)

type Framing =
  { readonly kind: 'length'; readonly bytes: number } | { readonly kind: 'chunked' } | { readonly kind: 'end' }

interface Head {
  readonly status: number
  readonly headers: [string, string][]
  readonly framing: Framing
}

/** All values of a header of a response; names in lower case. */
export const headerValues = (headers: WireResponse['headers'], name: string): string[] =>
  headers.filter(([of]) => of === name).map(([, value]) => value)

const parseHead = (text: string): Head => {
  const [statusLine = '', ...lines] = text.split('\r\n')
  const status = /^HTTP\/1\.[01] ([1-5][0-9][0-9])(?: .*)?$/.exec(statusLine)?.[1]
  if (status === undefined) throw new NotHttp('no HTTP/1.1 status line')
  const headers = lines.map((line): [string, string] => {
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line)
    if (!match?.[1]) throw new NotHttp('a header line without a name')
    return [match[1].toLowerCase(), match[2] ?? '']
  })
  return { status: Number(status), headers, framing: framingOf(Number(status), headers) }
}

const framingOf = (status: number, headers: [string, string][]): Framing => {
  if (status < 200 || status === 204 || status === 304) return { kind: 'length', bytes: 0 }
  const coding = headerValues(headers, 'transfer-encoding')
  if (coding.length > 0) {
    if (coding.join().toLowerCase() !== 'chunked') throw new NotHttp('an unknown transfer coding')
    return { kind: 'chunked' }
  }
  const lengths = new Set(headerValues(headers, 'content-length'))
  if (lengths.size === 0) return { kind: 'end' }
  const [length = ''] = lengths
  if (lengths.size > 1 || !/^[0-9]{1,15}$/.test(length)) throw new NotHttp('no readable Content-Length')
  if (Number(length) > MAX_BODY_BYTES) throw new NotHttp(TOO_LONG)
  return { kind: 'length', bytes: Number(length) }
}

/**
 * Reads one HTTP/1.1 response (RFC 9112) from the bytes of a connection, interim responses skipped. The suite reads HTTP
 * itself because it must see what a library would tidy away; what it cannot read it reports and never guesses.
 */
export class ResponseReader {
  #pending: Buffer = EMPTY
  #head: Head | undefined
  #interimBytes = 0
  #body: Buffer[] = []
  #bodyBytes = 0
  #done = false

  /** @param bodyless the request was a HEAD: no body follows */
  constructor(readonly bodyless = false) {}

  /** Has anything arrived? */
  get started(): boolean {
    return this.#head !== undefined || this.#pending.length > 0
  }

  /**
   * The head is read and gives no length, so that the end of the connection is the end of the response, however much came
   * and however the connection ends (RFC 9112, 6.3 and 8).
   */
  get endsWithConnection(): boolean {
    return this.#head?.framing.kind === 'end'
  }

  /** What arrived beyond the response, such as the first frames after a 101. */
  get rest(): Uint8Array {
    return this.#pending
  }

  /**
   * Takes bytes; gives the response once it is whole.
   * @throws NotHttp
   */
  push(bytes: Buffer): WireResponse | undefined {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes])
    while (!this.#head) {
      const end = this.#pending.indexOf('\r\n\r\n')
      if (end < 0) {
        if (this.#pending.length > MAX_HEAD_BYTES) throw new NotHttp('a head beyond 64 KiB')
        return undefined
      }
      const head = parseHead(this.#pending.subarray(0, end).toString('latin1'))
      this.#pending = this.#pending.subarray(end + 4)
      if (head.status >= 200 || head.status === 101) this.#head = head
      else if ((this.#interimBytes += end + 4) > MAX_HEAD_BYTES) throw new NotHttp('interim responses without an end')
    }
    return this.#readBody(this.#head)
  }

  /**
   * The connection has ended: gives the response if its end is where the response ends.
   * @throws NotHttp when the response was cut short
   */
  end(): WireResponse {
    if (this.#head && this.endsWithConnection) return this.#whole(this.#head)
    throw new NotHttp(
      this.started ? 'the connection ended inside the response' : 'the connection ended without a response',
    )
  }

  #readBody(head: Head): WireResponse | undefined {
    if (this.bodyless) return this.#whole(head)
    const { framing } = head
    if (framing.kind === 'chunked') return this.#readChunks(head)
    this.#take(
      framing.kind === 'end' ? this.#pending.length : Math.min(this.#pending.length, framing.bytes - this.#bodyBytes),
    )
    return framing.kind === 'length' && this.#bodyBytes === framing.bytes ? this.#whole(head) : undefined
  }

  #readChunks(head: Head): WireResponse | undefined {
    while (!this.#done) {
      const end = this.#pending.indexOf('\r\n')
      if (end < 0) return this.#waitFor(MAX_HEAD_BYTES)
      const size = /^([0-9A-Fa-f]{1,8})(?:[ \t]*;.*)?$/.exec(this.#pending.subarray(0, end).toString('latin1'))?.[1]
      if (size === undefined) throw new NotHttp('a chunk without a size')
      const bytes = parseInt(size, 16)
      if (bytes === 0) this.#done = true
      else {
        if (this.#bodyBytes + bytes > MAX_BODY_BYTES) throw new NotHttp(TOO_LONG)
        if (this.#pending.length < end + 2 + bytes + 2) return undefined
        this.#pending = this.#pending.subarray(end + 2)
        this.#take(bytes)
        this.#pending = this.#pending.subarray(2)
      }
    }
    // The last chunk and a trailer section, which says nothing to the suite, end with an empty line.
    return this.#pending.indexOf('\r\n\r\n') < 0 ? this.#waitFor(MAX_HEAD_BYTES) : this.#whole(head)
  }

  /** What has not come to its end within `most` bytes is none that the suite reads. */
  #waitFor(most: number): undefined {
    if (this.#pending.length > most) throw new NotHttp(TOO_LONG)
    return undefined
  }

  #take(bytes: number): void {
    if (bytes === 0) return
    this.#bodyBytes += bytes
    if (this.#bodyBytes > MAX_BODY_BYTES) throw new NotHttp(TOO_LONG)
    this.#body.push(this.#pending.subarray(0, bytes))
    this.#pending = this.#pending.subarray(bytes)
  }

  #whole({ status, headers }: Head): WireResponse {
    return { status, headers, body: Buffer.concat(this.#body) }
  }
}
