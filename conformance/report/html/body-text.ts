// Runs in Node and in the page: bytes and texts of messages as a person reads them.

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A JSON text on several lines. Only white space differs: duplicate members and digits stay as they were sent. */
export const indented = (json: string): string => {
  let depth = 0
  const line = (): string => `\n${'  '.repeat(depth)}`
  return json.replace(/"(?:[^"\\]|\\.)*"|\{\s*\}|\[\s*\]|[{}[\],:]|\s+/g, token => {
    if (token === '{' || token === '[') {
      depth += 1
      return token + line()
    }
    if (token === '}' || token === ']') {
      depth -= 1
      return line() + token
    }
    if (token === ',') return token + line()
    if (token === ':') return ': '
    return token.trim() === '' ? '' : token
  })
}

/** A body as a person reads it: JSON on several lines, also where each line is JSON; anything else as it is. */
export const readable = (body: string): string => {
  if (/^\s*[{[]/.test(body) && isJson(body)) return indented(body)
  const lines = body.split('\n').filter(line => line !== '')
  return lines.length > 1 && lines.every(line => line.startsWith('{') && isJson(line))
    ? lines.map(indented).join('\n')
    : body
}

/** The bytes of hex. */
export const bytesOfHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/[0-9a-f]{2}/gi) ?? [], pair => Number.parseInt(pair, 16))

/** The bytes of base64 in either alphabet; undefined where it is none. */
export const bytesOfBase64 = (text: string): Uint8Array | undefined => {
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), byte => byte.charCodeAt(0))
  } catch {
    return undefined
  }
}

/** The text that bytes are; undefined where they are no UTF-8 or hold a control. */
export const textOfBytes = (bytes: Uint8Array): string | undefined => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return /(?![\n\t\r])\p{Cc}/u.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

/** The JSON object inside `payload` or `data` of a message: what a handshake says; undefined where there is none. */
export const insideOf = (body: string): string | undefined => {
  if (!isJson(body)) return undefined
  const message = JSON.parse(body) as { payload?: unknown; data?: unknown } | null
  const inside = message?.payload ?? message?.data
  if (typeof inside !== 'string') return undefined
  const bytes = bytesOfBase64(inside)
  const text = bytes && textOfBytes(bytes)
  return text?.startsWith('{') && isJson(text) ? text : undefined
}

const BYTES_A_LINE = 16

/** Bytes in lines of sixteen: where they begin, in hex, and as ASCII. */
export const hexdump = (bytes: Uint8Array): string => {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += BYTES_A_LINE) {
    const line = [...bytes.subarray(at, at + BYTES_A_LINE)]
    const hex = line.map(byte => byte.toString(16).padStart(2, '0')).join(' ')
    const ascii = line.map(byte => (byte > 0x1f && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('')
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(BYTES_A_LINE * 3 - 1)}  ${ascii}`)
  }
  return lines.join('\n')
}
