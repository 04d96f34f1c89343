import { SageError, type LocalErrorCode } from '../bytes/sage-error.js'
import { isLoopbackHost } from '../transport/loopback.js'

/**
 * A URL without user, query and fragment, of any scheme; its path has no slash at its end.
 * @throws SageError `code`
 */
export const parseAddress = (text: string, code: LocalErrorCode): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.host === '' || url.search || url.hash || url.username || url.password)
    throw new SageError(code, 'an address is a URL with a host, without user, query and fragment')
  url.pathname = url.pathname.replace(/\/+$/, '')
  return url
}

/** Such a URL that is http or https. @throws SageError `code` */
export const parseHttpUrl = (text: string, code: LocalErrorCode): URL => {
  const url = parseAddress(text, code)
  if (!/^https?:$/.test(url.protocol)) throw new SageError(code, 'this address is http or https')
  return url
}

/** Text of such a URL, without a slash at its end. */
export const urlText = (url: URL): string => url.href.replace(/\/$/, '')

/** May it be used? Without TLS only to this machine, or where the deployer says so (http.tls, ws.tls). */
export const isSafe = (url: URL, allowPlain: boolean): boolean =>
  !/^(?:http|ws):$/.test(url.protocol) || allowPlain || isLoopbackHost(url.hostname)

/** The http or https URL of the host of a ws or wss URL, where the agent's card is; others as they are. */
export const cardHostOf = (url: URL): URL => new URL(url.href.replace(/^ws/, 'http'))
