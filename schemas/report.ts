import { Type, type Static } from '@sinclair/typebox'
import { KnownFailure } from './baseline.js'
import { closed } from './forms.js'
import { Count, Digest, Hex256, judgedBy, plain, Text } from './report-parts.js'
import { transports } from './transports.js'

const State = Type.Union(
  (['pass', 'fail', 'warn', 'skip', 'blocked', 'not-observed', 'inconclusive', 'error'] as const).map(state =>
    Type.Literal(state),
  ),
)

const AnyTransport = Type.Union(transports.map(transport => Type.Literal(transport)))

const Decimal = Type.String({ pattern: '^(0|-?[1-9][0-9]*)$' })
const Summary = Type.Object(
  { bytes: Count, sha256: Hex256, beginsWith: Text },
  { ...plain, description: 'a body that the report does not hold, and its first bytes in hex' },
)
const RequestBody = Type.Union([Text, Summary])
const ResponseBody = Type.Union([
  Text,
  Type.Object({ base64: Text }, { ...plain, description: 'a body that is not UTF-8' }),
  Summary,
])
// Type.Tuple writes tuples in the way of draft 7.
const Header = Type.Unsafe<[string, string]>({
  type: 'array',
  prefixItems: [Text, Text],
  items: false,
  minItems: 2,
  maxItems: 2,
})
const Headers = Type.Array(Header)
const Opened = Type.Object({ seq: Text, aad: Type.Optional(Text), plaintext: Text }, plain)

const BrokenOff = Type.Union((['reset', 'unreachable', 'not-http'] as const).map(kind => Type.Literal(kind)))
const Failure = Type.Union(
  [Type.Object({ kind: Type.Literal('timeout') }, plain), Type.Object({ kind: BrokenOff, reason: Text }, plain)],
  { description: 'why no response came' },
)

const Frame = Type.Object(
  {
    opcode: Count,
    mask: Type.Optional(Type.String({ description: 'hex; absent in a frame that was not masked' })),
    fin: Type.Optional(Type.Literal(false)),
    reserved: Type.Optional(Count),
    announced: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'bytes that the header announced, where they were not those of the payload',
      }),
    ),
    payload: RequestBody,
  },
  plain,
)

const until = <Kind extends string>(kind: Kind) => Type.Object({ kind: Type.Literal(kind) }, plain)
const Until = Type.Union(
  [
    Type.Object({ kind: Type.Literal('answer'), id: Type.Optional(Text) }, plain),
    Type.Object({ kind: Type.Literal('pong'), payload: Text }, plain),
    until('ping'),
    until('stray'),
    until('end'),
    Type.Object({ kind: Type.Literal('sent'), id: Type.Optional(Text), stream: Type.Optional(Text) }, plain),
    Type.Object({ kind: Type.Union([Type.Literal('next'), Type.Literal('queued')]), id: Text }, plain),
    until('stalled'),
  ],
  { description: 'what was waited for' },
)

const SentFrames = Type.Object(
  {
    connection: Type.Integer({ minimum: -1, description: 'counted from 0 in its case; -1 where there was none' }),
    frames: Type.Union([
      Type.Array(Frame),
      Type.Object(
        { count: Count, bytes: Count, sha256: Hex256 },
        { ...plain, description: 'more frames than are kept' },
      ),
    ]),
    until: Until,
  },
  { ...plain, description: 'what was sent over a WebSocket connection' },
)

const Arrived = Type.Union(
  [
    Type.Object({ kind: Type.Literal('message'), body: ResponseBody, flaw: Type.Optional(Text) }, plain),
    Type.Object({ kind: Type.Literal('ping') }, plain),
    Type.Object({ kind: Type.Literal('pong'), payload: Text }, plain),
    Type.Object({ kind: Type.Literal('closed'), code: Count }, plain),
    Type.Object({ kind: Type.Literal('ended'), code: Type.Optional(Count) }, plain),
    Type.Object({ kind: Type.Union([Type.Literal('sent'), Type.Literal('nothing')]) }, plain),
    Type.Object(
      { kind: Type.Union([Type.Literal('stalled'), Type.Literal('taken')]), bytes: Count, answered: Count },
      plain,
    ),
  ],
  { description: 'what came over a WebSocket connection' },
)

const Inside = {
  sealed: Type.Optional(Opened),
  opened: Type.Optional(Opened),
  judged: Type.Optional(Text),
}
const Places = Type.Array(Type.Object({ what: Text, ...Inside }, plain), {
  description: 'what was in each place of a batch',
})

const Exchange = Type.Object(
  {
    step: Text,
    what: Text,
    at: Text,
    request: Type.Union([
      Type.Object({ method: Text, url: Text, headers: Headers, body: RequestBody }, plain),
      SentFrames,
    ]),
    arrived: Type.Optional(Arrived),
    response: Type.Optional(Type.Object({ status: Count, headers: Headers, body: ResponseBody }, plain)),
    failure: Type.Optional(Failure),
    ...Inside,
    places: Type.Optional(Places),
    lines: Type.Optional(Type.Array(Type.Object(Inside, plain), { description: 'what was in each line of a stream' })),
  },
  plain,
)

const evidence = {
  clock: Type.Array(Decimal, {
    description:
      "readings of the clock in their order: nanoseconds from the Unix epoch, the target's time as estimated",
  }),
  signatures: Type.Optional(
    Type.Array(Text, { description: 'b64, by the identity that the caller gave, whose private key is not recorded' }),
  ),
  transcript: Type.Array(Exchange),
}

