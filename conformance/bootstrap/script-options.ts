import { parseArgs, type ParseArgsConfig } from 'node:util'

/** A script of the house, as its help shows it. */
export interface Script {
  /** As it is called, such as `npm run trace`. */
  readonly name: string
  /** One line. */
  readonly purpose: string
  /** What may stand behind `--`, each with what it does. */
  readonly uses: readonly (readonly [words: string, what: string])[]
}

const WRONG_USAGE = 2

const helpOf = ({ name, purpose, uses }: Script): string => {
  const width = Math.max(0, ...uses.map(([words]) => words.length))
  const lines = uses.map(([words, what]) => `  ${`${words}`.padEnd(width)}  ${what}`)
  return [`${name}: ${purpose}`, ...(lines.length > 0 ? ['', `${name} -- …`, ...lines] : [])].join('\n')
}

/**
 * What a script was called with. `--help` shows what there is and ends it with 0; anything that there is not ends it with 2 and
 * one line.
 */
export const parseScript = <Config extends ParseArgsConfig>(
  script: Script,
  config: Config,
): ReturnType<typeof parseArgs<Config>> => {
  const args = config.args ?? process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) {
    console.log(helpOf(script))
    process.exit(0)
  }
  try {
    return parseArgs(config)
  } catch (cause) {
    const [what = ''] = (cause as Error).message.split('. ')
    console.error(`${script.name}: ${what}; see ${script.name} -- --help`)
    process.exit(WRONG_USAGE)
  }
}
