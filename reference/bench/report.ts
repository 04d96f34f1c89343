import { Type, type Static } from '@sinclair/typebox'
import { schemaParser } from '../bytes/schema.js'

const closed = { additionalProperties: false } as const

const SpreadSchema = Type.Object(
  { median: Type.Number(), q1: Type.Number(), q3: Type.Number() },
  { ...closed, description: 'Median and quartiles over the rounds' },
)

const RowSchema = Type.Object(
  {
    figure: Type.String(),
    against: Type.Optional(Type.String()),
    goal: Type.Optional(
      Type.Object(
        { sense: Type.Union([Type.Literal('at least'), Type.Literal('at most')]), value: Type.Number() },
        closed,
      ),
    ),
    bounds: Type.Optional(Type.String()),
    ratio: SpreadSchema,
    met: Type.Boolean(),
  },
  closed,
)

const CaseSchema = Type.Object(
  {
    name: Type.String(),
    unit: Type.String(),
    about: Type.String(),
    rounds: Type.Integer({ minimum: 1 }),
    figures: Type.Record(Type.String(), Type.Record(Type.String(), SpreadSchema), {
      description: 'Of each that was compared, what a unit cost',
    }),
    rows: Type.Array(RowSchema),
  },
  closed,
)

/** What a run of the bench says. */
export const BenchReport = Type.Object(
  {
    version: Type.Literal(1),
    date: Type.String(),
    machine: Type.Object(
      { cpu: Type.String(), cores: Type.Integer(), memoryMiB: Type.Integer(), platform: Type.String() },
      closed,
    ),
    node: Type.String(),
    cases: Type.Array(CaseSchema),
  },
  closed,
)
export type BenchReport = Static<typeof BenchReport>

/** A case of a run. */
export type CaseReport = Static<typeof CaseSchema>

/** A row of a run. */
export type RowReport = Static<typeof RowSchema>

/** The report that a run has written as JSON. @throws SageError `malformed` */
export const parseReport = schemaParser(BenchReport, 'report of the bench')

/** A row by its name: its case, its figure, and what it is held against. */
export const rowName = (caseName: string, { figure, against }: Pick<RowReport, 'figure' | 'against'>): string =>
  `${caseName}: ${figure}${against === undefined ? '' : ` against ${against}`}`
