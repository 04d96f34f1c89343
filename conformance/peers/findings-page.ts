import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Baseline, KnownFailure, Report } from '../../schemas/index.js'
import type { Requirement } from '../trace/read-requirements.js'
import type { Judgement } from './judge-peer.js'
import type { Peer } from './peer.js'

/** A peer, and what came of it. */
export interface Judged {
  readonly peer: Peer
  readonly judgements: readonly Judgement[]
}

type Result = Report['results'][number]

const SIGN = { holds: '✓', broken: '✗', unjudged: '·', absent: '' } as const

/** What a report says of a requirement: as bad as the worst verdict; not judged where no check came to one. */
const signOf = (results: readonly Result[], id: string): string => {
  const about = results.filter(({ requirement, also }) => requirement === id || also.some(each => each === id))
  const judging = about.filter(({ state }) => ['pass', 'warn', 'fail'].includes(state))
  if (about.every(({ state }) => state === 'skip')) return SIGN.absent
  if (judging.length === 0) return SIGN.unjudged
  return judging.every(({ state }) => state === 'pass') ? SIGN.holds : SIGN.broken
}

const notesOf = (peer: Peer, role: 'responder' | 'initiator'): readonly KnownFailure[] => {
  const path = peer[role]?.baseline
  if (path === undefined) return []
  return (JSON.parse(readFileSync(join(peer.folder, path), 'utf8')) as Baseline).known
}

interface Column {
  readonly name: string
  readonly results: readonly Result[]
}

const columnsOf = (judged: readonly Judged[]): Column[] =>
  judged.flatMap(({ peer, judgements }) =>
    judgements.flatMap(({ role, report }) =>
      report ? [{ name: `${peer.name} ${role}`, results: report.results }] : [],
    ),
  )

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const countsOf = ({ results }: Column): string => {
  const count = (state: string): number => results.filter(result => result.state === state).length
  const shown = ['pass', 'fail', 'warn', 'skip'].filter(state => count(state) > 0)
  return shown.map(state => `${count(state)} ${state}`).join(', ')
}

/** What is known to fail, with what a person said of it: alike over both transports once. */
const knownOf = ({ peer }: Judged): string[] =>
  (['responder', 'initiator'] as const).flatMap(role => {
    const notes = new Map<string, string[]>()
    for (const { check, transport, reasonCode, note = 'not explained yet' } of notesOf(peer, role)) {
      const key = `\`${check}\` (${reasonCode}): ${note}`
      notes.set(key, [...(notes.get(key) ?? []), transport])
    }
    if (notes.size === 0) return []
    const lines = [...notes].map(([text, transports]) => `- ${text} Seen over ${transports.join(' and ')}.`)
    return [`### ${peer.name}, as ${role === 'responder' ? 'a responder' : 'an initiator'}`, '', ...lines, '']
  })

/**
 * The page of what the suite found in other implementations: peer × requirement, and what is known of what fails. It holds
 * nothing that differs from run to run.
 */
export const findingsPage = (judged: readonly Judged[], requirements: readonly Requirement[]): string => {
  const columns = columnsOf(judged)
  const chapters = [...new Set(requirements.map(({ chapter }) => chapter))]
  const matrix = chapters.flatMap(chapter => {
    const rows = requirements
      .filter(each => each.chapter === chapter)
      .map(({ id }) => ({ id, signs: columns.map(({ results }) => signOf(results, id)) }))
      .filter(({ signs }) => signs.some(sign => sign !== SIGN.absent))
      .map(({ id, signs }) => row([`[${id}](../../spec/${chapter}.md)`, ...signs]))
    return rows.length > 0 ? [row([`**${chapter}**`, ...columns.map(() => '')]), ...rows] : []
  })
  return [
    '# What the suite found',
    '',
    '<!-- Written by `npm run peers -- --write`. Do not edit: what is said of a failure stands in the baseline of its peer. -->',
    '',
    'Implementations that share no code with the suite or the reference, judged by `npm run peers`. Each has its folder, with a README that says what it is.',
    '',
    row(['peer', 'language', 'vectors', 'responder', 'initiator']),
    row(['---', '---', '---', '---', '---']),
    ...judged.map(({ peer, judgements }) => {
      const of = (role: Judgement['role']): string => {
        const found = judgements.find(judgement => judgement.role === role)
        if (!found) return 'none'
        return found.report ? `${found.report.verdict}` : found.status === 0 ? 'conformant' : 'not conformant'
      }
      return row([`[${peer.name}](${peer.name}/)`, peer.language, of('vectors'), of('responder'), of('initiator')])
    }),
    '',
    ...columns.map(column => `- **${column.name}**: ${countsOf(column)}`),
    '',
    '## What fails, and why',
    '',
    ...judged.flatMap(knownOf),
    '## Peer × requirement',
    '',
    `${SIGN.holds} holds, ${SIGN.broken} broken, ${SIGN.unjudged} came to no verdict; empty where it is not judged of that peer.`,
    '',
    row(['requirement', ...columns.map(({ name }) => name)]),
    row(['---', ...columns.map(() => ':-:')]),
    ...matrix,
    '',
  ].join('\n')
}
