import { readFileSync } from 'node:fs'
import { validateXML } from 'xmllint-wasm'
import { roomPath } from '../../../schemas/index.js'

const schema = readFileSync(roomPath('conformance', 'report', 'test', 'junit.xsd'), 'utf8')

/** What is wrong with documents, by the names of their files, by the schema that the readers of JUnit's XML have. */
export const faultsOf = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  const xml = Object.entries(files).map(([fileName, contents]) => ({ fileName, contents }))
  const { errors } = await validateXML({ xml, schema: [{ fileName: 'junit.xsd', contents: schema }] })
  return errors.map(({ message }) => message)
}
