import { Type, type Static } from '@sinclair/typebox'
import { parserOf } from '../probe/wire/shape.js'

const closed = { additionalProperties: false } as const
const Count = Type.Integer({ minimum: 0 })
const Counts = Type.Record(Type.String(), Count)

const LatencySchema = Type.Object(
  {
    requests: Count,
    calmP50: Type.Number(),
    stormP50: Type.Number(),
    calmP99: Type.Number(),
    stormP99: Type.Number(),
    wrong: Count,
    lost: Count,
    why: Type.Array(Type.String()),
  },
  { ...closed, description: 'Milliseconds of good clients: without the attack, and during it' },
)

const SidesSchema = Type.Object({ http: LatencySchema, ws: LatencySchema }, closed)

const HeldSchema = Type.Object(
  { rss: Type.Number(), held: Type.Number(), sockets: Count },
  { ...closed, description: 'Bytes of the process and of the heap, and open connections' },
)

const BattleSchema = Type.Object(
  {
    name: Type.String(),
    seconds: Type.Number({ description: 'Seconds of attack' }),
    units: Count,
    outcomes: Counts,
    unexpected: Type.Array(Type.String()),
    unexpectedCount: Count,
    good: SidesSchema,
    bare: Type.Optional(SidesSchema),
    cpu: Type.Object({ calm: Type.Number(), storm: Type.Number() }, closed),
    before: HeldSchema,
    after: HeldSchema,
    faults: Count,
    isAlive: Type.Boolean(),
  },
  closed,
)

const InputsSchema = Type.Object(
  {
    seed: Count,
    seconds: Type.Number(),
    sent: Count,
    byKind: Counts,
    byRoute: Counts,
    byOutcome: Counts,
    constraints: Type.Record(Type.String(), Type.Object({ broken: Count, kept: Count }, closed)),
    falseAccepts: Count,
    falseRefusals: Count,
    wrongRefusals: Count,
    unanswered: Count,
    findings: Type.Array(Type.String()),
    faults: Count,
    isAlive: Type.Boolean(),
  },
  closed,
)

const SampleSchema = Type.Object(
  {
    seconds: Type.Number(),
    attack: Type.String(),
    rss: Type.Number(),
    held: Type.Number(),
    sockets: Count,
    httpP50: Type.Number(),
    httpP99: Type.Number(),
    wsP50: Type.Number(),
    wsP99: Type.Number(),
  },
  closed,
)

const SoakSchema = Type.Object(
  {
    seconds: Type.Number(),
    samples: Type.Array(SampleSchema),
    requests: Count,
    wrong: Count,
    lost: Count,
    units: Count,
    unexpectedCount: Count,
    unexpected: Type.Array(Type.String()),
    faults: Count,
    isAlive: Type.Boolean(),
  },
  closed,
)

/** What a siege has come to. */
export const SiegeReport = Type.Object(
  {
    version: Type.Literal(1),
    date: Type.String(),
    machine: Type.Object(
      {
        cpu: Type.String(),
        cores: Type.Integer(),
        memoryMiB: Type.Integer(),
        platform: Type.String(),
        load: Type.Number({ description: 'Processes that wanted a processor when it began, over a minute' }),
      },
      closed,
    ),
    node: Type.String(),
    battles: Type.Array(BattleSchema),
    inputs: Type.Optional(InputsSchema),
    soak: Type.Optional(SoakSchema),
  },
  closed,
)
export type SiegeReport = Static<typeof SiegeReport>

/** What one attack has come to. */
export type BattleReport = Static<typeof BattleSchema>

/** How good clients fared over both transports. */
export type Sides = Static<typeof SidesSchema>

/** How one good client fared. */
export type Latency = Static<typeof LatencySchema>

/** What a million inputs have come to. */
export type InputsReport = Static<typeof InputsSchema>

/** What a soak has come to. */
export type SoakReport = Static<typeof SoakSchema>

/** The report that a siege has written as JSON. @throws Refusal `schema` */
export const parseReport = parserOf<SiegeReport>(SiegeReport)
