import { Type, type Static } from '@sinclair/typebox'
import { schemaId } from './forms.js'

/** What a responder says of itself at `endpoints.health` (health.md). Those who are no strangers may be told more. */
export const Health = Type.Object(
  { status: Type.Union((['pass', 'warn', 'fail'] as const).map(status => Type.Literal(status))) },
  { $id: schemaId('health'), title: 'SAGE 1.0 health', additionalProperties: true },
)

/** Type of {@link Health}. */
export type Health = Static<typeof Health>

/** Media type of a health answer. */
export const HEALTH_MEDIA_TYPE = 'application/health+json'

/** HTTP status of a health answer. */
export const healthStatusOf = ({ status }: Health): number => (status === 'fail' ? 503 : 200)
