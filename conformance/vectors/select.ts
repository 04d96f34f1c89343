import type { VectorFile, VectorTest } from '../../schemas/index.js'
import { matchesGlob } from '../runner/glob.js'

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

/** Does a glob, in which `*` stands for any characters and `?` for one, name this test by its id (`file/test`), its file or its op? */
export const isNamedBy = (glob: string, { id, file, op }: NamedTest): boolean =>
  [id, file, op].some(name => matchesGlob(glob, name))
