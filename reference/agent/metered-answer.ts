import type { PlainError, SessionResponse } from '../../schemas/index.js'
import type { Arrival, Exchange, Reading, Reply, StreamReply } from '../transport/exchange.js'
import type { Meter } from './meter.js'

type AnswerOne = Exchange['answer']

/** What messages are counted with. */
interface Metering {
  readonly answer: AnswerOne
  readonly meter: Meter
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number
}

const bytesOf = (base64: string): number => Buffer.byteLength(base64, 'base64')

const isMessage = (reading: Reading): reading is Extract<Reading, { isJson: true }> => reading.isJson

const isSession = (reading: Extract<Reading, { isJson: true }>): boolean => Object.hasOwn(reading.value, 'kid')

/** Answers a message, and tells whether it was accepted, as soon as it is. */
const watching = async (
  reading: Reading,
  arrival: Arrival,
  answer: AnswerOne,
  onAccepted: () => void,
): Promise<readonly [reply: Reply, isAccepted: boolean]> => {
  let isAccepted = false
  const accepted = (): void => {
    isAccepted = true
    onAccepted()
    arrival.accepted()
  }
  const reply = await answer(reading, { ...arrival, accepted })
  return [reply, isAccepted]
}

const meterHandshake = async (reading: Reading, arrival: Arrival, { answer, meter }: Metering): Promise<Reply> => {
  const [reply, isAccepted] = await watching(reading, arrival, answer, () => meter.handshake('accepted'))
  if (!isAccepted) meter.handshake('refused')
  return reply
}

const isLast = (response: SessionResponse | PlainError): boolean =>
  !('kid' in response) || (response.stream !== undefined && 'seq' in response.stream && response.stream.end)

async function* meterStream(
  { responses }: StreamReply,
  sent: (response: SessionResponse | PlainError) => void,
): StreamReply['responses'] {
  for await (const response of responses) {
    sent(response)
    yield response
  }
}

const meterRecord = async (reading: Reading, arrival: Arrival, metering: Metering): Promise<Reply> => {
  const { answer, meter, monotonic } = metering
  const { transport, arrivedAt = monotonic() } = arrival
  const [reply, isOpened] = await watching(reading, arrival, answer, () => meter.record('opened'))
  if (!isOpened) meter.record('refused')
  const { message } = reply
  if (message?.kind === 'session') meter.recordBytes(transport, 'in', message.record.length)
  const sent = (response: SessionResponse | PlainError): void => {
    if ('kid' in response) meter.recordBytes(transport, 'out', bytesOf(response.data))
    if (reply.kind === 'stream' && !isLast(response)) return
    if (isOpened) meter.request(response.success ? 'success' : 'error')
    meter.answered(transport, (monotonic() - arrivedAt) / 1000)
  }
  if (reply.kind === 'stream') return { ...reply, responses: meterStream(reply, sent) }
  if (reply.kind === 'session' || reply.kind === 'error') sent(reply.body)
  return reply
}

/** Answers messages, and counts them: each event once, before what makes it known is sent (metrics.counts). */
export const meteredAnswer =
  (metering: Metering): AnswerOne =>
  (reading, arrival) => {
    if (!isMessage(reading)) return metering.answer(reading, arrival)
    return isSession(reading) ? meterRecord(reading, arrival, metering) : meterHandshake(reading, arrival, metering)
  }

/** Counts a message that was read and gets no answer. */
export const meterUnanswered = (reading: Reading, meter: Meter): void => {
  if (!isMessage(reading)) return
  if (isSession(reading)) meter.record('refused')
  else meter.handshake('refused')
}
