import t from 'tap'
import { coverageTable } from '../coverage-table.js'
import { readRequirements, type Requirement } from '../read-requirements.js'
import { trace, type TraceInput } from '../trace.js'

const requirement = (id: string): Requirement => ({
  id,
  level: 'MUST',
  role: 'responder',
  chapter: id.split('.')[0]!,
  line: 1,
  text: `A responder MUST ${id}.`,
  hash: `hash of ${id}`,
})

const sound: TraceInput = {
  requirements: ['task.ping', 'task.close', 'keys.sid', 'keys.erasure', 'http.method'].map(requirement),
  checks: [{ id: 'ping-returns', requirement: 'task.ping', also: ['task.close'] }],
  mutants: [{ name: 'ping-forgets', kills: ['ping-returns', 'sid-1'] }],
  vectors: [{ id: 'sid-1', requirements: ['keys.sid'] }],
  unobservable: [{ id: 'keys.erasure', reason: 'memory' }],
  unjudged: [{ id: 'http.method', issue: '2' }],
  reviewed: Object.fromEntries(
    ['task.ping', 'task.close', 'keys.sid', 'keys.erasure', 'http.method'].map(id => [id, `hash of ${id}`]),
  ),
  history: [{ version: 'commit 1', ids: ['http.method', 'task.close'] }],
}

const findings = (change: Partial<TraceInput>): string[] =>
  trace({ ...sound, ...change }).map(({ id, text }) => `${id} ${text}`)

t.test('a sound house has no findings', async t => t.strictSame(findings({}), []))

t.test('fails when a sentence loses its check, its vector or its place on a list', async t => {
  t.match(findings({ checks: [{ id: 'ping-returns', requirement: 'task.ping' }] }), [
    /^task\.close is judged by no check/,
  ])
  t.match(findings({ vectors: [{ id: 'sid-1', requirements: [] }] }), [/^keys\.sid is judged by no check/])
  t.match(findings({ unobservable: [] }), [/^keys\.erasure is judged by no check/])
  t.match(findings({ unjudged: [] }), [/^http\.method is judged by no check/])
})

t.test('fails when a list names what is judged after all, or what is not there', async t => {
  t.match(findings({ unjudged: [{ id: 'task.close', issue: '2' }, ...sound.unjudged] }), [
    /^task\.close is in unjudged\.json, but checks judge it/,
  ])
  t.match(findings({ unobservable: [{ id: 'keys.sid', reason: 'r' }, ...sound.unobservable] }), [
    /^keys\.sid is in unobservable\.json, but vectors judge it/,
  ])
  t.match(findings({ unobservable: [{ id: 'no.such', reason: 'r' }, ...sound.unobservable] }), [
    /^no\.such is in unobservable\.json and in no chapter/,
  ])
})

t.test('fails when an entry of a list is double, in both lists, or says nothing', async t => {
  const [erasure, method] = [sound.unobservable[0]!, sound.unjudged[0]!]
  t.match(findings({ unjudged: [method, method] }), [/^http\.method is listed twice in unjudged\.json/])
  t.match(findings({ unobservable: [erasure, { id: 'http.method', reason: 'r' }] }), [/^http\.method is both in/])
  t.match(findings({ unobservable: [{ ...erasure, reason: ' ' }] }), [/^keys\.erasure .* without a reason/])
  t.match(findings({ unjudged: [{ ...method, issue: '' }] }), [/^http\.method .* without an issue/])
})

t.test('fails when a check or a vector names no requirement', async t => {
  t.match(findings({ checks: [{ ...sound.checks[0]!, also: ['task.close', 'task.gone'] }] }), [
    /^ping-returns is a check of task\.gone/,
  ])
  t.match(findings({ vectors: [{ id: 'sid-1', requirements: ['keys.sid', 'keys.gone'] }] }), [
    /^sid-1 is a vector of keys\.gone/,
  ])
})

t.test('fails when no mutant trips a check, or a mutant trips nothing that exists', async t => {
  t.match(findings({ mutants: [{ name: 'm', kills: ['sid-1'] }] }), [/^ping-returns is a check that no mutant trips/])
  t.match(findings({ mutants: [...sound.mutants, { name: 'm', kills: [] }] }), [/^m is a mutant that trips nothing/])
  t.match(findings({ mutants: [...sound.mutants, { name: 'm', kills: ['gone'] }] }), [/^m .* trip gone/])
})

t.test('fails when two checks or two mutants have one name', async t => {
  t.match(findings({ checks: [...sound.checks, ...sound.checks] }), [/^ping-returns names two checks/])
  t.match(findings({ mutants: [...sound.mutants, ...sound.mutants] }), [/^ping-forgets names two mutants/])
})

t.test('fails when a sentence was reworded, or never reviewed, or is gone', async t => {
  t.match(findings({ reviewed: { ...sound.reviewed, 'task.ping': 'another' } }), [/^task\.ping was reworded/])
  const { 'task.ping': _dropped, ...rest } = sound.reviewed
  t.match(findings({ reviewed: rest }), [/^task\.ping has no entry in reviewed\.json/])
  t.match(findings({ reviewed: { ...sound.reviewed, 'no.such': 'hash' } }), [
    /^no\.such is in reviewed\.json and in no/,
  ])
})

t.test('a reworded sentence in the prose is what a review notices', async t => {
  const read = (verb: string) =>
    readRequirements([
      { name: 'conventions', file: 'c', text: '| subject | whom |\n|---|---|\n| sender | x |\n' },
      { name: 'a', file: 'a', text: `- **a.b** A sender MUST ${verb}.\n` },
    ]).requirements
  const reviewed = { 'a.b': read('wait')[0]!.hash }
  const only = { ...sound, checks: [], mutants: [], vectors: [], unobservable: [], history: [], reviewed }
  const unjudged = [{ id: 'a.b', issue: '2' }]
  t.strictSame(trace({ ...only, unjudged, requirements: read('wait') }), [])
  t.match(trace({ ...only, unjudged, requirements: read('run') }), [{ id: 'a.b', text: /was reworded/ }])
})

t.test('fails when the list of the unjudged grew against any earlier version', async t => {
  const history = [
    { version: 'commit 3', ids: ['http.method'] },
    { version: 'commit 2', ids: [] },
    { version: 'commit 1', ids: ['http.method'] },
  ]
  t.match(findings({ history }), [/^http\.method was not in unjudged\.json in commit 2/])
  t.strictSame(findings({ history: [] }), [], 'a first version has nothing to grow against')
})

t.test('the table counts every sentence once', async t => {
  t.strictSame(
    coverageTable(sound).map(line => line.trim().split(/ {2,}/)),
    [
      ['chapter', 'sentences', 'of them MUST', 'checks', 'vectors', 'unobservable', 'unjudged', 'nobody'],
      ['task', '2', '2', '2', '0', '0', '0', '0'],
      ['keys', '2', '2', '0', '1', '1', '0', '0'],
      ['http', '1', '1', '0', '0', '0', '1', '0'],
      ['all', '5', '5', '2', '1', '1', '1', '0'],
    ],
  )
})
