import type { WireAnswer, WireSubject } from './wire.js'

/** A request for a page. */
export interface PageRequest {
  readonly method: string
  readonly query: URLSearchParams
  /** Value of the header `Authorization`, where it is there once. */
  readonly authorization: string | undefined
  /** Would a message be taken now? Not while draining, nor where there is no room for one. */
  readonly takesMessages: boolean
}

/** Something to be read at a path of its own, beside messages. */
export interface Page {
  readonly kind: Extract<WireSubject['kind'], 'card' | 'health' | 'metrics'>
  /** @throws SageError `method_not_allowed`, and what else its guards refuse with */
  readonly answer: (request: PageRequest) => WireAnswer | Promise<WireAnswer>
}

/** Pages by their paths. */
export type Pages = ReadonlyMap<string, Page>

/** Methods that read, as `Allow` lists them. */
export const READING_METHODS = 'GET, HEAD'

/** Is this one of the methods that read? */
export const isReading = ({ method }: Pick<PageRequest, 'method'>): boolean => method === 'GET' || method === 'HEAD'
