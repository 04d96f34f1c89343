import { SageError, type LocalErrorCode } from '../bytes/sage-error.js'
import { isLoopbackHost } from '../transport/loopback.js'

/**
 * An http or https URL without user, query and fragment; its path has no slash at its end.
 * @throws SageError `code`
 */
export const parseHttpUrl = (text: string, code: LocalErrorCode): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password)
    throw new SageError(code, 'an address is http or https, without user, query and fragment')
  url.pathname = url.pathname.replace(/\/+$/, '')
  return url
}

/** Text of such a URL, without a slash at its end. */
export const urlText = (url: URL): string => url.href.replace(/\/$/, '')

/** May it be used? Plain HTTP only to this machine, or where the deployer says so (http.tls). */
export const isSafe = (url: URL, allowPlainHttp: boolean): boolean =>
  url.protocol === 'https:' || allowPlainHttp || isLoopbackHost(url.hostname)
