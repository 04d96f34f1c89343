import { closeCodes, defaultLimits, errorTable, Limits, type ErrorRow } from '../../schemas/index.js'
import type { Chapter } from './spec-chapters.js'
import type { Finding } from './trace.js'

// Some tables stand in the prose for people and in schemas/ for programs. They are written twice and must say the same.

const cellsOf = (row: string): string[] =>
  row
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim())

const tableAfter = (text: string, header: RegExp): string[][] => {
  const lines = text.split('\n')
  const at = lines.findIndex(line => header.test(line))
  const end = lines.findIndex((line, index) => index > at && !line.startsWith('|'))
  return at < 0 ? [] : lines.slice(at + 2, end < 0 ? undefined : end).map(cellsOf)
}

const nameOf = (cell: string | undefined): string => /^`(\w+)`/.exec(cell ?? '')?.[1] ?? '?'

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** A number as the prose writes it: `8 388 608`, `2³⁰`. */
export function proseNumber(text: string): number {
  const [, base = '', exponent = ''] = /^([0-9 ]+)([⁰¹²³⁴⁵⁶⁷⁸⁹]*)$/.exec(text.replace(/\s/g, ' ')) ?? []
  if (base.trim() === '') return NaN
  const power = [...exponent].map(digit => superscripts.indexOf(digit)).join('')
  return Number(base.replaceAll(' ', '')) ** (power === '' ? 1 : Number(power))
}

const compare = (title: string, prose: readonly string[], data: readonly string[]): Finding[] => [
  ...prose.filter(line => !data.includes(line)).map(line => ({ id: title, text: `only the prose has: ${line}` })),
  ...data.filter(line => !prose.includes(line)).map(line => ({ id: title, text: `only schemas/ has: ${line}` })),
]

const errorLine = (code: string, status: string, plain: boolean, authenticated: boolean): string =>
  `${code} ${status || '-'}${plain ? ' plain' : ''}${authenticated ? ' authenticated' : ''}`

/** Where the table of errors.md and `errorTable` differ. */
export const errorTableFindings = (text: string): Finding[] =>
  compare(
    'spec/errors.md and schemas/errors.ts',
    tableAfter(text, /^\| `error` \| HTTP \|/).map(([code, status = '', plain, authenticated]) =>
      errorLine(nameOf(code), status, plain === 'yes', authenticated === 'yes'),
    ),
    Object.entries<ErrorRow>(errorTable).map(([code, { status, authenticated }]) =>
      errorLine(code, String(status ?? ''), status !== undefined, authenticated),
    ),
  )

/** Where the table of messages.md and the schema of limits differ. */
export const limitsTableFindings = (text: string): Finding[] =>
  compare(
    'spec/messages.md and schemas/limits.ts',
    tableAfter(text, /^\| limit \| default \| range \|/).map(([name, byDefault = '', range = '']) => {
      const [least = '', most = ''] = range.split(' to ')
      return `${nameOf(name)} ${proseNumber(byDefault)}, ${proseNumber(least)} to ${proseNumber(most)}`
    }),
    Object.entries(Limits.properties).map(
      ([name, { minimum, maximum }]) =>
        `${name} ${defaultLimits[name as keyof typeof defaultLimits]}, ${minimum} to ${maximum}`,
    ),
  )

/** What each code answers, in the words of the prose. */
const arrivals: Readonly<Record<keyof typeof closeCodes, string>> = {
  protocolError: 'a frame that RFC 6455 does not allow',
  binary: 'a binary message',
  notJson: 'text that is not UTF-8, or has not been read as a JSON object',
  noId: 'a JSON object without a valid `id`',
  tooLarge: 'a message of more than `maxMessageBytes`',
}

/** Where the table of websocket.md and `closeCodes` differ. */
export const closeCodeFindings = (text: string): Finding[] =>
  compare(
    'spec/websocket.md and schemas/close-codes.ts',
    tableAfter(text, /^\| what arrives \| close code \|/).map(([what = '', code = '']) => `${what}: ${code}`),
    Object.entries(closeCodes).map(([name, code]) => `${arrivals[name as keyof typeof closeCodes]}: ${code}`),
  )

/** Where a table of the prose and its data in `schemas/` differ. */
export function tableFindings(chapters: readonly Chapter[]): Finding[] {
  const textOf = (name: string) => chapters.find(chapter => chapter.name === name)?.text ?? ''
  return [
    ...errorTableFindings(textOf('errors')),
    ...limitsTableFindings(textOf('messages')),
    ...closeCodeFindings(textOf('websocket')),
  ]
}
