import { Type, type Static } from '@sinclair/typebox'
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { roomPath } from '../../schemas/index.js'
import { parserOf } from '../probe/wire/shape.js'

const Command = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })
const Part = Type.Object(
  {
    command: Command,
    baseline: Type.Optional(Type.String({ description: 'file of known failures, in the folder of the peer' })),
    options: Type.Optional(Type.Array(Type.String(), { description: 'further options of the command that judges it' })),
  },
  { additionalProperties: false },
)

/** `peer.json`: what an implementation in another language can be judged as, and how it is built and started. */
const PeerFile = Type.Object(
  {
    language: Type.String({ minLength: 1 }),
    toolchain: Type.Array(Type.String({ minLength: 1 }), { description: 'programs that must be there' }),
    build: Type.Array(Command, { description: 'run one after the other, in the folder of the peer' }),
    responder: Type.Optional(Part),
    initiator: Type.Optional(Part),
    vectors: Type.Optional(Part),
  },
  { additionalProperties: false },
)

const parsePeerFile = parserOf<Static<typeof PeerFile>>(PeerFile)

/** One command of a peer, and what is known to fail in it. */
export type PeerPart = Static<typeof Part>

/** As what a peer is judged, and by which command of the suite. */
export const commandOf = { responder: 'run', initiator: 'run-client', vectors: 'vectors run' } as const

/** As what a peer is judged. */
export type Role = keyof typeof commandOf

/** An implementation that shares no code with this one. */
export interface Peer extends Static<typeof PeerFile> {
  /** Name of its folder. */
  readonly name: string
  readonly folder: string
}

/** Where the peers are, one folder each. */
export const peersFolder = roomPath('conformance', 'peers')

/** The peers in a folder of peers, by name. Throws where a `peer.json` is none. */
export const loadPeers = (folder = peersFolder): Peer[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && existsSync(join(folder, entry.name, 'peer.json')))
    .map(({ name }) => {
      const file: unknown = JSON.parse(readFileSync(join(folder, name, 'peer.json'), 'utf8'))
      return { ...parsePeerFile(file), name, folder: join(folder, name) }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The programs that a peer needs and that this machine lacks. */
export const missingPrograms = (
  { toolchain }: Pick<Peer, 'toolchain'>,
  path = process.env['PATH'] ?? '',
  suffixes = process.platform === 'win32' ? ['.exe', '.cmd'] : [''],
): string[] =>
  toolchain.filter(
    program =>
      !path.split(delimiter).some(folder => suffixes.some(suffix => isProgram(join(folder, `${program}${suffix}`)))),
  )
