import type { VectorFile, VectorTest } from '../../schemas/index.js'

/** A test with the name by which it is asked for. */
export interface NamedTest {
  /** `file/test`. */
  readonly id: string
  readonly file: string
  readonly op: string
  readonly test: VectorTest
}

/** Every test of the files, in their order. */
export const namedTests = (files: readonly { name: string; file: VectorFile }[]): NamedTest[] =>
  files.flatMap(({ name, file }) =>
    file.groups.flatMap(({ op, tests }) => tests.map(test => ({ id: `${name}/${test.id}`, file: name, op, test }))),
  )

const pattern = (glob: string): RegExp =>
  new RegExp(`^${glob.replace(/[\\^$.|?+()[\]{}]/g, '\\$&').replace(/\*+/g, '.*')}$`)

/**
 * Does a glob, in which `*` stands for any characters, name this test by its id (`file/test`), its file or its op?
 * A function of the glob, so that it is compiled once.
 */
export const matcher = (glob: string): ((test: NamedTest) => boolean) => {
  const expression = pattern(glob)
  return ({ id, file, op }) => [id, file, op].some(name => expression.test(name))
}