const Case = Type.Object(
  {
    name: Text,
    state: State,
    reasonCode: Text,
    expected: Type.Optional(Text),
    observed: Type.Optional(Text),
    ...evidence,
  },
  plain,
)

const Result = Type.Object(
  {
    check: Text,
    requirement: Text,
    also: Type.Array(Text),
    level: Text,
    transport: AnyTransport,
    state: State,
    reasonCode: Text,
    known: Type.Optional(
      Type.Literal(true, { description: 'it fails as the baseline says, and so does not fail the run' }),
    ),
    expected: Type.Optional(Text),
    observed: Type.Optional(Text),
    cases: Type.Array(Case),
  },
  plain,
)

const Coverage = Type.Object(
  {
    requirements: Count,
    judged: Type.Integer({ minimum: 0, description: 'by this run' }),
    run: Type.Integer({ minimum: 0, description: 'of the others: what `run` can judge' }),
    vectors: Type.Integer({ minimum: 0, description: 'of the others: what `vectors run` judges' }),
    runClient: Type.Integer({ minimum: 0, description: 'of the others: what `run-client` judges' }),
    unobservable: Type.Integer({ minimum: 0, description: 'what nobody outside can observe' }),
    unjudged: Type.Integer({ minimum: 0, description: 'what nothing judges yet' }),
  },
  {
    ...plain,
    description: 'by whom the requirements are judged, each counted once: the members after the first add up to it',
  },
)

const Compared = Type.Object(
  {
    known: Type.Integer({ minimum: 0, description: 'results that fail as listed' }),
    unjudged: Type.Integer({ minimum: 0, description: 'entries that this run did not select, or did not come to' }),
    mend: Type.Array(
      Type.Object(
        {
          check: Text,
          transport: AnyTransport,
          reasonCode: Type.String({ description: 'the one that is listed' }),
          what: Type.String({ description: 'what came of it instead, and what to do' }),
        },
        plain,
      ),
      { description: 'entries that do not hold: they fail the run until the list is mended' },
    ),
  },
  { ...plain, description: 'what came of the known failures, where the caller gave them' },
)

/** The report of `sage-conformance run` and `run-client`: everything else that is reported is made from it. */
export const Report = Type.Object(
  {
    report: Type.Literal('sage-conformance/1'),
    command: Type.Union([Type.Literal('run'), Type.Literal('run-client')], { description: 'what made it' }),
    ...judgedBy,
    target: Type.Object(
      {
        url: Type.String({ description: 'of run-client: the command that was started, as a shell reads it' }),
        argv: Type.Optional(Type.Array(Text, { description: 'the command that run-client started, word by word' })),
        did: Type.Optional(Text),
        http: Type.Optional(Text),
        ws: Type.Optional(Text),
        name: Type.Optional(Text),
        capabilities: Type.Array(Text),
        identityRestsOn: Text,
        clockAheadSeconds: Type.Number(),
      },
      plain,
    ),
    run: Type.Object(
      {
        seed: Text,
        salt: Text,
        startedAt: Text,
        seconds: Type.Number({ minimum: 0 }),
        only: Type.Array(Text),
        skip: Type.Array(Text),
        transports: Type.Array(AnyTransport, { description: 'over which the target may be judged' }),
        jobs: Count,
        timeoutMs: Count,
        patienceSeconds: Type.Number({ minimum: 0 }),
        exactClock: Type.Boolean({ description: 'the target shared the clock of the suite' }),
        strict: Type.Boolean(),
        failFast: Type.Optional(
          Type.Literal(true, { description: 'nothing more was begun after the first failure that is not known' }),
        ),
        baseline: Type.Optional(Type.Array(KnownFailure, { description: 'the known failures that the caller gave' })),
        flags: Type.Object(
          {
            did: Type.Optional(Text),
            kemKey: Type.Optional(Text),
            signingKey: Type.Optional(Text),
            http: Type.Optional(Text),
            ws: Type.Optional(Text),
          },
          { ...plain, description: 'what the caller said of the target beside its URL' },
        ),
        ca: Type.Optional(
          Type.Literal(true, { description: 'the caller gave certificate authorities, which are not recorded' }),
        ),
        insecure: Type.Optional(Type.Literal(true, { description: 'any certificate was accepted' })),
        metricsToken: Type.Optional(
          Type.Literal(true, { description: 'the caller gave a token for the metrics, which is not recorded' }),
        ),
        identity: Type.Optional(
          Type.String({
            pattern: '^did:key:z[1-9A-HJ-NP-Za-km-z]+$',
            description: 'DID of the identity that the caller gave',
          }),
        ),
      },
      plain,
    ),
    verdict: Type.Union(
      (['conformant', 'conformant but for known failures', 'not conformant', 'incomplete', 'suite error'] as const).map(
        verdict => Type.Literal(verdict),
      ),
    ),
    exitStatus: Type.Integer({ minimum: 0, maximum: 4 }),
    counts: Type.Record(State, Count),
    coverage: Coverage,
    baseline: Type.Optional(Compared),
    problem: Type.Optional(Type.String({ description: 'why nothing was judged' })),
    discovery: Type.Object(evidence, { ...plain, description: 'how the agent card was read' }),
    skew: Type.Optional(Type.Object(evidence, { ...plain, description: "how the target's clock was measured" })),
    results: Type.Array(Result),
    digest: Digest,
  },
  closed('report', 'Report of a run of the SAGE conformance suite'),
)

/** Type of {@link Report}. */
export type Report = Static<typeof Report>
