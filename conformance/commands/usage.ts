import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { transports, type Transport } from '../../schemas/index.js'
import { parseHex } from '../probe/bytes/hex.js'
import { Refusal } from '../probe/refusal.js'
import { lineOf } from '../report/text.js'
import { fileError } from '../report/file-error.js'

/** What the caller got wrong: one line, exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** A whole number within a range, from the text of an option. Throws UsageError. */
export const parseWhole = (option: string, text: string, min: number, max: number): number => {
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : NaN
  if (!(value >= min && value <= max))
    throw new UsageError(
      `${option} takes a whole number from ${min} to ${max}, not ${JSON.stringify(lineOf(text, 100))}`,
    )
  return value
}

/** Whatever `parse` makes of an option's text. Throws UsageError where it refuses. */
export const parseOption = <Value>(option: string, wanted: string, parse: () => Value): Value => {
  try {
    return parse()
  } catch (cause) {
    if (cause instanceof Refusal) throw new UsageError(`${option} takes ${wanted}`, { cause })
    throw cause
  }
}

/** A host, perhaps with a port and a path, before which only the scheme is missing. */
const isHostAlone = (text: string, plain: 'http' | 'ws'): boolean =>
  /^(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+|[a-z0-9.-]+:[0-9]{1,5}|\[[0-9a-f:.]+\](?::[0-9]{1,5})?)(?:\/|$)/i.test(
    text,
  ) && URL.canParse(`${plain}://${text}`)

const parseUrl = (option: string, text: string, plain: 'http' | 'ws'): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || (url.protocol !== `${plain}:` && url.protocol !== `${plain}s:`)) {
    // What stands before the host, or after a question mark, may be a secret, in an address of any form.
    const bare = lineOf(text.replace(/^.*@/s, '…@').replace(/[?#].*$/s, '…'), 200)
    const hint = isHostAlone(bare, plain) ? `; did you mean ${plain}://${bare}?` : ''
    throw new UsageError(`${option} takes an absolute ${plain} or ${plain}s URL, not ${JSON.stringify(bare)}${hint}`)
  }
  if (url.username !== '' || url.password !== '')
    throw new UsageError(`${option} takes a URL without a user name or password`)
  // An endpoint has neither in a card, and what stands there may be a secret too.
  if (url.search !== '' || url.hash !== '') throw new UsageError(`${option} takes a URL without a query or fragment`)
  return url
}

/** Where an agent is: an absolute URL of http, https, ws or wss. Throws UsageError, whose message repeats no password. */
export const parseAgentUrl = (option: string, text: string): URL =>
  parseUrl(option, text, /^wss?:/i.test(text) ? 'ws' : 'http')

/** An absolute http or https URL. Throws UsageError, whose message repeats no password. */
export const parseHttpUrl = (option: string, text: string): URL => parseUrl(option, text, 'http')

/** An absolute ws or wss URL. Throws UsageError, whose message repeats no password. */
export const parseWsUrl = (option: string, text: string): URL => parseUrl(option, text, 'ws')

/** The transports that `--transport` names: one, or all where it is not given. Throws UsageError. */
export const parseTransports = (text: string | undefined): Transport[] => {
  if (text === undefined) return [...transports]
  const found = transports.find(transport => transport === text)
  if (found === undefined)
    throw new UsageError(`--transport is one of ${transports.join(', ')}, not ${JSON.stringify(lineOf(text, 100))}`)
  return [found]
}

/** The text of a file. Throws UsageError with the reason, in one line. */
export const readTextFile = (option: string, path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new UsageError(`${option}: cannot read ${path}: ${fileError(cause)}`, { cause })
  }
}

/** The text of a file with secrets. `warn` is told when others may read it. Throws UsageError as {@link readTextFile}. */
export const readSecretFile = (option: string, path: string, warn: (line: string) => void): string => {
  const text = readTextFile(option, path)
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
    warn(`warning: others may read the private keys in ${path} (chmod 600)`)
  return text
}

/** The text of an option that is hex, of one byte or more. Throws UsageError. */
export const parseHexOption = (option: string, text: string): string => {
  const wanted = 'an even number of lower-case hex digits, two or more'
  const { length } = parseOption(option, wanted, () => parseHex(text))
  if (length === 0) throw new UsageError(`${option} takes ${wanted}`)
  return text
}

/** Certificates in PEM, out of a file. Throws UsageError. */
export const readCertificates = (option: string, path: string): string => {
  const text = readTextFile(option, path)
  try {
    // Without one the system's authorities would be trusted, and nobody would notice.
    new X509Certificate(text)
  } catch (cause) {
    throw new UsageError(`${option} takes a file with certificates in PEM (${path})`, { cause })
  }
  return text
}
