import { concat } from '../probe/bytes/framing.js'
import { addHeader, replaceHeader } from '../probe/net/alter.js'
import { headOf, type WireRequest } from '../probe/net/exchange.js'
import { accepts, rejects } from '../runner/check.js'
import { broken, brokenBy, judgeAcceptance, type Broken } from '../runner/judgement.js'
import { chunked, prepare } from './http-message.js'
import type { Answer } from '../probe/initiator/answer.js'

const leavesNoTrace = ['same-bytes-accepted', 'session-lives'] as const
const overHttp = { transport: 'http' } as const

/** The same request with both headers, its body in chunks, and a length that says something else. */
const withBoth = (request: WireRequest, length: number, body = chunked(request.body)): WireRequest => ({
  ...replaceHeader(addHeader(request, 'Transfer-Encoding', 'chunked'), 'Content-Length', String(length)),
  body,
})

const bytesOf = (request: WireRequest): Uint8Array => concat(Buffer.from(headOf(request), 'latin1'), request.body)

/** Is there an answer, whatever it is? Whoever waits for more than the chunks has taken something else for the end. */
const judgeAnswered = (answer: Answer, what: string): Broken | undefined =>
  answer.kind === 'timeout' ? brokenBy(answer, what) : undefined

/** Whoever has carried out the message in another request takes its record for a replay. */
const judgeUntouched = (answer: Answer, what: string): Broken | undefined => {
  const found = judgeAcceptance(answer, what)
  return (
    found && (found.silence === undefined && found.busy === undefined ? { ...found, reasonCode: 'carried-out' } : found)
  )
}

/** Where a request ends. */
export const httpFramingChecks = [
  rejects('http.length-beside-chunked', {
    subject: 'session message',
    wire: {
      'the length first': ({ request }) => withBoth(request, request.body.length),
      'the chunks first': ({ request }) => ({
        ...request,
        headers: [['Transfer-Encoding', 'chunked'], ...request.headers],
        body: chunked(request.body),
      }),
    },
    expect: { status: 400 },
    after: leavesNoTrace,
  }),
  accepts('http.chunked-counts', {
    needs: overHttp,
    run: async kit => {
      const session = await kit.session()
      const inner = prepare(kit, session)
      // By its chunks the body is another request, which is no message; by its length it ends before that.
      const body = chunked(bytesOf(inner.request))
      const size = body.indexOf(0x0a) + 1
      await kit.send(session, inner, withBoth(inner.request, size, body))
      const untouched = judgeUntouched(await kit.send(session, inner), 'a message that was sent inside a chunk before')
      if (untouched) return untouched
      const next = prepare(kit, session)
      const long = await kit.send(session, next, withBoth(next.request, next.request.body.length + 1000))
      return judgeAnswered(long, 'an answer to chunks that have ended before the length that is said')
    },
  }),
  accepts('http.chunked-closes', {
    needs: overHttp,
    run: async kit => {
      const session = await kit.session()
      const [first, second] = [prepare(kit, session), prepare(kit, session)]
      const both = withBoth(first.request, first.request.body.length)
      const answer = await kit.send(session, first, {
        ...both,
        body: concat(both.body, bytesOf(second.request)),
      })
      const answered = judgeAnswered(answer, 'an answer to a message with both headers')
      if (answered) return answered
      const found = judgeUntouched(await kit.send(session, second), 'a message that came behind one with both headers')
      return found?.reasonCode === 'carried-out'
        ? broken(
            'kept-open',
            'the connection is closed after a request with both headers',
            'what came behind it was carried out',
          )
        : found
    },
  }),
  rejects('http.length-repeated', {
    subject: 'session message',
    wire: {
      'a longer one first': ({ request }) => ({
        ...request,
        headers: [['Content-Length', String(request.body.length + 1)], ...request.headers],
      }),
      'a shorter one after': ({ request }) => addHeader(request, 'Content-Length', String(request.body.length - 1)),
    },
    expect: { status: 400 },
    after: leavesNoTrace,
  }),
]
