/** Figures by name; all of them are costs, so that less is better. */
export type Figures = Readonly<Record<string, number>>

/**
 * What a round measures by itself: `time` and `cpu` (microseconds a unit), `gc` (microseconds of collector a unit), `bytes` and
 * `external` (heap and other bytes a unit), `allocations` (objects a unit); of asynchronous operations also `p50` and `p99`
 * (microseconds of a call) and `delay` (milliseconds that the event loop was late, at the 99th percentile).
 */
export type MeasuredFigure = 'time' | 'cpu' | 'gc' | 'bytes' | 'external' | 'allocations' | 'p50' | 'p99' | 'delay'

/** Work that another process does for a subject: what it used between the two calls counts, not what this process used. */
export interface Elsewhere {
  begin(): Promise<void>
  /** `cpu` and `gc` in microseconds in all, `delay` in milliseconds. */
  end(): Promise<Figures>
}

/** Something that is done over and over, in rounds that alternate with those of the others. */
export interface Repeated {
  readonly operation: () => unknown
  /** Units that one call makes; 1 unless told otherwise. */
  readonly units?: number
  /** The operation gives promises, and so many are under way at once. */
  readonly concurrency?: number
  /** Is done before each round, and not measured. */
  readonly prepare?: (calls: number) => void | Promise<void>
  readonly elsewhere?: Elsewhere
}

/** Something that is done once in a process of its own, and measures itself. */
export interface Trial {
  readonly trial: () => Figures | Promise<Figures>
}

/** One of those that are compared. */
export type Subject = Repeated | Trial

/** Those that are compared, ready to run: the one that the case is about, and others beside it. */
export interface Contest {
  readonly subject: Subject
  readonly baselines: Readonly<Record<string, Subject>>
  readonly tearDown?: () => void | Promise<void>
}

/** A row of the table. */
export interface Row {
  readonly figure: MeasuredFigure | (string & {})
  /** The baseline of the ratio; without it the figure stands by itself. */
  readonly against?: string
  /**
   * `at least` N: the baseline costs N times as much as the subject. `at most` N: the subject costs N times as much as the
   * baseline, or N itself where there is none. A row without a goal only tells.
   */
  readonly goal?: { readonly sense: 'at least' | 'at most'; readonly value: number }
  /** What bounds it, in a sentence, where the goal is out of reach. */
  readonly bounds?: string
}

/** A case of the bench: what is compared, and the rows that come of it. */
export interface BenchCase {
  /** `part/what`, in kebab-case. */
  readonly name: string
  /** What one unit is, such as `session` or `message`. */
  readonly unit: string
  /** What is done, in a sentence. */
  readonly about: string
  readonly rows: readonly Row[]
  /** Milliseconds of a round; 50 unless told otherwise. Synchronous operations are repeated for so long. */
  readonly roundMs?: number
  /** Rounds that are not counted, 2 unless told otherwise: compilers, here and elsewhere, learn what is asked of them. */
  readonly warmUps?: number
  /** Rounds of this case at most, for what takes long. */
  readonly maxRounds?: number
  /** Flags of Node for its processes. */
  readonly nodeFlags?: readonly string[]
  readonly setUp: () => Contest | Promise<Contest>
}

/** Is it done once in a process of its own? */
export const isTrial = (subject: Subject): subject is Trial => 'trial' in subject

/** The name of the subject beside those of its baselines. */
export const SUBJECT = 'subject'

/** All that are compared, by name. */
export const subjectsOf = ({ subject, baselines }: Contest): Readonly<Record<string, Subject>> => ({
  [SUBJECT]: subject,
  ...baselines,
})
