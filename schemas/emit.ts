import { AgentCard } from './agent-card.js'
import { Baseline } from './baseline.js'
import { Batch, BatchResponse } from './batch.js'
import { CallAnswer } from './call-answer.js'
import { Explanation } from './explanation.js'
import { GeneratedIdentity } from './generated-identity.js'
import { HandshakeMessage, HandshakePayload, HandshakeResponse, HandshakeResponseData } from './handshake.js'
import { Health } from './health.js'
import { Limits } from './limits.js'
import { Report } from './report.js'
import { PlainError, SessionMessage, SessionResponse } from './session.js'
import { VectorFile } from './vector-file.js'
import { VectorsCheck } from './vectors-check.js'
import { VectorsReport } from './vectors-report.js'
import { Verification } from './verification.js'

/** Every schema that is published, by the name of its file. */
export const publishedSchemas = {
  'agent-card': AgentCard,
  baseline: Baseline,
  batch: Batch,
  'batch-response': BatchResponse,
  'call-answer': CallAnswer,
  explanation: Explanation,
  'generated-identity': GeneratedIdentity,
  'handshake-message': HandshakeMessage,
  'handshake-payload': HandshakePayload,
  'handshake-response': HandshakeResponse,
  'handshake-response-data': HandshakeResponseData,
  health: Health,
  limits: Limits,
  'plain-error': PlainError,
  report: Report,
  'session-message': SessionMessage,
  'session-response': SessionResponse,
  'vector-file': VectorFile,
  'vectors-check': VectorsCheck,
  'vectors-report': VectorsReport,
  verification: Verification,
} as const

/** A nested schema is written out in place, so that each file stands alone. */
const withoutInnerIds = (value: unknown, top = true): unknown => {
  if (Array.isArray(value)) return value.map(item => withoutInnerIds(item, false))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([name, of]) => top || name !== '$id' || typeof of !== 'string')
  return Object.fromEntries(entries.map(([name, of]) => [name, withoutInnerIds(of, false)]))
}

/** Text of the JSON Schema 2020-12 file called `name`. */
export const schemaText = (name: keyof typeof publishedSchemas): string => {
  const { $id, ...rest } = withoutInnerIds(publishedSchemas[name]) as Record<string, unknown>
  return JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', $id, ...rest }, null, 2) + '\n'
}
