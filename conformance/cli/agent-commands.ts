import type { Command } from 'commander'
import { transports } from '../../schemas/index.js'
import type { CallCommandOptions } from '../commands/call.js'
import { profileNames } from '../commands/profile-names.js'
import type { ServeCommandOptions } from '../commands/serve.js'
import { parseWhole } from '../commands/usage.js'
import { oneOf, withUsage } from './command-help.js'
import { interruptible } from './interruption.js'

type Finish = (status: number) => void
type ServeFlags = Omit<ServeCommandOptions, 'port'> & { readonly port: string }
type CallFlags = Omit<CallCommandOptions, 'timeout'> & { readonly timeout: string }

const addKeygen = (program: Command, finish: Finish): void => {
  const keygen = program
    .command('keygen')
    .summary('write fresh private keys into a file')
    .description(
      'Writes fresh private keys into a file that its owner alone may read, for --identity, and prints their DID.',
    )
    .argument('<file>', 'must not be there yet')
    .option('--json', 'answer with one JSON document (schemas/generated-identity.schema.json); no private key is in it')
    .action(async (path: string, { json }: { json?: true }) => {
      const { keygenCommand } = await import('../commands/keygen.js')
      finish(keygenCommand(path, undefined, json))
    })
  withUsage(keygen, {
    examples: [
      ['sage-conformance keygen identity.json', 'keys for --identity'],
      ['sage-conformance keygen identity.json --json', 'the DID and the public keys, for a script'],
    ],
    statuses: { 0: 'written', 2: 'wrong usage, or a file that is there already or cannot be written' },
  })
}

const addServe = (program: Command, finish: Finish): void => {
  const serve = program
    .command('serve')
    .summary('run the reference responder')
    .description('Runs the reference responder until it is told to end, by Ctrl-C or SIGTERM.')
    .optionsGroup('Where, and who it is:')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 takes a free one', '0')
    .option('--public-url <url>', 'endpoint in the card, where others reach it under another address')
    .option('--name <text>', 'name in the card')
    .option(
      '--identity <file>',
      'private keys: JSON with "signing" and "kem", each b64u of 32 bytes (keygen); fresh ones by default',
    )
    .optionsGroup('Who may talk to it, and how much:')
    .option('--directory <file>', 'keys of DIDs other than did:key: JSON of DIDs, each with b64u of 32 bytes')
    .option('--admit-only', 'admit the DIDs of the directory and nobody else')
    .addOption(
      oneOf('--profile <name>', 'set of limits; a tester reaches low-limits in seconds', profileNames).default(
        'default',
      ),
    )
    .option(
      '--metrics-token <file>',
      'bearer token without which metrics are shown to nobody; on loopback to everybody',
    )
    .optionsGroup('With other processes of the same identity:')
    .option('--redis <url>', 'share sessions and nonces with other processes by way of Redis or Valkey')
    .option('--state-key-file <file>', 'keys under which the keys of sessions are sealed there')
    .option('--redis-password <file>', 'password of that server')
    .option('--redis-new', 'that server is new, so that nothing can have been lost there')
    .optionsGroup('What it does not do:')
    .option('--no-echo', 'leave out the echo task')
    .option('--no-ws', 'leave out WebSocket')
    .option('--no-batch', 'leave out batches')
    .option('--no-stream', 'leave out streams')
    .option('--no-gzip', 'leave out compression')
    .option('--no-health', 'leave out health')
    .option(
      '--no-metrics',
      'leave out metrics; they are left out with --public-url too, unless there is --metrics-token',
    )
    .action(async ({ port, ...options }: ServeFlags) => {
      const { serveCommand } = await import('../commands/serve.js')
      finish(await serveCommand({ ...options, port: parseWhole('--port', port, 0, 65535) }))
    })
  withUsage(serve, {
    examples: [
      ['sage-conformance serve --port 8080', 'a responder to build an initiator against'],
      ['sage-conformance serve --port 8080 --identity identity.json', 'under the same DID each time'],
      ['sage-conformance serve --profile low-limits --no-ws', 'soon at its limits, and over HTTP alone'],
    ],
    statuses: {
      0: 'told to end, and ended in order',
      2: 'wrong usage, or it could not start',
      130: 'told to end twice',
    },
  })
}

const addCall = (program: Command, finish: Finish): void => {
  const call = program
    .command('call')
    .summary('ask an agent for one task')
    .description(
      'Asks an agent for one task, with the reference initiator. The answer goes to standard output as it is.',
    )
    .argument('<url>', 'where the agent is; ws or wss for WebSocket only')
    .argument('<task>', 'such as sage/ping@v1')
    .argument('[payload]', 'plaintext of the request; - for what is put in')
    .option('--did <did>', 'the DID to shake hands with, and no other')
    .option('--timeout <seconds>', 'longest wait for each answer', '30')
    .option('--insecure', 'do without TLS beyond this machine too')
    .addOption(oneOf('--transport <name>', 'this and nothing else; either by default', transports))
    .option('--stream', 'open the task as a stream: what is put in goes out, and the answer is written, as it comes')
    .option('--identity <file>', 'private keys to shake hands with, as for serve; fresh ones by default')
    .option('--directory <file>', 'keys of DIDs other than did:key, as for serve')
    .option('--json', 'answer with one JSON document (schemas/call-answer.schema.json), instead of the bytes alone')
    .action(async (url: string, task: string, payload: string | undefined, { timeout, ...options }: CallFlags) => {
      const { callCommand } = await import('../commands/call.js')
      const given = { ...options, timeout: parseWhole('--timeout', timeout, 1, 3600) }
      finish(await interruptible(signal => callCommand(url, task, payload, { ...given, signal })))
    })
  withUsage(call, {
    examples: [
      ['sage-conformance call http://127.0.0.1:8080 sage/ping@v1 hello', 'is it there?'],
      ['sage-conformance call http://127.0.0.1:8080 sage/echo@v1 - < message.txt', 'what is put in'],
      ['sage-conformance call https://agent.example sage/ping@v1 --json', 'who answered and what, for a script'],
    ],
    statuses: {
      0: 'an authenticated answer',
      1: 'an authenticated error',
      2: 'wrong usage or configuration',
      3: 'no authenticated answer: nobody there, no SAGE, refused, or unknown',
      130: 'told to end by Ctrl-C',
    },
  })
}

/** Adds `serve`, `call` and `keygen`. */
export const addAgentCommands = (program: Command, finish: Finish): void => {
  addServe(program, finish)
  addCall(program, finish)
  addKeygen(program, finish)
}
